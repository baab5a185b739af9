namespace Marketplace.Shell.Http;

/// <summary>What a request body may cost.</summary>
public static class BodyLimits
{
    /// <summary>The largest body of the Partner API; real ones stay far below.</summary>
    public const int BytesMax = 1024 * 1024;

    /// <summary>Where the server itself stops reading: it also counts the frames of a chunked body.</summary>
    public const int BytesReadMax = BytesMax + (256 * 1024);
}
