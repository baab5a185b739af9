using System.Globalization;
using Marketplace.Core.Installations;

namespace Marketplace.Shell.OperatorConsole.Outbox;

/// <summary>Where the messages to Vercel are in the console.</summary>
internal static class OutboxPaths
{
    public const string Root = OperatorPaths.Root + "/outbox";

    public const string Chosen = Root + "/replay";

    public const string Found = Root + "/replay-found";

    public static string Message(InstallationId installation, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{Root}/{Uri.EscapeDataString(installation.Value)}/{sequence}");
}
