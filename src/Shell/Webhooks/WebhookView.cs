using System.Globalization;
using System.Text.Json.Serialization;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Webhooks;

/// <summary>What a person sees of stored webhooks, and has given its effect once more.</summary>
internal sealed class WebhookView(NpgsqlDataSource database, TimeProvider clock)
{
    public const string Dead = "dead";
    public const string Pending = "pending";

    /// <summary>Newest first.</summary>
    /// <param name="installation">Everybody's, when null.</param>
    /// <param name="state">Any, when null; of everybody, what was given up.</param>
    public async Task<Seq<StoredWebhook>> List(InstallationId? installation, string? state, int max, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = installation is { } id ? WebhookRows.List(loads, id, state, max) : WebhookRows.ListAnywhere(loads, dead: state != Pending, max);
        await loads.Read(database, cancel);
        return found.Value;
    }

    /// <summary>Has dead webhooks processed once more, and says which.</summary>
    /// <param name="webhook">All of the installation, when null.</param>
    public async Task<Seq<string>> Replay(InstallationId installation, string? webhook, string reason, Actor actor, CancellationToken cancel)
    {
        var (loads, writes) = (new Loads(), new Writes());
        await using var connection = await database.OpenConnectionAsync(cancel);
        var known = InstallationRows.Load(loads, installation);
        var replayed = WebhookRows.Replay(loads, installation, webhook);
        await loads.Begin(connection, cancel);
        // One that names no installation of ours has no audit to be in.
        if (known.Value is not null && !replayed.Value.IsEmpty)
        {
            EventRows.Append(
                writes, installation, null, clock.GetUtcNow(), "webhook.Replayed", actor, new { reason, webhooks = replayed.Value.ToArray() });
        }

        await writes.Commit(connection, cancel);
        return replayed.Value;
    }
}

/// <param name="LastError">Why it had no effect; null when it had one, or none was tried yet.</param>
internal sealed record StoredWebhook(
    string InstallationId, string Id, string Type, string State, DateTimeOffset ReceivedAt, int Attempts, string? LastError)
{
    /// <summary>For a person to read. What the webhook says may name people, and is not shown.</summary>
    [JsonIgnore]
    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"{InstallationId}  {Id}  {Type}  {State}  {ReceivedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  {Attempts} {(Attempts == 1 ? "attempt" : "attempts")}{(LastError is null ? "" : $"  {LastError}")}");
}
