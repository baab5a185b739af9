using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Clock;

/// <summary><c>GET /clock</c> for whoever follows the clock, <c>POST /clock</c> for whoever turns it.</summary>
internal sealed class ClockEndpoints(VirtualClock clock, ClockFollowers followers, ClockAdvance advance, VercelStore store)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/clock", Read);
        routes.MapPost("/clock", Turn);
    }

    private async Task<IResult> Read(string? follower, string? caughtUpTo, CancellationToken cancel)
    {
        DateTimeOffset? workedOff = null;
        if (caughtUpTo is not null)
        {
            if (!DateTimeOffset.TryParse(caughtUpTo, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return ApiAnswer.BadRequest("caughtUpTo: must be an ISO 8601 date and time").ToResult();
            }

            workedOff = time;
        }

        return Reading(follower is null ? followers.Told() : await followers.Ask(follower, workedOff, cancel));
    }

    private async Task<IResult> Turn(HttpRequest request, CancellationToken cancel)
    {
        var (body, refusal) = await JsonBody.Read(request, cancel);
        if (refusal is not null)
        {
            return refusal.ToResult();
        }

        if (body.OptionalFlag("paused") is { } paused)
        {
            if (paused)
            {
                clock.Pause();
            }
            else
            {
                clock.Run();
            }

            await store.Persist(cancel);
        }

        if (Target(body, out var problem) is not { } target)
        {
            return problem is null ? Reading(clock.GetUtcNow()) : ApiAnswer.BadRequest(problem).ToResult();
        }

        try
        {
            await advance.To(target, cancel);
            return Reading(clock.GetUtcNow());
        }
        catch (FollowerBehindException behind)
        {
            return ApiAnswer.Refusal(StatusCodes.Status504GatewayTimeout, "follower_behind", behind.Message).ToResult();
        }
    }

    private DateTimeOffset? Target(JsonElement body, out string? problem)
    {
        var now = clock.GetUtcNow();
        problem = null;
        if (body.OptionalText("advance") is { } span)
        {
            if (TimeSpan.TryParse(span, CultureInfo.InvariantCulture, out var by) && by >= TimeSpan.Zero)
            {
                return now + by;
            }

            problem = "advance: must be a span of time such as 03:00:00 or 2.00:00:00, not negative";
            return null;
        }

        if (body.OptionalText("now") is { } text)
        {
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var to) && to >= now)
            {
                return to.ToUniversalTime();
            }

            problem = $"now: must be an ISO 8601 date and time, not before {Wire.Text(now)}";
        }
        else if (body.OptionalFlag("paused") is null)
        {
            problem = "the body: needs advance, now or paused";
        }

        return null;
    }

    private IResult Reading(DateTimeOffset now) =>
        TypedResults.Json(new JsonObject { ["now"] = Wire.Text(now), ["paused"] = clock.IsPaused });
}
