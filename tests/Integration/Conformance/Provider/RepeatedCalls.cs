namespace Marketplace.Integration.Conformance.Provider;

/// <summary>
/// What was answered to which <c>Idempotency-Key</c>. Whoever repeats a call gets the answer of the first, and waits for it where it is still
/// to come. Source: contract §B.0.
/// </summary>
internal sealed class RepeatedCalls(ProviderSettings settings)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Operation, Task<Answer> Answer)> answers = new(StringComparer.Ordinal);

    /// <param name="key">Within one installation; none where the caller gave none.</param>
    /// <param name="operation">What the key stands for: another operation may not have it.</param>
    public async Task<Answer> Once(string? key, string operation, Func<Task<Answer>> decide)
    {
        if (key is null || settings.Breaks(Breakage.ForgetsIdempotencyKeys))
        {
            return await decide();
        }

        var mine = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        (string Operation, Task<Answer> Answer) first;
        lock (gate)
        {
            first = answers.GetValueOrDefault(key, (operation, mine.Task));
            if (!settings.Breaks(Breakage.RacesIdempotencyKeys))
            {
                answers[key] = first;
            }
        }

        if (first.Answer != mine.Task)
        {
            return first.Operation == operation || settings.Breaks(Breakage.MixesIdempotencyKeys)
                ? await first.Answer
                : Answer.Conflict("The Idempotency-Key stands for another operation.");
        }

        try
        {
            mine.SetResult(await decide());
        }
        catch (Exception fault)
        {
            // It may be tried again: nothing was decided.
            lock (gate)
            {
                answers.Remove(key);
            }

            mine.SetException(fault);
        }

        if (settings.Breaks(Breakage.RacesIdempotencyKeys))
        {
            // As a provider that looks, works for a while, and only then writes down what it did.
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            lock (gate)
            {
                answers[key] = first;
            }
        }

        return await mine.Task;
    }
}
