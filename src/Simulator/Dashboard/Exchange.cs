using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Dashboard;

/// <summary>One call of the Partner API and what came back.</summary>
/// <param name="Operation">In the contract's words, such as <c>Provision Resource</c>.</param>
/// <param name="Status">Absent when there was no answer.</param>
/// <param name="Body">The raw answer. It may hold secrets: it is not printed.</param>
/// <param name="Failure">Why there was no answer.</param>
/// <param name="Findings">Where the answer is not as the contract says.</param>
internal sealed record Exchange(
    string Operation,
    string Method,
    Uri Url,
    string? IdempotencyKey,
    DateTimeOffset At,
    int? Status,
    string Body,
    string? Failure,
    TimeSpan Elapsed,
    ImmutableList<string> Findings)
{
    /// <summary>The body of the request, raw. It may hold secrets too.</summary>
    public string? Sent { get; init; }

    /// <summary>What is odd about the answer, though it can be read as the contract says: nothing is broken by it.</summary>
    public ImmutableList<string> Remarks { get; init; } = [];

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The answer as JSON; none when it is not.</summary>
    public JsonElement? Json
    {
        get
        {
            if (Body.Length == 0)
            {
                return null;
            }

            try
            {
                using var document = JsonDocument.Parse(Body);
                return document.RootElement.Clone();
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    public override string ToString() =>
        $"{Operation}: {Method} {Url.AbsolutePath} -> {Status?.ToString() ?? Failure} in {Elapsed.TotalMilliseconds:0} ms"
        + string.Concat(Findings.Concat(Remarks).Select(finding => $"; {finding}"));

    public JsonObject ToJson()
    {
        var json = WithoutAnswer();
        json["answer"] = Json is { } answer ? JsonNode.Parse(answer.GetRawText()) : Body.Length == 0 ? null : Body;
        return json;
    }

    /// <summary>The answer may hold secrets.</summary>
    public JsonObject WithoutAnswer() => new()
    {
        ["at"] = Wire.Text(At),
        ["operation"] = Operation,
        ["method"] = Method,
        ["path"] = Url.PathAndQuery,
        ["idempotencyKey"] = IdempotencyKey,
        ["status"] = Status,
        ["failure"] = Failure,
        ["elapsedMilliseconds"] = Math.Round(Elapsed.TotalMilliseconds, 1),
        ["findings"] = Wire.Write(Findings.AddRange(Remarks)),
    };
}
