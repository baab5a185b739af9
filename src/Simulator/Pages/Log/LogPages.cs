using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Pages.Webhooks;
using Marketplace.Simulator.Webhooks;
using Microsoft.AspNetCore.WebUtilities;

namespace Marketplace.Simulator.Pages.Log;

/// <summary>Every exchange in both directions, and every delivery of a webhook.</summary>
internal sealed class LogPages(PageSources sources)
{
    private const int RowsMax = 50;
    private const int FoundMax = 100;
    private const string OfInstallation = "/v1/installations/{installationId}";

    public Shown Show(Visit visit)
    {
        var filter = new LogFilter(visit.Query("installation"), visit.Query("direction"), visit.Query("findings") == "only", visit.Query("path"));
        var fitting = sources.Vercel.Log.Entries.Reverse().Where(entry => Fits(entry, filter)).ToImmutableList();
        var skipped = Math.Clamp(Number(visit, "skip") ?? 0, 0, fitting.Count);
        var open = Number(visit, "open");
        return Shown.Of<LogPage>(new LogView(
            filter,
            [
                .. sources.State.Installations.Values.OrderByDescending(installation => installation.InstalledAt).Select(installation => new Choice(
                    installation.Id, $"{sources.State.Teams[installation.AccountId].Name}, {installation.Id}", installation.Id == filter.Installation)),
            ],
            filter.OnlyFindings ? Found() : [],
            [.. fitting.Skip(skipped).Take(RowsMax).Select(entry => entry.Number == open
                ? Row(entry, isOpen: true, Address(filter, skipped, open: null))
                : Row(entry, isOpen: false, Address(filter, skipped, entry.Number)))],
            fitting.Count,
            skipped == 0 ? null : Address(filter, Math.Max(0, skipped - RowsMax), open: null),
            skipped + RowsMax < fitting.Count ? Address(filter, skipped + RowsMax, open: null) : null));
    }

    private ImmutableList<FindingRow> Found() =>
    [
        .. sources.State.Findings.Reverse().Take(FoundMax).Select(finding => new FindingRow(finding.At, finding.Subject, finding.Text)),
    ];

    private static bool Fits(LogEntry entry, LogFilter filter)
    {
        var (direction, path, text, findings) = entry switch
        {
            LogEntry.ByProvider by => ("provider", $"{by.Call.Method} {by.Call.Path}", by.Call.Path, by.Call.Findings),
            LogEntry.ByVercel by => (
                "vercel", $"{by.Exchange.Method} {by.Exchange.Url.AbsolutePath} {by.Exchange.Operation}", by.Exchange.Url.AbsolutePath,
                by.Exchange.Findings.AddRange(by.Exchange.Remarks)),
            LogEntry.Delivery delivery => ("webhooks", delivery.Webhook.Type, delivery.Webhook.Body, []),
            _ => throw new UnreachableException(entry.GetType().Name),
        };
        return (filter.Direction is null || filter.Direction == direction)
            && (!filter.OnlyFindings || !findings.IsEmpty)
            && (filter.Path is null || path.Contains(filter.Path, StringComparison.OrdinalIgnoreCase))
            && (filter.Installation is null || text.Contains(filter.Installation, StringComparison.Ordinal));
    }

    private static LogRow Row(LogEntry entry, bool isOpen, string toggle)
    {
        return entry switch
        {
            LogEntry.ByProvider { Call: var call } => Of(
                ExchangeViews.Of(call) with { Operation = Short(call.Operation) }, "Provider → Vercel",
                call.IsDisturbed ? "disturbed by a fault" : null, "The provider sent", "Vercel answered"),
            LogEntry.ByVercel { Exchange: var exchange } => Of(
                ExchangeViews.Of(exchange), "Vercel → provider", exchange.IdempotencyKey is { } key ? $"Idempotency-Key {key}" : null,
                "Vercel sent", "The provider answered"),
            LogEntry.Delivery { Webhook: var webhook, Attempt: var attempt } => new LogRow(
                entry.Number, attempt.At, "Webhook → provider", webhook.Type, "POST", webhook.Id, WebhookMarks.Of(attempt),
                Words.Span(attempt.Elapsed), attempt.IsAccepted ? null : "tried again later", [], toggle,
                isOpen ? Bodies(("Vercel sent", Masked.Body(webhook.Body)), ("The provider answered", Masked.Body(attempt.Answer))) : []),
            _ => throw new UnreachableException(entry.GetType().Name),
        };

        LogRow Of(ExchangeView view, string direction, string? note, string sent, string answered) => new(
            entry.Number, view.At, direction, view.Operation, view.Method, view.Path, view.Status, view.Elapsed, note, view.Findings,
            view.Sent is null && view.Answer is null ? null : toggle,
            isOpen ? Bodies((sent, view.Sent), (answered, view.Answer)) : []);
    }

    private static ImmutableList<BodyView> Bodies(params ReadOnlySpan<(string Title, string? Text)> bodies)
    {
        var shown = ImmutableList.CreateBuilder<BodyView>();
        foreach (var (title, text) in bodies)
        {
            if (text is not null)
            {
                shown.Add(new BodyView(title, text));
            }
        }

        return shown.ToImmutable();
    }

    /// <summary>Nearly every path is of an installation.</summary>
    private static string Short(string operation) =>
        operation.StartsWith(OfInstallation, StringComparison.Ordinal) ? $"…{operation[OfInstallation.Length..]}" : operation;

    /// <summary>The row that is shown with its bodies is where the browser looks.</summary>
    private static string Address(LogFilter filter, int skipped, long? open)
    {
        var query = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["installation"] = filter.Installation, ["direction"] = filter.Direction, ["findings"] = filter.OnlyFindings ? "only" : null,
            ["path"] = filter.Path, ["skip"] = skipped == 0 ? null : $"{skipped}", ["open"] = open?.ToString(CultureInfo.InvariantCulture),
        };
        return QueryHelpers.AddQueryString(Navigation.Log, query.Where(one => one.Value is not null)) + (open is { } number ? $"#e{number}" : "");
    }

    private static int? Number(Visit visit, string name) =>
        int.TryParse(visit.Query(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
