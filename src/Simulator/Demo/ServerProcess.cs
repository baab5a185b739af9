using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Marketplace.Simulator.Demo;

/// <summary>The server under demonstration, in a process of its own.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int LinesKept = 40;
    private const int Terminate = 15;
    private const string ListeningMark = "Now listening on: ";

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly ConcurrentQueue<string> lastLines = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
    }

    public int Id => process.Id;

    /// <summary>What it said last, for when something goes wrong.</summary>
    public IEnumerable<string> LastLines => lastLines;

    public static ServerProcess Start(ServerCommand command, params string[] more)
    {
        var started = new ServerProcess(new Process { StartInfo = command.ToStartInfo(more) });
        if (!started.process.Start())
        {
            throw new InvalidOperationException($"{command} could not be started.");
        }

        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Waits for the line that names the address.</summary>
    public async Task<Uri> BaseUrl(TimeSpan timeout, CancellationToken cancel)
    {
        var ended = process.WaitForExitAsync(cancel);
        var first = await Task.WhenAny(listening.Task, ended, Task.Delay(timeout, cancel));
        cancel.ThrowIfCancellationRequested();
        return first == listening.Task
            ? await listening.Task
            : throw new DemoFailureException(
                "the server starts",
                $"a line \"{ListeningMark}http://…\" within {timeout.TotalSeconds:0} s",
                first == ended ? $"it ended with code {process.ExitCode}" : "no such line");
    }

    /// <summary>Waits for the process to end by itself.</summary>
    public async Task<int> ExitCode(CancellationToken cancel)
    {
        await process.WaitForExitAsync(cancel);
        return process.ExitCode;
    }

    /// <summary>Asks it to stop, as an operator would, and answers with its exit code; none when it had to be killed.</summary>
    public async Task<int?> Stop()
    {
        if (!process.HasExited)
        {
            _ = SendSignal(process.Id, Terminate);
        }

        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null)
        {
            return;
        }

        lastLines.Enqueue(line);
        if (lastLines.Count > LinesKept)
        {
            lastLines.TryDequeue(out _);
        }

        var at = line.IndexOf(ListeningMark, StringComparison.Ordinal);
        if (at >= 0 && Uri.TryCreate(line[(at + ListeningMark.Length)..].Trim(), UriKind.Absolute, out var url))
        {
            listening.TrySetResult(url);
        }
    }

    /// <summary>.NET itself can only kill, not ask.</summary>
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
