using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Configuration;

/// <summary>What commands have in common, so that the same thing is called the same everywhere.</summary>
internal static class CommandParts
{
    public const int Done = 0;

    /// <summary>The exit code of a command that could not run at all.</summary>
    public const int NotRun = 1;

    /// <summary>The exit code where there was nothing to show or to do, or where what was looked at is not as it should be.</summary>
    public const int NothingDone = 2;

    private const int LimitDefault = 50;
    private const int LimitMax = 10_000;

    /// <summary>What is not named by the parts is ASP.NET's.</summary>
    public static OperatorCommand Of(string name, string description, params Symbol[] parts)
    {
        var command = new OperatorCommand(name, description);
        foreach (var part in parts)
        {
            if (part is Argument argument)
                command.Arguments.Add(argument);
            else
                command.Options.Add((Option)part);
        }

        return command;
    }

    public static Argument<string> Installation() => new("installationId") { Description = "Vercel's name for the installation (icfg_…)." };

    public static Option<string?> OfInstallation() => new("--installation") { Description = "Of this installation alone (icfg_…)." };

    public static Option<bool> Json(string description = "As JSON, the same as the Provider API.") => new("--json") { Description = description };

    public static Option<string> Reason() => new("--reason") { Description = "Why; it is kept in the audit.", Required = true };

    public static Option<int> Limit()
    {
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => LimitDefault };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > LimitMax)
                result.AddError($"--limit is from 1 to {LimitMax}.");
        });
        return limit;
    }

    public static Option<string?> Cursor() => new("--cursor") { Description = "Where the list before ended." };

    /// <summary>Two lists, of which one may be asked for.</summary>
    public static void Excludes(this Command command, Option<bool> one, Option<bool> other) =>
        command.Validators.Add(result =>
        {
            if (result.GetValue(one) && result.GetValue(other))
                result.AddError($"{one.Name} and {other.Name} are two lists.");
        });

    /// <summary>A time; without an offset it is UTC, wherever the machine stands.</summary>
    public static Option<DateTimeOffset?> Moment(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
                return moment;
            result.AddError($"{text} is not a time like 2027-01-31T09:30Z.");
            return null;
        },
    };

    public static async Task<int> SayJson<T>(T wire)
    {
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(wire, WireJson.Options));
        return 0;
    }

    public static async Task<int> SayNothingDone(string why)
    {
        await Console.Error.WriteLineAsync(why);
        return NothingDone;
    }
}
