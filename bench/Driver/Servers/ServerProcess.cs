using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Marketplace.Driver.Servers;

/// <summary>A server in a process of its own, which can be held so that it takes nothing from another.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string ListeningMark = "Now listening on: ";
    private const int LinesKept = 40;
    private const int Terminate = 15;

    // The two whose numbers differ from one Unix to the other.
    private static readonly int Hold = OperatingSystem.IsMacOS() ? 17 : 19;
    private static readonly int Continue = OperatingSystem.IsMacOS() ? 19 : 18;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly ConcurrentQueue<string> lastLines = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
    }

    public int Id => process.Id;

    /// <summary>What it said last, for when something goes wrong.</summary>
    public IEnumerable<string> LastLines => lastLines;

    /// <param name="words">The command.</param>
    /// <param name="settings">Its environment, on top of our own.</param>
    public static ServerProcess Start(IReadOnlyList<string> words, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo(words[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var word in words.Skip(1))
            start.ArgumentList.Add(word);
        foreach (var (key, value) in settings)
            start.Environment[key] = value;

        var started = new ServerProcess(start);
        started.process.Start();
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Waits for the line that names the address.</summary>
    public async Task<Uri> Listening(CancellationToken cancel)
    {
        var first = await Task.WhenAny(listening.Task, process.WaitForExitAsync(cancel), Task.Delay(StartTimeout, cancel));
        cancel.ThrowIfCancellationRequested();
        return first == listening.Task
            ? await listening.Task
            : throw new InvalidOperationException(
                $"{string.Join(' ', process.StartInfo.ArgumentList)} did not start:{Environment.NewLine}{string.Join(Environment.NewLine, lastLines)}");
    }

    /// <summary>Stops it in its tracks, with all that it has under way.</summary>
    public void Pause() => _ = SendSignal(process.Id, Hold);

    public void Resume() => _ = SendSignal(process.Id, Continue);

    /// <summary>It gets no chance to end anything.</summary>
    public void Kill() => process.Kill();

    public Task Ended(CancellationToken cancel) => process.WaitForExitAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            Resume();
            _ = SendSignal(process.Id, Terminate);
            using var timeout = new CancellationTokenSource(StopTimeout);
            try
            {
                await process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }

        process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null)
            return;
        lastLines.Enqueue(line);
        if (lastLines.Count > LinesKept)
            lastLines.TryDequeue(out _);

        // In a line of JSON the address ends at a quotation mark.
        if (line.IndexOf(ListeningMark, StringComparison.Ordinal) is >= 0 and var at
            && Uri.TryCreate(line[(at + ListeningMark.Length)..].Split('"')[0].Trim(), UriKind.Absolute, out var url))
        {
            listening.TrySetResult(url);
        }
    }

    /// <summary>.NET itself can only kill, not ask.</summary>
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
