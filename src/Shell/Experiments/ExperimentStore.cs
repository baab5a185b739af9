using LanguageExt;
using Marketplace.Core.Experiments;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Experiments;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Npgsql;

namespace Marketplace.Shell.Experiments;

/// <summary>What Vercel is to know, by the provisioner that keeps it, and what it knows, in PostgreSQL.</summary>
internal sealed class ExperimentStore(NpgsqlDataSource database, CatalogueInForce catalogue, Provisioners provisioners) : IExperiments
{
    public async Task<ExperimentStanding?> Load(InstallationId installation, Resource resource, CancellationToken cancel)
    {
        if (!catalogue.Now.Product(resource.Facts.Product).Exists(product => product.Experimentation.IsSome))
            return null;

        var loads = new Loads();
        var owner = InstallationRows.Load(loads, installation);
        var told = ToldRows.Load(loads, installation, resource.Id);
        await loads.Read(database, cancel);
        return owner.Value is { } found
            ? new ExperimentStanding(
                await provisioners.Experiments(catalogue.Now.ProvisionerOf(resource)).Flags(catalogue.Now.Provisioned(found, resource), cancel), told(),
                resource.Facts.EdgeConfigId)
            : null;
    }

    public Task Keep(InstallationId installation, ResourceId resource, TellStep step, ToldFlags told, CancellationToken cancel)
    {
        var writes = new Writes();
        ToldRows.Save(writes, installation, resource, step, told);
        return writes.Commit(database, cancel);
    }
}
