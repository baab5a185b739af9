using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Experiments;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Persistence;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Provisioning.Keys;

/// <summary>Acme Keys: every resource is a right to call an API, held by whoever shows one of its keys.</summary>
internal sealed class KeysProvisioner(NpgsqlDataSource database, TimeProvider clock) : ILocalProvisioner, IExperimentProvisioner
{
    public string Name => "keys";

    public Seq<Secret> Mint(
        Writes writes, InstallationId installation, ResourceId resource, OperationId operation, DateTimeOffset now)
    {
        var key = ApiKey.New(installation, resource);
        ApiKeyRows.Insert(writes, installation, resource, operation, key, now);
        return Handed(key);
    }

    public void End(Writes writes, InstallationId installation, ResourceId resource, Seq<OperationId> minted) =>
        ApiKeyRows.End(writes, installation, resource, minted, clock.GetUtcNow());

    public void Remove(Writes writes, InstallationId installation, ResourceId resource)
    {
        ApiKeyRows.EndAll(writes, installation, resource, clock.GetUtcNow());
        FlagRows.DeleteAll(writes, installation, resource);
    }

    public Action<Writes, InstallationId> Move(Loads loads, InstallationId from, Seq<ResourceId> resources)
    {
        var keys = ApiKeyRows.LoadThese(loads, from, resources);
        var flags = FlagRows.LoadThese(loads, from, resources);
        return (writes, to) =>
        {
            ApiKeyRows.Move(writes, from, to, keys.Value);
            FlagRows.Move(writes, from, to, flags.Value);
        };
    }

    public async Task<Seq<Flag>> Flags(ProvisionedResource resource, CancellationToken cancel)
    {
        var loads = new Loads();
        var flags = FlagRows.Load(loads, resource.Installation, resource.Id);
        await loads.Read(database, cancel);
        return flags.Value;
    }

    public Task<ProvisionerAnswer<Seq<Secret>>> Provision(
        ProvisionedResource resource, OperationId operation, CancellationToken cancel) => MintByItself(resource, operation, cancel);

    public Task<ProvisionerAnswer<Seq<Secret>>> Rotate(
        ProvisionedResource resource, OperationId operation, CancellationToken cancel) => MintByItself(resource, operation, cancel);

    public Task<ProvisionerAnswer<Unit>> ChangePlan(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Task.FromResult(ProvisionerAnswer.Done);

    public Task<ProvisionerAnswer<Unit>> Suspend(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Task.FromResult(ProvisionerAnswer.Done);

    public Task<ProvisionerAnswer<Unit>> Resume(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Task.FromResult(ProvisionerAnswer.Done);

    public async Task<ProvisionerAnswer<Unit>> ExpireSecrets(
        ProvisionedResource resource, OperationId operation, Seq<OperationId> minted, CancellationToken cancel)
    {
        var writes = new Writes();
        End(writes, resource.Installation, resource.Id, minted);
        await writes.Commit(database, cancel);
        return unit;
    }

    public async Task<ProvisionerAnswer<Unit>> Deprovision(ProvisionedResource resource, OperationId operation, CancellationToken cancel)
    {
        var writes = new Writes();
        Remove(writes, resource.Installation, resource.Id);
        await writes.Commit(database, cancel);
        return unit;
    }

    /// <summary>Having a key costs nothing; what its use costs is not told here.</summary>
    public Task<Seq<Measurement>> Measure(ProvisionedResource resource, DateTimeOffset now, CancellationToken cancel) =>
        Task.FromResult(Seq<Measurement>());

    public async Task<Option<Seq<ResourceId>>> List(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ApiKeyRows.Resources(connection, cancel);
    }

    private async Task<ProvisionerAnswer<Seq<Secret>>> MintByItself(
        ProvisionedResource resource, OperationId operation, CancellationToken cancel)
    {
        var writes = new Writes();
        var key = ApiKey.New(resource.Installation, resource.Id);
        ApiKeyRows.Replace(writes, resource.Installation, resource.Id, operation, key, clock.GetUtcNow());
        await writes.Commit(database, cancel);
        return Handed(key);
    }

    private static Seq<Secret> Handed(ApiKey key) => Seq1(new Secret("ACME_API_KEY", key.Text, None, EnvironmentOverrides.None));
}
