using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.Conformance.Reports;
using Marketplace.Simulator.Demo;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Simulator.CommandLine;

/// <summary><c>conformance</c>: plays every rule of the contract against a provider, in any language.</summary>
internal static class ConformanceCommand
{
    /// <summary>A required rule is broken.</summary>
    private const int Broken = 1;

    /// <summary>A follower asks at least once a second.</summary>
    private static readonly TimeSpan FollowersSeenWithin = TimeSpan.FromSeconds(3);

    /// <summary>Longer than a customer would wait for a database.</summary>
    private static readonly TimeSpan LongestPatience = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan ServerStartsWithin = TimeSpan.FromMinutes(2);

    /// <summary>Late in a month of 31 days, so that its end is not far.</summary>
    private static readonly DateTimeOffset OwnBeginning = new(2027, 1, 21, 9, 0, 0, TimeSpan.Zero);

    public static Command Create()
    {
        var about = new ProviderArguments();
        var port = PortArgument.Create();
        var reports = new Option<string[]>("--report")
        {
            Description = $"Where the report is written, in the form that the name ends in: {ReportFiles.Forms}. May be given again.",
            DefaultValueFactory = _ => [],
        };
        var cases = new Option<string[]>("--case")
        {
            Description = "Which cases: ids, families, or patterns with * at an end. May be given again; all of them without it.",
            DefaultValueFactory = _ => [],
        };
        var product = new Option<string?>("--product") { Description = "The product that most cases buy; the first of the settings without it." };
        var seed = new Option<long>("--seed") { Description = "Fixes ids, times, faults and order.", DefaultValueFactory = _ => 1 };
        var now = new Option<DateTimeOffset?>("--now")
        {
            Description = "Where the clock begins, for a provider that follows it; the real time without it.",
        };
        var installations = new Option<int>("--installations")
        {
            Description = "How many installations live through the virtual month.",
            DefaultValueFactory = _ => 5,
        };
        var patience = new Option<int>("--patience")
        {
            Description = "In seconds: how long is waited for what the provider does in the background.",
            DefaultValueFactory = _ => (int)ConformanceOptions.UsualPatience.TotalSeconds,
        };
        var strict = new Option<bool>("--strict") { Description = "A recommended rule that is broken fails the run too." };
        var list = new Option<bool>("--list") { Description = "Print every case with its rule, source and level, and play none." };
        var own = new Option<string[]>("--server")
        {
            Description = "A server of this repository to try instead of one that runs: the command that starts it, word by word. It lives by the clock of the run.",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
        };
        var replay = new Option<string?>("--replay-with") { Description = "The command that reports name for playing a case again.", Hidden = true };

        var command = new Command("conformance", "Play every rule of the contract against a provider, and report which it keeps.")
        {
            port, reports, cases, product, seed, now, installations, patience, strict, list, own, replay,
        };
        about.AddTo(command);
        command.SetAction(async (given, cancel) =>
        {
            if (given.GetValue(list))
            {
                List(given.GetValue(cases) ?? []);
                return 0;
            }

            ImmutableList<string> server = [.. given.GetValue(own) ?? []];
            var start = given.GetValue(now) ?? (server.IsEmpty ? null : OwnBeginning);
            var simulated = about.Apply(given, new SimulatorOptions
            {
                // A server that is started here is told the address, so that any free port will do.
                Urls = PortArgument.Urls(server.IsEmpty || given.GetResult(port) is { Implicit: false } ? given.GetValue(port) : 0),
                Seed = given.GetValue(seed),
                // A provider that lives by its own clock takes tokens of the real time only.
                Now = start ?? TimeProvider.System.GetUtcNow(),
                Paused = start is not null,
            });
            var asked = new ConformanceOptions
            {
                Products = Sold(simulated, given.GetValue(product)),
                Seed = given.GetValue(seed),
                Cases = [.. given.GetValue(cases) ?? []],
                Installations = given.GetValue(installations),
                Patience = TimeSpan.FromSeconds(given.GetValue(patience)),
                SignOnStart = simulated.SignOnStart,
                ReplayCommand = given.GetValue(replay) ?? ReplayCommand.Of(given, isOwnServer: !server.IsEmpty),
            };
            return await Run(simulated, asked, server, [.. given.GetValue(reports) ?? []], given.GetValue(strict), cancel);
        });
        return command;
    }

    private static async Task<int> Run(
        SimulatorOptions simulated, ConformanceOptions asked, ImmutableList<string> server, ImmutableList<string> reports, bool isStrict,
        CancellationToken cancel)
    {
        if (Problem(simulated, asked, server, reports) is { } problem)
        {
            throw new InvalidDataException(problem);
        }

        if (!server.IsEmpty)
        {
            simulated = simulated with { ClientSecret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) };
        }

