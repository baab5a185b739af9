using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Schemas;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Dashboard;

/// <summary>A call of the Partner API that is about to be made.</summary>
/// <param name="Path">Appended to the provider's base URL.</param>
/// <param name="Answers">The documented statuses, each with the schema of its body; none where the body is empty.</param>
internal sealed record PartnerCall(
    string Operation,
    HttpMethod Method,
    string Path,
    JsonNode? Body,
    TokenDraft Token,
    ImmutableDictionary<int, Schema?> Answers)
{
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Constant across repetitions of one operation; reads have none.</summary>
    public string? IdempotencyKey { get; init; }

    public bool IsRead => Method == HttpMethod.Get;

    /// <summary>Builds the table of documented statuses.</summary>
    public static ImmutableDictionary<int, Schema?> Documented(params (int Status, Schema? Body)[] answers) =>
        answers.ToImmutableDictionary(answer => answer.Status, answer => answer.Body);
}

/// <summary>How a test bends a call that the dashboard makes.</summary>
/// <param name="Person">Who acts; the team's admin when absent.</param>
/// <param name="IdempotencyKey">Repeats an earlier operation instead of starting a new one.</param>
/// <param name="Token">Bends the token.</param>
internal sealed record CallOptions(
    Person? Person = null, string? IdempotencyKey = null, Func<TokenDraft, TokenDraft>? Token = null, bool AsSystem = false)
{
    public static readonly CallOptions Default = new();

    public override string ToString() => nameof(CallOptions);
}
