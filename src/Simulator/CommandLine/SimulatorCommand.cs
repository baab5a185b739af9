using System.CommandLine;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Simulator.CommandLine;

/// <summary><c>simulator</c>: what a provider runs beside a server of his own. <c>./run simulator</c> is this command.</summary>
internal static class SimulatorCommand
{
    public static Command Create()
    {
        var integration = new ProviderArguments();
        var begin = new Option<string?>("--new-settings") { Description = "Write a settings file to fill in, in which every field is explained, and end." };
        var port = PortArgument.Create();
        var listen = PortArgument.CreateListen();
        var publicUrl = PublicUrl();
        var state = new Option<string?>("--state") { Description = "A file in which everything is kept between runs; nothing is without it." };
        var clock = ClockArgument.Create();
        var seed = SeedArgument.Create();
        var now = SeedArgument.CreateNow();

        var command = new Command("simulator", "Run Vercel's side beside your own server, until Ctrl-C.") { begin, port, listen, publicUrl, state, clock, seed, now };
        integration.AddTo(command);
        command.SetAction((given, cancel) => given.GetValue(begin) is { } file
            ? Begin(file, cancel)
            : Run(
                integration.Apply(given, ClockArgument.Apply(given.GetValue(clock), new SimulatorOptions
                {
                    Urls = PortArgument.Urls(given.GetValue(port), given.GetValue(listen)),
                    PublicUrl = given.GetValue(publicUrl),
                    StateFile = given.GetValue(state),
                    Seed = given.GetValue(seed),
                    Now = given.GetValue(now),
                })),
                cancel));
        return command;
    }

    /// <summary>It begins every token's issuer, so it has no path.</summary>
    private static Option<Uri?> PublicUrl() => new("--public-url")
    {
        Description = "By which your server reaches it, where that is not 127.0.0.1: it is the issuer of the tokens, and the base of Vercel's API.",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address)
                && address is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" } && address.Scheme is "http" or "https")
            {
                return address;
            }

            result.AddError("--public-url takes an address without a path, such as http://simulator:8090.");
            return null;
        },
    };

    private static Task<int> Run(SimulatorOptions options, CancellationToken cancel) =>
        ServeCommand.Serve(options, vercel => Explanation.Write(vercel, options, Console.Out, cancel), cancel);

    private static async Task<int> Begin(string path, CancellationToken cancel)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await file.WriteAsync(StartingPoint.Bytes, cancel);
        }
        catch (IOException there) when (File.Exists(path))
        {
            throw new InvalidDataException($"{path} is there already, and stays as it is: name another file.", there);
        }
        catch (Exception barred) when (barred is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} cannot be written: name a file in a folder that is there and yours. {barred.Message}", barred);
        }

        Console.WriteLine($"{path} is begun, and good as it is. Fill in what is yours, then: ./run simulator --settings {path}");
        return 0;
    }
}
