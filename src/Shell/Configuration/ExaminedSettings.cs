namespace Marketplace.Shell.Configuration;

/// <summary>The settings as far as they can be read, with all that is wrong with them.</summary>
/// <param name="Settings">A part that is wrong is empty, absent, or its default: ask <see cref="Has"/> before you use it.</param>
/// <param name="Asked">Every key that means something beside the others.</param>
internal sealed record ExaminedSettings(
    ServerSettings Settings, IReadOnlyCollection<SettingProblem> Problems, IReadOnlySet<string> Asked)
{
    /// <summary>Whether nothing is wrong with a key.</summary>
    public bool Has(string key) => Problems.All(problem => problem.Key != SettingsReader.Spell(key));
}
