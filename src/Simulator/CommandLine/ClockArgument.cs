using System.CommandLine;
using System.Globalization;
using Marketplace.Simulator.Clock;

namespace Marketplace.Simulator.CommandLine;

/// <summary><c>--clock</c>: how fast the virtual time runs at first.</summary>
internal static class ClockArgument
{
    public static Option<string> Create()
    {
        var clock = new Option<string>("--clock")
        {
            Description = "real: runs at real speed; paused: stands still until it is advanced; a number: runs so many times as fast as real time.",
            DefaultValueFactory = _ => "real",
        };
        clock.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not ("real" or "paused") && Speed(result.GetValueOrDefault<string>()) is not (>= 1 and <= VirtualClock.SpeedMax))
            {
                result.AddError("--clock takes real, paused, or a speed from 1 to a million times that of real time, such as 60.");
            }
        });
        return clock;
    }

    public static SimulatorOptions Apply(string? clock, SimulatorOptions options) => options with
    {
        Paused = clock == "paused",
        Speed = Speed(clock) ?? 1,
    };

    private static double? Speed(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var times) ? times : null;
}
