using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Webhooks;
using Microsoft.AspNetCore.WebUtilities;

namespace Marketplace.Simulator.Pages.Webhooks;

/// <summary>Webhooks as they were sent, and by hand.</summary>
internal sealed class WebhookPages(PageSources sources)
{
    private const int RowsMax = 50;

    public Shown List(Visit visit)
    {
        var (type, skipped) = (visit.Query("type"), Skipped(visit));
        var fitting = sources.State.Webhooks.Reverse()
            .Where(webhook => type is null || webhook.Type.Contains(type, StringComparison.OrdinalIgnoreCase))
            .ToImmutableList();
        return Shown.Of<WebhooksPage>(new WebhooksView(
            sources.Vercel.Webhook?.AbsoluteUri, sources.State.HoldsWebhooks,
            sources.State.HoldsWebhooks ? [.. sources.State.Webhooks.Where(webhook => webhook.NextAttemptAt is not null).Select(Row)] : [],
            type, [.. fitting.Skip(skipped).Take(RowsMax).Select(Row)], fitting.Count,
            skipped == 0 ? null : Address(type, Math.Max(0, skipped - RowsMax)),
            skipped + RowsMax < fitting.Count ? Address(type, skipped + RowsMax) : null));
    }

    public Shown Show(Visit visit)
    {
        var webhook = Find(visit);
        return Shown.Of<WebhookPage>(new WebhookView(
            webhook.Id, PagePaths.Webhook(webhook.Id), webhook.Type, webhook.CreatedAt, MarkOf(webhook), Masked.Body(webhook.Body)!,
            WebhookDelivery.Sign(webhook.Body, sources.Options.ClientSecret),
            [
                .. webhook.Attempts.Select((attempt, at) => new AttemptRow(
                    at + 1, attempt.At, WebhookMarks.Of(attempt), Words.Span(attempt.Elapsed), Masked.Body(attempt.Answer))),
            ],
            webhook.NextAttemptAt, webhook.CreatedAt.AddHours(24)));
    }

    public Outcome Send(Visit visit)
    {
        var payload = JsonNode.Parse(visit.Field("payload") ?? "{}") as JsonObject
            ?? throw new ArgumentException("The payload is a JSON object.", nameof(visit));
        var sent = sources.Hand.SendWebhook(visit.Required("type"), payload);
        return Outcome.Done(PagePaths.Webhook(sent.Id), "The webhook is on its way.");
    }

    public Outcome Again(Visit visit)
    {
        sources.Hand.SendWebhookAgain(Find(visit).Id);
        return Outcome.Done(PagePaths.Webhook(visit.Route("id")), "It is sent once more: the same id, the same bytes.");
    }

    public Outcome Hold(Visit visit)
    {
        sources.Hand.HoldWebhooks();
        return Outcome.Done(Navigation.Webhooks, "From now on webhooks collect here.");
    }

    /// <summary>In the order of the numbers that somebody wrote beside them.</summary>
    public Outcome Release(Visit visit)
    {
        if (visit.Field("order") == "reversed")
        {
            sources.Hand.ReleaseWebhooksReversed();
        }
        else
        {
            sources.Hand.ReleaseWebhooks(visit.Form.Keys
                .Where(name => name.StartsWith("place-", StringComparison.Ordinal))
                .Select(name => (Id: name["place-".Length..], Place: Place(visit, name)))
                .OrderBy(webhook => webhook.Place)
                .Select(webhook => webhook.Id));
        }

        return Outcome.Done(Navigation.Webhooks, "They are let go.");
    }

    private static int Place(Visit visit, string name) =>
        int.TryParse(visit.Field(name), NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            ? place
            : throw new ArgumentException("A place in the order is a whole number.", nameof(name));

    private static int Skipped(Visit visit) =>
        int.TryParse(visit.Query("skip"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Address(string? type, int skipped) => QueryHelpers.AddQueryString(
        Navigation.Webhooks,
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["type"] = type, ["skip"] = skipped == 0 ? null : $"{skipped}" }
            .Where(one => one.Value is not null));

    private Webhook Find(Visit visit) =>
        sources.State.Webhooks.Find(webhook => webhook.Id == visit.Route("id"))
        ?? throw new KeyNotFoundException($"There is no webhook {visit.Route("id")}.");

    private WebhookRow Row(Webhook webhook) => new(
        webhook.Id, PagePaths.Webhook(webhook.Id), webhook.Type, webhook.CreatedAt, MarkOf(webhook), Words.Count(webhook.Attempts.Count, "attempt"),
        sources.State.HoldsWebhooks ? null : webhook.NextAttemptAt);

    private Mark MarkOf(Webhook webhook) => WebhookMarks.Of(webhook, sources.State.HoldsWebhooks, sources.Vercel.Webhook is not null);
}
