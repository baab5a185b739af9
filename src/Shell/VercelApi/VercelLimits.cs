using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.VercelApi;

/// <summary>How long is waited for Vercel beside what holds for every call.</summary>
internal sealed record VercelLimits : CallLimits
{
    public static readonly VercelLimits Default = new();

    /// <summary>Of one call, with everything that is repeated, and with the second token where the first was refused.</summary>
    public TimeSpan AnswerMax { get; init; } = VercelPatience.AnswerMax;

    /// <summary>Of one attempt of what may be repeated.</summary>
    public TimeSpan AttemptMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Of what is sent once: whether it arrived is worth waiting for.</summary>
    public TimeSpan OnceMax { get; init; } = TimeSpan.FromSeconds(20);

    public override int OutageCallsMin { get; init; } = 20;
}
