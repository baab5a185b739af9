using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Transfers;

/// <summary>Transfers for whoever looks after them, newest first.</summary>
internal static class TransferListRows
{
    private const string PageSql = """
        select claim_id, resource_ids, offered_at, expires_at, target_installation_id, accepted_at from transfer
        where installation_id = $1 and (offered_at, claim_id) < ($2, $3) order by offered_at desc, claim_id desc limit $4
        """;

    /// <summary>What the installation has offered; what nobody has claimed is forgotten some time after its end.</summary>
    public static Loaded<Seq<ListedTransfer>> Page(Loads loads, InstallationId source, DateTimeOffset offeredBefore, string before, int max) =>
        loads.Many(
            PageSql,
            reader => new ListedTransfer(
                reader.GetString(0), reader.GetFieldValue<string[]>(1), reader.Moment(2), reader.Moment(3), reader.TextOrNull(4),
                reader.MomentOrNull(5)),
            source.Value, offeredBefore, before, max);
}

/// <param name="Target">Null as long as nobody has it.</param>
internal sealed record ListedTransfer(
    string Claim, string[] Resources, DateTimeOffset OfferedAt, DateTimeOffset ExpiresAt, string? Target, DateTimeOffset? AcceptedAt);
