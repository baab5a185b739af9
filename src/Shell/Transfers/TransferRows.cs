using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Transfers;

/// <summary>Transfers in PostgreSQL, each with its source.</summary>
internal static class TransferRows
{
    private const string LoadSql = """
        select resource_ids, offered_at, expires_at, quotes, target_installation_id, accepted_at from transfer
        where installation_id = $1 and claim_id = $2
        """;

    private const string LoadForUpdateSql = $"{LoadSql} for update";

    private const string InsertSql = """
        insert into transfer (installation_id, claim_id, resource_ids, offered_at, expires_at) values ($1, $2, $3, $4, $5)
        """;

    private const string ForgetSql = """
        delete from transfer where installation_id = $1 and target_installation_id is null and expires_at < $2
        """;

    private const string QuoteSql = "update transfer set quotes = $3 where installation_id = $1 and claim_id = $2";

    private const string AcceptSql = """
        update transfer set target_installation_id = $3, accepted_at = $4 where installation_id = $1 and claim_id = $2
        """;

    private const string DestinationSql = """
        select target_installation_id from transfer
        where installation_id = $1 and $2 = any (resource_ids) and accepted_at is not null
        order by accepted_at desc limit 1
        """;

    /// <summary>To whom the source has handed a resource last; none when it has kept it.</summary>
    public static Loaded<Option<InstallationId>> Destination(Loads loads, InstallationId source, ResourceId resource) => loads.One(
        Option<InstallationId>.None, DestinationSql, reader => new InstallationId(reader.GetString(0)), source.Value, resource.Value);

    /// <summary>The transfer of a claim, as it is now; null when there is none.</summary>
    public static async Task<Transfer?> Find(NpgsqlDataSource database, ClaimId id, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = Find(loads, id);
        await loads.Read(database, cancel);
        return found();
    }

    /// <summary>The same once the loads were sent.</summary>
    public static Func<Transfer?> Find(Loads loads, ClaimId id)
    {
        // What is no claim of ours is nobody's.
        if (id.Source.Case is not SomeCase<InstallationId>(var source))
            return () => null;
        var found = Load(loads, source, id);
        return () => found.Value;
    }

    public static Loaded<Transfer?> Load(Loads loads, InstallationId source, ClaimId id) =>
        loads.One(LoadSql, reader => Read(reader, source, id), source.Value, id.Value);

    /// <summary>Whoever else wants to quote or accept waits until the end of the transaction.</summary>
    public static Loaded<Transfer?> LoadForUpdate(Loads loads, InstallationId source, ClaimId id) =>
        loads.One(LoadForUpdateSql, reader => Read(reader, source, id), source.Value, id.Value);

    public static void Insert(Writes writes, Transfer transfer)
    {
        var offer = transfer.Offer;
        writes.Add(
            InsertSql, offer.Source.Value, offer.Id.Value, offer.Resources.Select(id => id.Value).ToArray(), offer.OfferedAt,
            offer.ExpiresAt);
    }

    /// <summary>Those of the source that nobody has claimed, and that ended before the moment.</summary>
    public static void ForgetExpired(Writes writes, InstallationId source, DateTimeOffset before) => writes.Add(ForgetSql, source.Value, before);

    public static void Save(Writes writes, Transfer transfer)
    {
        var (source, claim) = (transfer.Offer.Source.Value, transfer.Offer.Id.Value);
        switch (transfer)
        {
            case Transfer.Offered offered:
                writes.Add(QuoteSql, source, claim, Quotes(offered.Quotes));
                break;
            case Transfer.Accepted accepted:
                writes.Add(AcceptSql, source, claim, accepted.Target.Value, accepted.AcceptedAt);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(transfer.GetType().Name);
        }
    }

    private static Transfer Read(NpgsqlDataReader reader, InstallationId source, ClaimId id)
    {
        var offer = new TransferOffer(
            id, source, reader.GetFieldValue<string[]>(0).Select(text => new ResourceId(text)).ToSeq().Strict(), reader.Moment(1),
            reader.Moment(2));
        return reader.TextOrNull(4) is { } target
            ? new Transfer.Accepted(offer, new InstallationId(target), reader.Moment(5))
            : new Transfer.Offered(offer, Quotes(reader.GetString(3)));
    }

    private static Jsonb Quotes(HashMap<InstallationId, ShownPlan> quotes) =>
        new(JsonSerializer.Serialize(quotes.ToDictionary(
            pair => pair.Key.Value, pair => new StoredQuote(pair.Value.Plan.Value, pair.Value.Price.Amount), StringComparer.Ordinal)));

    private static HashMap<InstallationId, ShownPlan> Quotes(string json) =>
        Prelude.toHashMap(JsonSerializer.Deserialize<Dictionary<string, StoredQuote>>(json)!.Select(pair =>
            (new InstallationId(pair.Key), new ShownPlan(new PlanId(pair.Value.Plan), new Usd(pair.Value.Price)))));

    private sealed record StoredQuote(string Plan, decimal Price);
}
