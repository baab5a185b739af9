using System.Security.Cryptography;

namespace Marketplace.Simulator.Demo;

/// <summary>Plays one customer's life against a server of its own, over real HTTP with signed tokens.</summary>
internal static class DemoRun
{
    private const string IntegrationId = "oac_simulated";
    private const string Slug = "acme";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    /// <summary>0 when every step went as the contract says.</summary>
    /// <param name="tell">Makes the transcript, on the demo's clock.</param>
    public static async Task<int> Play(
        IReadOnlyList<string> serverWords, Func<TimeProvider, Transcript> tell, CancellationToken cancel)
    {
        var clientSecret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        await using var vercel = await SimulatorServer.Start(
            new SimulatorOptions { IntegrationId = IntegrationId, ClientSecret = clientSecret, Slug = Slug, Now = CustomerLife.Birth },
            cancel);
        var transcript = tell(vercel.Clock);
        var command = new ServerCommand(ServerCommand.Split(serverWords), ServerSettings.For(vercel.BaseUrl, IntegrationId, clientSecret, Slug));
        await using var server = ServerProcess.Start(command);
        try
        {
            await Introduce(vercel, server, transcript, cancel);
            await new CustomerLife(vercel, transcript, words => Run(command, words, transcript, cancel), scopes => NewKey(command, scopes, cancel)).Live(cancel);
            transcript.Step("What the server, PostgreSQL and Vercel hold is compared");
            transcript.Check("the drift report is empty", 0, await Run(command, ["drift"], transcript, cancel));
            await Stop(server, transcript);
            transcript.Done();
            return 0;
        }
        catch (DemoFailureException failure)
        {
            transcript.Failed(failure);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            transcript.Failed("the step goes through", "no fault", $"{fault.GetType().Name}: {fault.Message}");
        }

        transcript.Aside("The server's last words:");
        foreach (var line in server.LastLines)
        {
            transcript.Aside(line);
        }

        return 1;
    }

    private static async Task Introduce(
        SimulatorServer vercel, ServerProcess server, Transcript transcript, CancellationToken cancel)
    {
        transcript.Title("One customer's life on the Vercel Marketplace, on a virtual clock");
        var baseUrl = await server.BaseUrl(StartTimeout, cancel);
        vercel.Provider = baseUrl;
        vercel.Webhook = new Uri(baseUrl, "/webhooks/vercel");
        vercel.RedirectLogin = new Uri(baseUrl, "/sso/callback");
        transcript.Fact("Vercel, simulated", vercel.BaseUrl.ToString());
        transcript.Fact("the server", $"{baseUrl} (process {server.Id})");
    }

    /// <summary>One of the server's own commands, on the same database.</summary>
    private static async Task<int> Run(ServerCommand command, string[] words, Transcript transcript, CancellationToken cancel)
    {
        transcript.Aside($"$ {string.Join(' ', words.Select(Transcript.Cut))}");
        await using var run = ServerProcess.Start(command, words);
        var code = await run.ExitCode(cancel);
        foreach (var line in run.LastLines)
        {
            transcript.Aside(line);
        }

        return code;
    }

    /// <summary>A key of the Provider API, of which nothing is told.</summary>
    private static async Task<string> NewKey(ServerCommand command, string[] scopes, CancellationToken cancel)
    {
        await using var run = ServerProcess.Start(command, ["keys", "create", "--name", "gateway", .. scopes.SelectMany(scope => (string[])["--scope", scope])]);
        var code = await run.ExitCode(cancel);
        return run.LastLines.FirstOrDefault(line => line.StartsWith("mpk_", StringComparison.Ordinal))
            ?? throw new DemoFailureException("keys create makes a key", "a line with it", $"exit code {code}");
    }

    private static async Task Stop(ServerProcess server, Transcript transcript)
    {
        transcript.Step("The server is asked to stop");
        transcript.Check("it ends in order", 0, await server.Stop());
    }
}
