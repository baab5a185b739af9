using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Jobs.Vercel;

/// <summary>What a product of the experimentation protocol tells Vercel. Source: contract §D.11, §E.13.</summary>
public interface IVercelExperimentation
{
    /// <summary>Creates flags or experiments, or what is known by the id is replaced.</summary>
    /// <param name="items">At most <see cref="ExperimentationItem.CountMax"/> in one call.</param>
    Task<VercelAnswer<Nothing>> CreateItems(
        InstallationId installation, ResourceId resource, Seq<ExperimentationItem> items, CancellationToken cancel);

    Task<VercelAnswer<Nothing>> UpdateItem(
        InstallationId installation, ResourceId resource, ExperimentationItem item, CancellationToken cancel);

    Task<VercelAnswer<Nothing>> DeleteItem(InstallationId installation, ResourceId resource, string item, CancellationToken cancel);

    /// <summary>What deployments read.</summary>
    /// <param name="known">The version that the caller has: where it is still the newest, nothing is sent back.</param>
    Task<VercelAnswer<ConfigReading>> GetConfig(
        InstallationId installation, ResourceId resource, Option<ConfigVersion> known, CancellationToken cancel);

    /// <summary>Whether there is a config, and whether it is still the one that the caller knows.</summary>
    Task<VercelAnswer<ConfigStanding>> HeadConfig(
        InstallationId installation, ResourceId resource, Option<ConfigVersion> known, CancellationToken cancel);

    /// <summary>Replaces the whole of what deployments read.</summary>
    Task<VercelAnswer<ExperimentationConfig>> PutConfig(
        InstallationId installation, ResourceId resource, ConfigItems items, CancellationToken cancel);
}
