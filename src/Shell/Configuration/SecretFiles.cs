using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;

namespace Marketplace.Shell.Configuration;

/// <summary>
/// Settings of which each is a file, named by its key: as Docker's and Kubernetes' secrets are mounted. A file wins over a variable,
/// because a compose file often sets one to nothing; the command line wins over both.
/// </summary>
internal static class SecretFiles
{
    /// <summary>The folder. It need not be there: the shipped image always names one.</summary>
    public const string Key = "Secrets:Directory";

    /// <summary>What the image names.</summary>
    public const string OfImage = "/run/secrets";

    /// <exception cref="StartRefusedException">A file is there, and this process may not read it.</exception>
    public static void AddSecretFiles(this ConfigurationManager configuration)
    {
        if (configuration[Key] is not { } given || string.IsNullOrWhiteSpace(given) || !Directory.Exists(given))
            return;

        var folder = Path.GetFullPath(given);
        Require(folder);
        var commandLine = configuration.Sources.LastOrDefault(source => source is CommandLineConfigurationSource);
        configuration.Sources.Insert(
            commandLine is null ? configuration.Sources.Count : configuration.Sources.IndexOf(commandLine),
            new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(folder), Optional = true });
    }

    /// <summary>The framework would end in a stack trace, and who mounts secrets for another user meets this first.</summary>
    private static void Require(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            try
            {
                using var opened = File.OpenRead(file);
            }
            catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
            {
                throw new StartRefusedException(
                    $"Marketplace cannot start: the file {file}, in the folder that {SettingsReader.Spell(Key)} names, cannot be read by this process: "
                    + "let the user that it runs as read it, or take it away.");
            }
        }
    }
}
