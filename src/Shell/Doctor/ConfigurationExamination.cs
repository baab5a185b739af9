using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Doctor;

/// <summary>Every key: what is missing or wrong, what has no effect, and what is right for a trial alone.</summary>
internal sealed class ConfigurationExamination(ExaminedSettings examined, IConfiguration configuration, IHostEnvironment environment) : IExamination
{
    public string Subject => "configuration";

    public Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        var findings = examined.Problems.Select(Finding (problem) => new Finding.Failed($"{problem.Key} {problem.Found}.", $"It wants {problem.Wants}."))
            .Concat(Idle())
            .Concat(Nowhere())
            .Concat(OfTrials())
            .ToList();
        if (findings.Count == 0)
            findings.Add(new Finding.Ok($"Every setting is well; the environment is {environment.EnvironmentName}."));
        return Task.FromResult<IReadOnlyList<Finding>>(findings);
    }

    /// <summary>A key of ours that nobody asks for: most often it is misspelt, and the default is in its place.</summary>
    private IEnumerable<Finding> Idle()
    {
        var sections = examined.Asked.Where(key => key.Contains(':', StringComparison.Ordinal)).Select(key => key.Split(':')[0])
            .Except(["ConnectionStrings"], StringComparer.OrdinalIgnoreCase).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return configuration.AsEnumerable()
            .Where(pair => !string.IsNullOrWhiteSpace(pair.Value) && sections.Contains(pair.Key.Split(':')[0]) && !examined.Asked.Contains(pair.Key))
            .Select(pair => new Finding.Warning(
                $"{SettingsReader.Spell(pair.Key)} has no effect.", "Is it misspelt? docs/configuration.md has every key, and beside which others it means something."));
    }

    /// <summary>The image names its folder whether or not something is mounted there; any other one somebody has named on purpose.</summary>
    private IEnumerable<Finding> Nowhere()
    {
        if (configuration[SecretFiles.Key] is { Length: > 0 } folder && folder != SecretFiles.OfImage && !Directory.Exists(folder))
        {
            yield return new Finding.Warning(
                $"{SettingsReader.Spell(SecretFiles.Key)} is {folder}, where no folder is: nothing is read from it.", "Correct the path, or take the setting away.");
        }
    }

    private IEnumerable<Finding> OfTrials()
    {
        if (environment.IsDevelopment())
            yield break;
        if (examined.Settings.Public.Url is null && examined.Has("PublicUrl"))
        {
            yield return new Finding.Warning(
                "PublicUrl is missing: browsers are sent to the address that the server listens on.",
                "Set it to the https address by which customers reach this server, wherever anything stands in front of it.");
        }

        if (examined.Settings.Invoices.Test.IsSome)
            yield return new Finding.Warning("Invoices__Test is set: every invoice is a test, and nobody is billed.", "Remove it before the first customer.");
        if (examined.Settings.Clock.Url is not null)
            yield return new Finding.Warning("Clock__Url is set: time is what somebody else says.", "Remove it before the first customer.");
    }
}
