using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Webhooks;

/// <summary>A message to the provider, with every attempt to deliver it. Source: contract §F.</summary>
/// <param name="Body">The exact bytes that are signed and sent, in every attempt.</param>
/// <param name="NextAttemptAt">Absent once it is delivered or dropped.</param>
internal sealed record Webhook(
    string Id, string Type, DateTimeOffset CreatedAt, string Body, ImmutableList<DeliveryAttempt> Attempts,
    DateTimeOffset? NextAttemptAt)
{
    /// <summary>What it is about first of all, an installation or a deployment; nothing where it was made up by hand.</summary>
    public string About { get; init; } = "";

    /// <summary>It was put off once, and is not put off again.</summary>
    public bool IsLate { get; init; }

    public bool IsDelivered => Attempts.LastOrDefault()?.IsAccepted == true;

    public static Webhook Of(Announcement announced, string id)
    {
        var body = new JsonObject
        {
            ["id"] = id,
            ["type"] = announced.Type,
            ["createdAt"] = announced.At.ToUnixTimeMilliseconds(),
            ["region"] = null,
            ["payload"] = announced.Payload,
        };
        return new(id, announced.Type, announced.At, body.ToJsonString(), [], announced.At) { About = announced.Subject.FirstOrDefault() ?? "" };
    }

    /// <summary>Put off, before any attempt.</summary>
    public Webhook LateUntil(DateTimeOffset time) => this with { IsLate = true, NextAttemptAt = time };

    /// <summary>To be sent now, whether it was before or not: the same id, the same bytes.</summary>
    public Webhook Again(DateTimeOffset now) => this with { NextAttemptAt = now };

    /// <summary>Keeps an attempt, and sets the next: ever longer pauses for up to a day, then it is dropped.</summary>
    public Webhook After(DeliveryAttempt attempt)
    {
        var next = attempt.At + RetryPause(Attempts.Count);
        return this with
        {
            Attempts = Attempts.Add(attempt),
            NextAttemptAt = attempt.IsAccepted || next > CreatedAt.AddHours(24) ? null : next,
        };
    }

    private static TimeSpan RetryPause(int attemptsBefore) =>
        TimeSpan.FromMinutes(Math.Min(Math.Pow(2, attemptsBefore), 8 * 60));
}

/// <summary>What is to be told; sending it makes it a webhook with an id.</summary>
/// <param name="Subject">What it is about, for its id: nothing that a provider chose.</param>
internal sealed record Announcement(string Type, ImmutableArray<string> Subject, JsonObject Payload, DateTimeOffset At);

/// <summary>One attempt to deliver a webhook.</summary>
/// <param name="Status">Absent when there was no answer.</param>
/// <param name="Failure">Why there was none.</param>
internal sealed record DeliveryAttempt(DateTimeOffset At, int? Status, string? Failure, string? Answer, TimeSpan Elapsed)
{
    public bool IsAccepted => Status is >= 200 and < 300;
}
