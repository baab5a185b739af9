using System.CommandLine;
using System.Net;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Health;

/// <summary>Asks the server of this configuration how it is, for an orchestrator whose image has neither a shell nor curl.</summary>
internal static class HealthCommand
{
    private const string Ready = "/health/ready";
    private const string Live = "/health/live";

    /// <summary>Orchestrators give a check a few seconds, and would rather hear why.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public static Command Command(CommandHost host)
    {
        var live = new Option<bool>("--live") { Description = "Whether it answers at all, whatever it depends on." };
        var url = new Option<string?>("--url")
        {
            Description = "Where the server is, such as http://127.0.0.1:8080; where --urls, ASPNETCORE_URLS or ASPNETCORE_HTTP_PORTS let it listen, without it.",
        };
        var command = CommandParts.Of("health", "Asks a running server whether it is ready, as a health check of a container does.", live, url);
        command.SetAction(host.OnConfiguration((builder, parsed, cancel) =>
            Ask(parsed.GetValue(url) ?? OwnAddress(builder.Configuration), parsed.GetValue(live) ? Live : Ready, cancel)));
        return command.Examples("health", "health --live", "health --url http://127.0.0.1:8081").Ends("it is ready, or live");
    }

    /// <exception cref="StartRefusedException">It is not, and why.</exception>
    private static async Task<int> Ask(string address, string path, CancellationToken cancel)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var where) || where.Scheme is not ("http" or "https"))
            throw new StartRefusedException($"\"{address}\" is no address of a server: it looks like http://127.0.0.1:8080.");

        using var http = new HttpClient { Timeout = Patience };
        var asked = new Uri(where, path);
        try
        {
            using var answer = await http.GetAsync(asked, cancel);
            var says = await answer.Content.ReadAsStringAsync(cancel);
            if (answer.StatusCode != HttpStatusCode.OK)
                throw new StartRefusedException($"{asked} answers {(int)answer.StatusCode}: {says}");
            await Console.Out.WriteLineAsync(says);
            return CommandParts.Done;
        }
        catch (Exception silent) when (silent is HttpRequestException || (silent is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new StartRefusedException($"Nothing answers at {asked}: {silent.Message}");
        }
    }

    /// <summary>The first place where a server of this configuration listens, seen from the same machine.</summary>
    public static string OwnAddress(IConfiguration configuration)
    {
        var first = configuration["urls"]?.Split(';')[0] is { Length: > 0 } url ? url
            : configuration["http_ports"]?.Split(';')[0] is { Length: > 0 } port ? $"http://*:{port}"
            : "http://localhost:5000";
        // Whoever listens everywhere listens here too.
        foreach (var everywhere in (string[])["//*", "//+", "//0.0.0.0", "//[::]"])
            first = first.Replace(everywhere, "//127.0.0.1", StringComparison.Ordinal);
        return first;
    }
}
