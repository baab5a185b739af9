using LanguageExt;
using Marketplace.Core.Experiments;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Jobs.Experiments;

/// <summary>What Vercel is to know of the flags of resources, and what it knows.</summary>
public interface IExperiments
{
    /// <summary>As it is now; null where the resource's product has no experiments (any more).</summary>
    Task<ExperimentStanding?> Load(InstallationId installation, Resource resource, CancellationToken cancel);

    /// <summary>Keeps what Vercel knows, or may know, by a step: before it is tried, and once it was accepted.</summary>
    Task Keep(InstallationId installation, ResourceId resource, TellStep step, ToldFlags told, CancellationToken cancel);
}

/// <param name="Flags">By the provisioner that keeps them.</param>
/// <param name="Told">What Vercel has accepted so far.</param>
/// <param name="Store">Into which the customer lets us push; none where nobody has opted in.</param>
public sealed record ExperimentStanding(Seq<Flag> Flags, ToldFlags Told, Option<string> Store);
