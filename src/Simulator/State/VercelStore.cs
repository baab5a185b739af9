using System.Text.Json;

namespace Marketplace.Simulator.State;

/// <summary>Holds the state, one change at a time, and writes it to its file when there is one.</summary>
internal sealed class VercelStore(string? file, VercelState initial) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim writing = new(1, 1);
    private VercelState current = initial;
    private VercelState? written = file is null ? null : initial;

    public VercelState Current
    {
        get { lock (gate) { return current; } }
    }

    public static VercelState Read(string? file)
    {
        if (file is null || !File.Exists(file))
        {
            return new VercelState();
        }

        using var stream = File.OpenRead(file);
        try
        {
            return JsonSerializer.Deserialize<VercelState>(stream, Json)
                ?? throw new InvalidDataException($"The state file {file} is empty.");
        }
        catch (JsonException unknown)
        {
            throw new InvalidDataException(
                $"The state file {file} is of another version, or damaged. Remove it, and the server's database too: each knows only what the "
                + "other knows. After ./run, both are in the folder .data.", unknown);
        }
    }

    public void Change(Func<VercelState, VercelState> change)
    {
        Change(state => (change(state), true));
    }

    /// <summary>Changes the state and answers with what the change decided.</summary>
    public T Change<T>(Func<VercelState, (VercelState Next, T Answer)> change)
    {
        if (gate.IsHeldByCurrentThread)
        {
            throw new InvalidOperationException("The state is changed within a change of it; what the inner one changes would be lost.");
        }

        lock (gate)
        {
            (current, var answer) = change(current);
            return answer;
        }
    }

    /// <summary>A new id of the kind, for what is no part of the state: see <see cref="VercelState.Identify"/>.</summary>
    public Identity Identify(string kind, params string[] subject) => Change(state => state.Identify(kind, subject));

    /// <summary>
    /// Returns once all that was changed before the call is on disk. The file is replaced in one step, so that a crash leaves
    /// the old state or the new one.
    /// </summary>
    public async Task Persist(CancellationToken cancel)
    {
        if (file is null)
        {
            return;
        }

        await writing.WaitAsync(cancel);
        try
        {
            var state = Current;
            if (ReferenceEquals(state, written))
            {
                return;
            }

            var next = file + ".next";
            await using (var stream = new FileStream(next, Private))
            {
                await JsonSerializer.SerializeAsync(stream, state, Json, cancel);
                stream.Flush(flushToDisk: true);
            }

            File.Move(next, file, overwrite: true);
            written = state;
        }
        finally
        {
            writing.Release();
        }
    }

    public void Dispose() => writing.Dispose();

    /// <summary>The file holds tokens, secrets and the signing key: nobody else may read it.</summary>
    private static FileStreamOptions Private
    {
        get
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            return options;
        }
    }
}
