using System.CommandLine;

namespace Marketplace.Simulator.CommandLine;

/// <summary><c>serve</c>: Vercel's side until it is stopped, for other programs to start.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var integration = new ProviderArguments();
        var urls = new Option<string>("--urls") { Description = "Where to listen.", DefaultValueFactory = _ => "http://127.0.0.1:0" };
        var state = new Option<string?>("--state") { Description = "Where everything is kept between runs; nothing is without it." };
        var now = SeedArgument.CreateNow();
        var seed = SeedArgument.Create();
        var edgeConfigOnly = new Option<bool>("--edge-config-only") { Description = "Know the older path of a config of experiments only." };
        var clock = ClockArgument.Create();

        var serve = new Command("serve", "Serve Vercel's side until stopped.") { urls, state, edgeConfigOnly, now, seed, clock };
        integration.AddTo(serve);
        serve.SetAction((given, cancel) => Serve(
            integration.Apply(given, ClockArgument.Apply(given.GetValue(clock), new SimulatorOptions
            {
                Urls = given.GetRequiredValue(urls),
                StateFile = given.GetValue(state),
                KnowsEdgeConfigOnly = given.GetValue(edgeConfigOnly),
                Now = given.GetValue(now),
                Seed = given.GetValue(seed),
            })),
            tell: null, cancel));
        return serve;
    }

    /// <param name="tell">What to do once it listens.</param>
    public static async Task<int> Serve(SimulatorOptions options, Func<SimulatorServer, Task>? tell, CancellationToken cancel)
    {
        await using var server = await SimulatorServer.Start(options, cancel);
        Console.WriteLine($"Now listening on: {server.Listening.ToString().TrimEnd('/')}");
        if (tell is not null)
        {
            await tell(server);
        }

        try
        {
            await server.WaitForShutdown(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Asked to stop: everything is written when the server is disposed.
        }

        return 0;
    }
}
