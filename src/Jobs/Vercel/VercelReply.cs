namespace Marketplace.Jobs.Vercel;

/// <summary>What Vercel answered where it was no success, for a person to read.</summary>
/// <param name="Body">As it came, up to a bound.</param>
public sealed record VercelReply(int Status, string Body)
{
    /// <summary>It may repeat what was sent.</summary>
    public override string ToString() => $"VercelReply {Status}";
}
