using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Clock;

/// <summary><c>GET /clock</c> for whoever follows the clock, <c>POST /clock</c> for whoever turns it.</summary>
internal sealed class ClockEndpoints(ClockPart part, ClockAdvance advance, VercelStore store)
{
    private readonly VirtualClock clock = part.Clock;
    private readonly ClockFollowers followers = part.Followers;

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

        var speed = Speed(body, out var problem);
        var target = problem is null ? Target(body, out problem) : null;
        if (problem is not null)
        {
            return ApiAnswer.BadRequest(problem).ToResult();
        }

        if (speed is { } times)
        {
            clock.RunAt(times);
        }

        if (body.OptionalFlag("paused") is { } paused)
        {
            if (paused)
            {
                part.Journey.Stop();
                clock.Pause();
            }
            else
            {
                clock.Run();
            }
        }

        await store.Persist(cancel);
        try
        {
            if (target is { } at)
            {
                await advance.To(at, cancel);
            }

            return Reading(clock.GetUtcNow());
        }
        catch (FollowerBehindException behind)
        {
            return ApiAnswer.Refusal(StatusCodes.Status504GatewayTimeout, "follower_behind", behind.Message).ToResult();
        }
    }

    private static double? Speed(JsonElement body, out string? problem)
    {
        problem = null;
        if (!body.TryGetProperty("speed", out var given))
        {
            return null;
        }

        if (given.ValueKind == JsonValueKind.Number && given.TryGetDouble(out var times) && times is >= 1 and <= VirtualClock.SpeedMax)
        {
            return times;
        }

        problem = "speed: must be a number from 1, which is real speed, to a million";
        return null;
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
        else if (body.OptionalFlag("paused") is null && !body.TryGetProperty("speed", out _))
        {
            problem = "the body: needs advance, now, paused or speed";
        }

        return null;
    }

    private IResult Reading(DateTimeOffset now) => TypedResults.Json(new JsonObject
    {
        ["now"] = Wire.Text(now),
        ["paused"] = clock.IsPaused,
        ["speed"] = clock.Speed,
        ["reachedSpeed"] = Math.Round(part.Pace.ReachedSpeed, 1),
        ["movingTo"] = part.Journey.Target is { } target ? Wire.Text(target) : null,
        ["followers"] = new JsonArray(
        [
            .. followers.All.Select(follower => new JsonObject
            {
                ["name"] = follower.Name,
                ["caughtUpTo"] = follower.CaughtUpTo is { } time ? Wire.Text(time) : null,
            }),
        ]),
    });
}
