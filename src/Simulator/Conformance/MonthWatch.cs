using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Balances;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Conformance;

/// <summary>Remembers of a long time what its cases will judge: the log of all exchanges holds a few hours of many installations.</summary>
internal sealed class MonthWatch : IDisposable
{
    private readonly CallLog log;
    private readonly ConcurrentQueue<ApiCall> invoices = new();
    private readonly ConcurrentQueue<ApiCall> refusals = new();
    private readonly ConcurrentQueue<(string Path, BalanceReport Report)> balances = new();
    private readonly ConcurrentQueue<Exchange> failures = new();
    private readonly ConcurrentDictionary<string, Webhook> webhooks = new(StringComparer.Ordinal);

    public MonthWatch(CallLog log)
    {
        this.log = log;
        log.WhenAdded += Note;
    }

    public ImmutableList<ApiCall> InvoicesOf(string installationId) => [.. invoices.Where(call => IsOf(call.Path, installationId))];

    public ImmutableList<ApiCall> RefusalsOf(string installationId) => [.. refusals.Where(call => IsOf(call.Path, installationId))];

    public ImmutableList<BalanceReport> BalancesOf(string installationId) =>
        [.. balances.Where(stated => IsOf(stated.Path, installationId)).Select(stated => stated.Report)];

    public ImmutableList<Exchange> FailuresOf(string installationId) =>
        [.. failures.Where(exchange => IsOf(exchange.Url.AbsolutePath, installationId))];

    /// <summary>Every webhook that was sent, by the installation that it is about.</summary>
    public ILookup<string, Webhook> Webhooks() => webhooks.Values
        .OrderBy(webhook => webhook.CreatedAt)
        .ThenBy(webhook => webhook.Id, StringComparer.Ordinal)
        .ToLookup(AboutWhom, StringComparer.Ordinal);

    public void Dispose() => log.WhenAdded -= Note;

    private void Note(LogEntry entry)
    {
        switch (entry)
        {
            case LogEntry.ByProvider(_, var call):
                Note(call);
                break;
            case LogEntry.ByVercel(_, var exchange) when exchange is { IsSuccess: false } or { Findings.IsEmpty: false }:
                failures.Enqueue(exchange);
                break;
            case LogEntry.Delivery(_, var webhook, var attempt):
                webhooks[webhook.Id] = webhook.After(attempt);
                break;
        }
    }

    private void Note(ApiCall call)
    {
        if (call is { Method: "POST" } && call.Operation.EndsWith("/billing/invoices", StringComparison.Ordinal))
        {
            invoices.Enqueue(call);
        }

        if (call is { Status: >= 400, IsDisturbed: false } or { Findings.IsEmpty: false })
        {
            refusals.Enqueue(call);
        }

        if (call is { Method: "POST", Status: < 300 } && call.Operation.EndsWith("/billing/balance", StringComparison.Ordinal))
        {
            balances.Enqueue((call.Path, new BalanceReport(
                call.Body.GetProperty("timestamp").GetDateTimeOffset(), call.At, Wire.Read<ImmutableList<Balance>>(call.Body.GetProperty("balances")))));
        }
    }

    private static bool IsOf(string path, string installationId) =>
        path.Contains($"/installations/{installationId}/", StringComparison.Ordinal)
        || path.EndsWith($"/installations/{installationId}", StringComparison.Ordinal);

    private static string AboutWhom(Webhook webhook)
    {
        using var body = JsonDocument.Parse(webhook.Body);
        return body.RootElement.GetProperty("payload").OptionalText("installationId") ?? "";
    }
}
