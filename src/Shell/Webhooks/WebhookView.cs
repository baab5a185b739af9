using System.Globalization;
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

    public static readonly Seq<string> States = Prelude.Seq(Pending, "processed", Dead);

    /// <param name="state">One of those that everybody can be asked for: pending or dead.</param>
    public async Task<WebhookPage> Anywhere(string state, WebhookCursor after, int max, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = WebhookRows.ListAnywhere(loads, dead: state == Dead, after, max + 1);
        await loads.Read(database, cancel);
        return WebhookPage.Of(found.Value, max);
    }

    /// <summary>Of an installation; of one that is not ours there may be some all the same.</summary>
    /// <param name="state">Any, when null.</param>
    public async Task<WebhookPage> Of(InstallationId installation, string? state, WebhookCursor after, int max, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = WebhookRows.List(loads, installation, state, after, max + 1);
        await loads.Read(database, cancel);
        return WebhookPage.Of(found.Value, max);
    }

    public async Task<StoredWebhook?> Find(InstallationId installation, string webhook, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = WebhookRows.Load(loads, installation, webhook);
        await loads.Read(database, cancel);
        return found.Value;
    }

    /// <summary>What Vercel sent. It may name people.</summary>
    public async Task<string?> Body(InstallationId installation, string webhook, CancellationToken cancel)
    {
        var loads = new Loads();
        var body = WebhookRows.LoadBody(loads, installation, webhook);
        await loads.Read(database, cancel);
        return body.Value;
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
/// <param name="ClosedAt">When it was processed, or given up.</param>
internal sealed record StoredWebhook(
    string InstallationId, string Id, string Type, string State, DateTimeOffset ReceivedAt, int Attempts, string? LastError, DateTimeOffset? ClosedAt)
{
    /// <summary>For a person to read. What the webhook says may name people, and is not shown.</summary>
    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"{InstallationId}  {Id}  {Type}  {State}  {ReceivedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  {Attempts} {(Attempts == 1 ? "attempt" : "attempts")}{(LastError is null ? "" : $"  {LastError}")}");
}

/// <summary>Webhooks, newest first.</summary>
/// <param name="Next">Where the next page begins; null on the last.</param>
internal sealed record WebhookPage(Seq<StoredWebhook> Webhooks, WebhookCursor? Next)
{
    /// <param name="found">One more than asked for tells whether there is a next page.</param>
    public static WebhookPage Of(Seq<StoredWebhook> found, int max)
    {
        var shown = found.Take(max).Strict();
        return new(shown, found.Count > max ? new WebhookCursor(shown.Last.ReceivedAt, shown.Last.Id, shown.Last.InstallationId) : null);
    }
}
