using System.CommandLine;
using Marketplace.Simulator.Demo;

namespace Marketplace.Simulator.CommandLine;

/// <summary>Every command of the program.</summary>
internal static class Commands
{
    public static RootCommand All() => new("Vercel's side of the Marketplace, simulated.")
    {
        SimulatorCommand.Create(),
        ConformanceCommand.Create(),
        ServeCommand.Create(),
        Demo(),
    };

    private static Command Demo()
    {
        var server = new Option<string[]>("--server")
        {
            Description = "The command that starts the server, in one text or word by word.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var demo = new Command("demo", "Play one customer's whole life against a server, and check every step.") { server };
        demo.SetAction((given, cancel) => DemoRun.Play(given.GetRequiredValue(server), Transcript.OnConsole, cancel));
        return demo;
    }
}
