namespace Marketplace.Shell.Connections;

/// <summary>The page on which somebody who comes from Vercel says yes.</summary>
public sealed record ConnectView(string Code, string? ConfigurationId, string? Next, string FormToken)
{
    /// <summary>Logs print records; the code stays out.</summary>
    public override string ToString() => nameof(ConnectView);
}
