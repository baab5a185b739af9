using System.Diagnostics;
using System.Text;

namespace Marketplace.Integration.Simulator;

/// <summary>The simulator's program as <c>./run</c> starts it, in a process of its own.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    private SimulatorProcess(Process process) => this.process = process;

    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public string Errors
    {
        get
        {
            lock (errors)
            {
                return errors.ToString();
            }
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static SimulatorProcess Start(params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Marketplace.Simulator.dll"), .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Remove("Vercel__ClientSecret");
        var started = new SimulatorProcess(new Process { StartInfo = start });
        started.process.OutputDataReceived += (_, line) => Append(started.output, line.Data);
        started.process.ErrorDataReceived += (_, line) => Append(started.errors, line.Data);
        started.process.Start();
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Runs a command that ends by itself.</summary>
    public static async Task<(int Code, string Output, string Errors)> Run(params string[] words)
    {
        await using var one = Start(words);
        await one.process.WaitForExitAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        return (one.process.ExitCode, one.Output, one.Errors);
    }

    /// <summary>Waits for a text to be said.</summary>
    public async Task<string> Says(string text)
    {
        for (var waited = Stopwatch.StartNew(); !Output.Contains(text, StringComparison.Ordinal); await Task.Delay(20, Cancel))
        {
            Assert.False(process.HasExited, $"It ended: {Errors}{Output}");
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), $"It does not say '{text}': {Output}");
        }

        return Output;
    }

    /// <summary>Where it listens, once it does.</summary>
    public async Task<Uri> Address()
    {
        const string Mark = "Now listening on: ";
        var said = (await Says("Then open:")).Split('\n').First(line => line.StartsWith(Mark, StringComparison.Ordinal));
        return new Uri(said[Mark.Length..].Trim());
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }
}
