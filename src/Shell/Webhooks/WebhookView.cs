using System.Globalization;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Webhooks;

/// <summary>What a person sees of stored webhooks, and has given its effect once more.</summary>
internal sealed class WebhookView(NpgsqlDataSource database, TimeProvider clock)
{
    public const string Dead = "dead";
    public const string Pending = "pending";
    public const string Processed = "processed";

    public static readonly Seq<string> States = Prelude.Seq(Pending, Processed, Dead);

    /// <param name="state">One of those that everybody can be asked for: pending or dead.</param>
    public async Task<WebhookPage> Anywhere(string state, WebhookCursor after, int max, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = WebhookListRows.List(loads, new WebhookFilter(null, state), after, max + 1);
        await loads.Read(database, cancel);
        return WebhookPage.Of(found.Value, max);
    }

    /// <summary>Of an installation; of one that is not ours there may be some all the same.</summary>
    /// <param name="state">Any, when null.</param>
    public async Task<WebhookPage> Of(InstallationId installation, string? state, WebhookCursor after, int max, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = WebhookListRows.List(loads, new WebhookFilter(installation, state), after, max + 1);
        await loads.Read(database, cancel);
        return WebhookPage.Of(found.Value, max);
    }

    /// <summary>A list as a person filters it and, of what was given up, how much one decision can have processed once more.</summary>
    /// <param name="from">Where the page before ended; null for the first one.</param>
    public async Task<WebhookBoard> Look(WebhookFilter filter, WebhookCursor? from, int max, CancellationToken cancel)
    {
        var loads = new Loads();
        var shownAt = DatabaseClockRows.Now(loads);
        var depth = WebhookListRows.Depth(loads, QueueDepth.LookedAtMax);
        var page = WebhookListRows.List(loads, filter, from ?? (filter.IsOldestFirst ? WebhookCursor.End : WebhookCursor.Start), max);
        var givenUp = filter.State == Dead
            ? WebhookListRows.GivenUpBy(loads, filter.Installation, filter.Type, ReplayRange.Never, WebhookCursor.End, ReplayRange.TogetherMax + 1)
            : null;
        await loads.Read(database, cancel);
        return new WebhookBoard(page.Value, depth.Value, shownAt.Value, givenUp?.Value ?? []);
    }

    /// <summary>One with what Vercel sent, and the moment at which it was as it is.</summary>
    public async Task<(StoredWebhook? Webhook, string? Body, DateTimeOffset ShownAt)> LookAt(
        InstallationId installation, string webhook, CancellationToken cancel)
    {
        var loads = new Loads();
        var shownAt = DatabaseClockRows.Now(loads);
        var found = WebhookListRows.Load(loads, installation, webhook);
        var body = WebhookListRows.LoadBody(loads, installation, webhook);
        await loads.Read(database, cancel);
        return (found.Value, body.Value, shownAt.Value);
    }

    public async Task<StoredWebhook?> Find(InstallationId installation, string webhook, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = WebhookListRows.Load(loads, installation, webhook);
        await loads.Read(database, cancel);
        return found.Value;
    }

    /// <summary>What Vercel sent. It may name people.</summary>
    public async Task<string?> Body(InstallationId installation, string webhook, CancellationToken cancel)
    {
        var loads = new Loads();
        var body = WebhookListRows.LoadBody(loads, installation, webhook);
        await loads.Read(database, cancel);
        return body.Value;
    }

    /// <summary>Has dead webhooks processed once more, and says which.</summary>
    /// <param name="webhook">All of the installation, when null.</param>
    public Task<Seq<string>> Replay(InstallationId installation, string? webhook, string reason, Actor actor, CancellationToken cancel) =>
        Replay(installation, webhook is null ? null : [webhook], ReplayRange.Never, reason, actor, cancel);

    /// <summary>
    /// The same of those that somebody was shown, of whatever installations: one decision for each of these. What was given up after it was
    /// shown is not among them, so that asking again does nothing.
    /// </summary>
    /// <returns>How many are processed once more.</returns>
    public async Task<int> Replay(
        IEnumerable<(InstallationId Installation, string Id)> chosen, DateTimeOffset shownAt, string reason, Actor actor, CancellationToken cancel)
    {
        var replayed = 0;
        foreach (var of in chosen.GroupBy(one => one.Installation, one => one.Id).OrderBy(of => of.Key.Value, StringComparer.Ordinal))
            replayed += (await Replay(of.Key, [.. of], shownAt, reason, actor, cancel)).Count;
        return replayed;
    }

    /// <summary>The same of all that a filter found, from the oldest that was counted on.</summary>
    public async Task<int> ReplayFound(
        WebhookFilter filter, WebhookCursor from, DateTimeOffset shownAt, string reason, Actor actor, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = WebhookListRows.GivenUpBy(loads, filter.Installation, filter.Type, shownAt, from, ReplayRange.TogetherMax);
        await loads.Read(database, cancel);
        return await Replay(found.Value.Map(one => (new InstallationId(one.Installation), one.Id)), shownAt, reason, actor, cancel);
    }

    private async Task<Seq<string>> Replay(
        InstallationId installation, IReadOnlyCollection<string>? chosen, DateTimeOffset givenUpBy, string reason, Actor actor, CancellationToken cancel)
    {
        var (loads, writes) = (new Loads(), new Writes());
        await using var connection = await database.OpenConnectionAsync(cancel);
        var known = InstallationRows.Load(loads, installation);
        var replayed = WebhookListRows.Replay(loads, installation, chosen, givenUpBy);
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
    /// <summary>While it has no effect. Real time; while somebody gives it one, the end of their lease.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>For a person to read. What the webhook says may name people, and is not shown.</summary>
    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"{InstallationId}  {Id}  {Type}  {State}  {ReceivedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  {Attempts} {(Attempts == 1 ? "attempt" : "attempts")}{(LastError is null ? "" : $"  {LastError}")}");
}

/// <summary>A list of webhooks with what is around it.</summary>
/// <inheritdoc cref="MessageBoard"/>
internal sealed record WebhookBoard(Seq<StoredWebhook> Webhooks, Seq<QueueDepth> Depth, DateTimeOffset ShownAt, Seq<WebhookCursor> GivenUp);

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
