using System.Globalization;
using Marketplace.Simulator.Clock;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Time;

/// <summary>Turns the clock.</summary>
internal sealed class TimePages(PageSources sources)
{
    /// <summary>In real time: how long a form waits for the clock to be where it was sent.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private static readonly (double Speed, string Text)[] Speeds =
    [
        (1, "as fast as real time"), (60, "a minute in a second"), (600, "ten minutes in a second"), (3600, "an hour in a second"),
        (36_000, "ten hours in a second"),
    ];

    private ClockPart Times => sources.Vercel.Times;

    public Shown Show(Visit visit)
    {
        var (clock, now) = (Times.Clock, sources.Now);
        var speed = clock.Speed;
        return Shown.Of<TimePage>(new TimeView(
            now, clock.IsPaused, AsFactor(speed), Reached(clock, speed), Times.Journey.Target, Times.Journey.Failure,
            [
                .. Speeds.Select(one => new SpeedChoice(Number(one.Speed), $"{AsFactor(one.Speed)}: {one.Text}", one.Speed.Equals(speed))),
                .. Array.Exists(Speeds, one => one.Speed.Equals(speed)) ? [] : (SpeedChoice[])[new(Number(speed), AsFactor(speed), IsChosen: true)],
            ],
            [.. Times.Followers.All.Select(follower => new FollowerRow(follower.Name, follower.CaughtUpTo, StateOf(follower.CaughtUpTo)))]));
    }

    public Outcome Pause(Visit visit)
    {
        Times.Journey.Stop();
        Times.Clock.Pause();
        return Outcome.Done(Navigation.Clock, "The clock stands still.");
    }

    public Outcome Run(Visit visit)
    {
        Times.Clock.Run();
        return Outcome.Done(
            Navigation.Clock, Times.Clock.Speed > 1 ? $"The clock runs {AsFactor(Times.Clock.Speed)}." : "The clock runs at real speed.");
    }

    public Outcome RunAt(Visit visit)
    {
        var asked = visit.Field("other") ?? visit.Required("speed");
        if (!double.TryParse(asked, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed)
            || speed is not (>= 1 and <= VirtualClock.SpeedMax))
        {
            throw new ArgumentException("The speed is a number from 1, which is real speed, to a million.", nameof(visit));
        }

        Times.Clock.RunAt(speed);
        return Outcome.Done(Navigation.Clock, $"The clock runs {AsFactor(speed)}.");
    }

    public Task<Outcome> Advance(Visit visit) => To(visit, visit.Required("by") switch
    {
        "hour" => sources.Now.AddHours(1),
        "day" => sources.Now.AddDays(1),
        "week" => sources.Now.AddDays(7),
        "month" => MonthAfter(sources.Now),
        _ => throw new ArgumentException("by: must be hour, day, week or month", nameof(visit)),
    });

    public Task<Outcome> Jump(Visit visit) =>
        DateTimeOffset.TryParse(visit.Required("to"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var target)
            ? To(visit, target.ToUniversalTime())
            : throw new ArgumentException("to: must be a date and time", nameof(visit));

    public Outcome Stop(Visit visit)
    {
        Times.Journey.Stop();
        return Outcome.Done(Navigation.Clock, "The clock goes no further.");
    }

    private async Task<Outcome> To(Visit visit, DateTimeOffset target)
    {
        var isOver = await Times.Journey.Begin(target, Patience, visit.Cancel);
        return Times.Journey.Failure is { } failure ? Outcome.Refused(Navigation.Clock, failure)
            : isOver ? Outcome.Done(Navigation.Clock, $"It is {Words.Moment(sources.Now)} now, and everything that was due until then is done.")
            : new Outcome.GoTo(Navigation.Clock, new Telling($"The clock is on its way to {Words.Moment(target)}.", Tones.Busy, []));
    }

    /// <summary>A first moment, as a period of billing ends with it.</summary>
    private static DateTimeOffset MonthAfter(DateTimeOffset now) => new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);

    private Mark? Reached(VirtualClock clock, double speed)
    {
        if (clock.IsPaused || speed <= 1)
        {
            return null;
        }

        var reached = Times.Pace.ReachedSpeed;
        return reached >= speed * 0.9 ? new(AsFactor(Math.Round(reached, 1)), Tones.Good)
            : reached > 0 ? new($"{AsFactor(Math.Round(reached, 1))}: the provider is slower", Tones.Warn)
            : new("not seen yet", Tones.Quiet);
    }

    private Mark StateOf(DateTimeOffset? caughtUpTo) => caughtUpTo switch
    {
        null => new("Has not worked anything off yet", Tones.Warn),
        { } time when time >= Times.Followers.Told() => new("Up to date", Tones.Good),
        { } time when sources.Now - time < TimeSpan.FromMinutes(1) => new("Working", Tones.Busy),
        _ => new("Behind", Tones.Warn),
    };

    private static string Number(double speed) => speed.ToString(CultureInfo.InvariantCulture);

    private static string AsFactor(double speed) => $"× {Words.Number((decimal)speed)}";
}
