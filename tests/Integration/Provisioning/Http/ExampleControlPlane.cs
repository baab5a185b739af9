using System.Diagnostics;

namespace Marketplace.Integration.Provisioning.Http;

/// <summary>The control plane of docs/examples/http-provider, as <c>./run</c> starts it.</summary>
internal sealed class ExampleControlPlane : IAsyncDisposable
{
    private const string Marker = "listening on ";

    private readonly Dictionary<string, string> environment;
    private Process process;

    private ExampleControlPlane(Dictionary<string, string> environment, Process process, Uri url) =>
        (this.environment, this.process, Url) = (environment, process, url);

    public static string Catalogue => Repository.File("docs/examples/http-provider/catalog.json");

    public Uri Url { get; }

    public static async Task<ExampleControlPlane> Start(string secret, CancellationToken cancel)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CONTROL_PLANE_PORT"] = "0",
            ["CONTROL_PLANE_SECRETS"] = secret,
            ["CONTROL_PLANE_STATE"] = Path.Combine(Path.GetTempPath(), $"control-plane-{Guid.NewGuid():N}.json"),
            ["CONTROL_PLANE_MAKING_SECONDS"] = "0.3",
        };
        var (started, url) = await Launch(variables, cancel);
        variables["CONTROL_PLANE_PORT"] = $"{url.Port}";
        return new ExampleControlPlane(variables, started, url);
    }

    /// <summary>SIGKILL, and started again on the same file.</summary>
    public async Task KillAndStart(CancellationToken cancel)
    {
        await Kill();
        (process, _) = await Launch(environment, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        File.Delete(environment["CONTROL_PLANE_STATE"]);
    }

    private static async Task<(Process Process, Uri Url)> Launch(Dictionary<string, string> variables, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("python3", [Repository.File("docs/examples/http-provider/control-plane")])
        {
            RedirectStandardOutput = true, UseShellExecute = false,
        };
        foreach (var (key, value) in variables)
            start.Environment[key] = value;
        var (started, listening) = (new Process { StartInfo = start }, new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
        // What it says later is read too, so that it never waits for somebody to read it.
        started.OutputDataReceived += (_, line) => listening.TrySetResult(line.Data ?? "");
        started.Start();
        started.BeginOutputReadLine();
        var first = await listening.Task.WaitAsync(TimeSpan.FromSeconds(30), cancel);
        Assert.StartsWith(Marker, first, StringComparison.Ordinal);
        return (started, new Uri(first[Marker.Length..]));
    }

    private async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
