using System.Collections.Concurrent;
using System.Text.Json;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Http;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Idempotency;

/// <summary>
/// The decisions of the Provider API: made once for a key, like those that Vercel asks for, with refusals that are problem details. A
/// repetition that comes while this server is still at the first one is told so at once.
/// </summary>
internal sealed class ProviderDecisions(Decisions decisions)
{
    private static readonly ProblemResult UnderWay = ProviderProblems.UnderWay(
        "A request with this Idempotency-Key is being answered. Ask again in a moment, and you get its answer.");

    private readonly ConcurrentDictionary<(InstallationId, string), bool> underWay = new();

    /// <inheritdoc cref="Decisions.Decide(InstallationId, KeyedCall, Func{Loads, Func{Writes, PartnerAnswer}}, CancellationToken)"/>
    public Task<IResult> Decide(
        InstallationId installation, ProviderCall call, Func<Loads, Func<Writes, PartnerAnswer>> look, CancellationToken cancel) =>
        Once(installation, call, () => decisions.Decide(installation, call.Keyed, look, cancel));

    /// <summary>The same for a decision that looks at one thing to know what to look at next.</summary>
    public Task<IResult> Decide(
        InstallationId installation, ProviderCall call, Func<NpgsqlTransaction, Writes, Task<PartnerAnswer>> decide, CancellationToken cancel) =>
        Once(installation, call, () => decisions.Decide(installation, call.Keyed, decide, cancel));

    /// <inheritdoc cref="Decisions.Saga"/>
    public Task<IResult> Saga(
        InstallationId installation,
        ProviderCall call,
        Func<Loads, Func<Writes, Decided>> look,
        Func<Loads, ResourceId, Func<Writes, OperationState, PartnerAnswer>> answer,
        CancellationToken cancel) =>
        Once(installation, call, () => decisions.Saga(installation, call.Keyed, look, answer, cancel));

    private async Task<IResult> Once(InstallationId installation, ProviderCall call, Func<Task<IResult>> decide)
    {
        if (call.Keyed.Key is not { } key)
            return new ProviderAnswer((PartnerAnswer)await decide());
        if (!underWay.TryAdd((installation, key), true))
            return UnderWay;

        try
        {
            return new ProviderAnswer((PartnerAnswer)await decide());
        }
        finally
        {
            underWay.TryRemove((installation, key), out _);
        }
    }
}

/// <summary>An answer whose refusals are problem details.</summary>
internal sealed record ProviderAnswer(PartnerAnswer Answer) : IResult, IStatusCodeHttpResult
{
    int? IStatusCodeHttpResult.StatusCode => Answer.StatusCode;

    /// <summary>Why it was not done, in a sentence for people; null where it was.</summary>
    public string? Refusal =>
        Answer.StatusCode < StatusCodes.Status400BadRequest
            ? null
            : JsonSerializer.Deserialize(Answer.Body.Span, WireJsonContext.Default.Problem)?.Detail;

    public Task ExecuteAsync(HttpContext httpContext) => Answer.Write(
        httpContext, Answer.StatusCode < StatusCodes.Status400BadRequest ? "application/json; charset=utf-8" : ProblemResult.MediaType);
}
