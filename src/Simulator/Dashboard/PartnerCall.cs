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

    /// <summary>In real time: when the connection is cut from this side. The answer is lost then, also when it came before.</summary>
    public TimeSpan? HangsUpAfter { get; init; }

    /// <summary>Constant across repetitions of one operation; reads have none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Bends the request last, where a token or a body cannot say what is to be wrong with it.</summary>
    public Action<HttpRequestMessage>? Bend { get; init; }

    /// <summary>Who calls, for which installation: the same whatever id the provider gave to what the call is about.</summary>
    public string Subject => $"{Token.Claims.GetValueOrDefault("installation_id")} {Token.Claims.GetValueOrDefault("sub")}";

    public bool IsRead => Method == HttpMethod.Get;

    /// <summary>Builds the table of documented statuses.</summary>
    public static ImmutableDictionary<int, Schema?> Documented(params (int Status, Schema? Body)[] answers) =>
        answers.ToImmutableDictionary(answer => answer.Status, answer => answer.Body);
}

/// <summary>How a test bends a call that the dashboard makes.</summary>
/// <param name="Person">Who acts; the team's admin when absent.</param>
/// <param name="IdempotencyKey">Repeats an earlier operation instead of starting a new one.</param>
/// <param name="Token">Bends the token.</param>
/// <param name="HangsUpAfter">In real time: when the connection is cut from this side, and the answer is lost.</param>
internal sealed record CallOptions(
    Person? Person = null, string? IdempotencyKey = null, Func<TokenDraft, TokenDraft>? Token = null, bool AsSystem = false,
    TimeSpan? HangsUpAfter = null)
{
    public static readonly CallOptions Default = new();

    /// <summary>Bends the body before it is sent.</summary>
    public Action<JsonObject>? Body { get; init; }

    /// <summary>Bends the request last.</summary>
    public Action<HttpRequestMessage>? Request { get; init; }

    public PartnerCall Bent(PartnerCall call) => call with
    {
        IdempotencyKey = IdempotencyKey,
        HangsUpAfter = HangsUpAfter,
        Body = Body is null ? call.Body : BentBody(call.Body),
        Bend = Request,
    };

    public override string ToString() => nameof(CallOptions);

    private JsonObject BentBody(JsonNode? body)
    {
        var bent = (JsonObject?)body?.DeepClone() ?? [];
        Body!(bent);
        return bent;
    }
}
