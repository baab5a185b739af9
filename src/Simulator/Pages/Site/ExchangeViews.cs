using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>Exchanges of both directions, in words.</summary>
internal static class ExchangeViews
{
    /// <summary>What Vercel called.</summary>
    public static ExchangeView Of(Exchange exchange) => new(
        exchange.At, exchange.Operation, exchange.Method, Uri.UnescapeDataString(exchange.Url.PathAndQuery),
        StatusOf(exchange.Status, exchange.Failure, exchange.Findings.IsEmpty && exchange.Remarks.IsEmpty), Words.Span(exchange.Elapsed),
        exchange.Findings.AddRange(exchange.Remarks), Masked.Body(exchange.Sent), Masked.Body(exchange.Body));

    /// <summary>What the provider called.</summary>
    public static ExchangeView Of(ApiCall call) => new(
        call.At, call.Operation, call.Method, call.Path, StatusOf(call.Status, failure: null, call.Findings.IsEmpty), Words.Span(call.Elapsed),
        call.Findings,
        call.Body.ValueKind == System.Text.Json.JsonValueKind.Undefined ? null : Masked.Body(call.Body.GetRawText()), Masked.Body(call.Answer));

    public static TellingView? Of(Telling? telling) => telling is null
        ? null
        : new TellingView(telling.Text, telling.Tone, telling.Exchanges.ConvertAll(Of));

    private static Mark StatusOf(int? status, string? failure, bool isClean) => status switch
    {
        null => new(failure ?? "no answer", Tones.Bad),
        >= 400 => new($"{status}", Tones.Bad),
        _ => new($"{status}", isClean ? Tones.Good : Tones.Warn),
    };
}
