namespace Marketplace.Shell.Configuration;

/// <summary>One key that is missing or wrong.</summary>
/// <param name="Key">As an environment variable spells it.</param>
/// <param name="Found">What is wrong with it, without the value of a secret.</param>
/// <param name="Wants">What would be right.</param>
public sealed record SettingProblem(string Key, string Found, string Wants)
{
    public override string ToString() => $"{Key} {Found}. It wants {Wants}.";
}

/// <summary>The server does not start. The message is for the person who starts it, and ends the process with exit code 1.</summary>
public sealed class StartRefusedException(string message) : Exception(message)
{
    public static StartRefusedException For(IReadOnlyCollection<SettingProblem> problems) =>
        new(string.Join(
            Environment.NewLine,
            problems.Select(problem => $"  {problem}")
                .Prepend(problems.Count == 1
                    ? "Marketplace cannot start: a setting is missing or wrong."
                    : $"Marketplace cannot start: {problems.Count} settings are missing or wrong.")));
}
