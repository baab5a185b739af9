using System.Diagnostics;
using System.Text;

namespace Marketplace.Integration.Containers;

/// <summary>
/// A container's process without the container: its words, its variables and no others, another user than the tests' where they are
/// root, and a folder in which it cannot write.
/// </summary>
internal sealed class Container : IAsyncDisposable
{
    /// <summary>The user of the base image.</summary>
    private const string User = "1654";

    private readonly Process process;
    private readonly StringBuilder output = new();

    private Container(Process process) => this.process = process;

    public string Output
    {
        get { lock (output) { return output.ToString(); } }
    }

    public static Container Start(IReadOnlyList<string> words, IReadOnlyDictionary<string, string> environment, string folder)
    {
        string[] all = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid", User, "--regid", User, "--clear-groups", "--no-new-privs", .. words]
            : [.. words];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        var container = new Container(new Process { StartInfo = start });
        container.process.OutputDataReceived += (_, line) => container.Append(line.Data);
        container.process.ErrorDataReceived += (_, line) => container.Append(line.Data);
        container.process.Start();
        container.process.BeginOutputReadLine();
        container.process.BeginErrorReadLine();
        return container;
    }

    /// <summary>The exit code, when it comes by itself and within that time.</summary>
    public async Task<int> Ended(TimeSpan within, CancellationToken cancel)
    {
        try
        {
            await process.WaitForExitAsync(cancel).WaitAsync(within, cancel);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It has not ended within {within}: {Output}");
        }

        return process.ExitCode;
    }

    /// <summary>SIGTERM, as <c>docker stop</c> sends it.</summary>
    public void Stop()
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private void Append(string? line)
    {
        lock (output)
            output.AppendLine(line);
    }
}
