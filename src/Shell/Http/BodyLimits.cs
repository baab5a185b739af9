namespace Marketplace.Shell.Http;

/// <summary>What a request body may cost.</summary>
public static class BodyLimits
{
    /// <summary>The largest body of the Partner API and of webhooks; real ones stay far below.</summary>
    public const int BytesMax = 1024 * 1024;
}
