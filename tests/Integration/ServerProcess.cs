using System.Diagnostics;
using System.Text;

namespace Marketplace.Integration;

/// <summary>The server as a person starts it: a process of its own, which can be told to stop, or be killed.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly string[] OwnPrefixes =
        ["ConnectionStrings__", "Vercel__", "Catalog__", "Finalization__", "HttpProvisioner__", "Events__", "Clock__", "DataProtection__", "Secrets__", "Proxies__", "PublicUrl", "SignOn__", "Dashboard__", "ASPNETCORE_", "DOTNET_ENVIRONMENT"];

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process) => _process = process;

    public string Output
    {
        get { lock (_output) { return _output.ToString(); } }
    }

    public string Errors
    {
        get { lock (_errors) { return _errors.ToString(); } }
    }

    public int ExitCode => _process.ExitCode;

    /// <param name="environment">All that the server finds of its own variables: what the tests run with is kept from it.</param>
    public static ServerProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        Dotnet([Path.Combine(AppContext.BaseDirectory, "Marketplace.Shell.dll"), .. arguments], environment);

    /// <summary>From the sources, called at the root of the repository as the documents say; only the build is left out.</summary>
    public static ServerProcess Run(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        Dotnet(["run", "--no-build", "-c", Configuration, "--project", "src/Shell", "--", .. arguments], environment);

    /// <summary>Debug or Release: what the tests were built as, their projects were too.</summary>
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private static ServerProcess Dotnet(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var inherited in start.Environment.Keys.Where(key => OwnPrefixes.Any(key.StartsWith)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var server = new ServerProcess(new Process { StartInfo = start });
        server._process.OutputDataReceived += (_, line) => server.Read(line.Data);
        server._process.ErrorDataReceived += (_, line) => Append(server._errors, line.Data);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Where it listens, once it does.</summary>
    public async Task<Uri> Listening(CancellationToken cancel)
    {
        var ended = _process.WaitForExitAsync(cancel);
        return await Task.WhenAny(_listening.Task, ended) == ended
            ? throw new InvalidOperationException($"The server ended with {_process.ExitCode}: {Errors}{Output}")
            : await _listening.Task;
    }

    /// <summary>Waits for the end, which must come by itself.</summary>
    public async Task<int> Ended(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel).WaitAsync(TimeSpan.FromSeconds(60), cancel);
        return _process.ExitCode;
    }

    /// <summary>SIGTERM, as an orchestrator sends it.</summary>
    public void Terminate()
    {
        // The shell's own: a small Linux has no program of that name.
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>SIGKILL: no line of code runs any more.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Read(string? line)
    {
        const string Marker = "Now listening on: ";
        Append(_output, line);
        if (line?.IndexOf(Marker, StringComparison.Ordinal) is >= 0 and var at)
        {
            var address = line[(at + Marker.Length)..];
            _listening.TrySetResult(new Uri(address[..(address.IndexOf('"') is >= 0 and var end ? end : address.Length)]));
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }
}
