namespace Marketplace.Jobs.Vercel;

/// <summary>How long jobs wait for Vercel; real time.</summary>
public static class VercelPatience
{
    /// <summary>No call takes longer, with all that the client repeats by itself: leases have to outlast it.</summary>
    public static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    /// <summary>Before what a refused token kept back is tried again: somebody has to replace it.</summary>
    public static readonly TimeSpan TokenWait = TimeSpan.FromMinutes(15);
}