        await using var vercel = await SimulatorServer.Start(simulated, cancel);
        await using var started = server.IsEmpty ? null : await StartServer(vercel, simulated, server, cancel);
        if (started is not null)
        {
            asked = asked with { SignOnStart = $"{vercel.Provider}sso/{{{{installationId}}}}" };
        }

        await FollowTheProvider(vercel, cancel);
        var console = ConsoleReport.On(Console.Out, Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is not null);
        console.Begin(vercel.Provider!, ConformanceSuite.All.Count(one => asked.Chooses(one.Id)), asked.Seed);
        var report = await ConformanceSuite.Run(vercel, asked, console.Tell, cancel);
        console.End(report);
        foreach (var path in reports)
        {
            // Also of a run that was interrupted: what it has seen is true.
            await ReportFiles.Write(report, path, CancellationToken.None);
            Console.WriteLine($"Report: {path}");
        }

        return report.IsConformant && !(isStrict && report.Count<Verdict.Broken>(Level.Recommended) > 0) ? 0 : Broken;
    }

    private static async Task<ServerProcess> StartServer(
        SimulatorServer vercel, SimulatorOptions simulated, ImmutableList<string> words, CancellationToken cancel)
    {
        var settings = ServerSettings.For(vercel.BaseUrl, simulated.IntegrationId, simulated.ClientSecret, simulated.Slug);
        var process = ServerProcess.Start(new ServerCommand(ServerCommand.Split(words), settings));
        try
        {
            vercel.Provider = await process.BaseUrl(ServerStartsWithin, cancel);
        }
        catch (DemoFailureException failure)
        {
            await process.DisposeAsync();
            throw new InvalidDataException($"The server did not start. It said: {string.Join(Environment.NewLine, process.LastLines)}", failure);
        }

        vercel.Webhook = new Uri(vercel.Provider, "/webhooks/vercel");
        vercel.RedirectLogin = new Uri(vercel.Provider, "/sso/callback");
        return process;
    }

    /// <summary>A provider that follows the clock can be taken through a month; for the others time runs as it does everywhere.</summary>
    private static async Task FollowTheProvider(SimulatorServer vercel, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        while (!vercel.IsFollowed && Stopwatch.GetElapsedTime(started) < FollowersSeenWithin)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancel);
        }

        if (vercel.IsFollowed)
        {
            vercel.Clock.Pause();
        }
        else if (vercel.Clock.IsPaused)
        {
            throw new InvalidDataException(
                $"Nobody follows {vercel.BaseUrl}clock, so that the provider would not take tokens of another time than its own: leave --now out, "
                + "or let the provider live by that clock.");
        }
    }

    private static ImmutableList<ConsoleProduct> Sold(SimulatorOptions simulated, string? first) =>
        first is null ? simulated.Products
        : simulated.Product(first) is { } product ? simulated.Products.Remove(product).Insert(0, product)
        // Nothing is known of it but its name; a form without fields may do.
        : [new(first, first, MetadataSchema.Nothing), .. simulated.Products];

    private static string? Problem(SimulatorOptions simulated, ConformanceOptions asked, ImmutableList<string> server, ImmutableList<string> reports)
    {
        if (simulated.Provider is null && server.IsEmpty)
        {
            return "There is nobody to try: give --provider URL, or baseUrl in the settings.";
        }

        if (asked.Products.IsEmpty)
        {
            return "No product is known: name them in the settings (--settings FILE), or one by --product ID.";
        }

        if (asked.Installations < 1)
        {
            return "--installations takes a number from 1 on, such as 50.";
        }

        if (asked.Patience < TimeSpan.FromSeconds(1) || asked.Patience > LongestPatience)
        {
            return $"--patience takes seconds from 1 to {LongestPatience.TotalSeconds:0}.";
        }

        if (Unfitting(asked) is { } unfitting)
        {
            return unfitting;
        }

        return reports.Find(path => !ReportFiles.IsKnown(path)) is { } unknown ? $"--report {unknown}: the name must end in {ReportFiles.Forms}." : null;
    }

    private static string? Unfitting(ConformanceOptions asked) => ConformanceSuite.All.Any(one => asked.Chooses(one.Id))
        ? null
        : $"No case fits {string.Join(" or ", asked.Cases)}: --list prints them all.";

    private static void List(string[] patterns)
    {
        var asked = new ConformanceOptions { Products = [], Cases = [.. patterns] };
        if (Unfitting(asked) is { } unfitting)
        {
            throw new InvalidDataException(unfitting);
        }

        foreach (var one in ConformanceSuite.All.Where(one => asked.Chooses(one.Id)))
        {
            Console.WriteLine($"{one.Id}\n    {one.Level.ToString().ToLowerInvariant()}: {one.Rule}\n    {one.Source.Title}");
        }
    }
}
