namespace Marketplace.Shell.OperatorConsole.Webhooks;

/// <summary>Where Vercel's webhooks are in the console.</summary>
internal static class WebhookPaths
{
    public const string Root = OperatorPaths.Root + "/webhooks";

    public const string Chosen = Root + "/replay";

    public const string Found = Root + "/replay-found";

    /// <summary>Stands for the installation of one that names none.</summary>
    public const string Nobody = "-";

    public static string Webhook(string installation, string id) =>
        $"{Root}/{(installation.Length == 0 ? Nobody : Uri.EscapeDataString(installation))}/{Uri.EscapeDataString(id)}";
}
