using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>What Vercel has of resources and their secrets. Source: contract §D.5, §D.6.</summary>
internal sealed partial class VercelClient
{
    public Task<VercelAnswer<Seq<VercelResource>>> ListResources(InstallationId installation, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Get(
                VercelRoute.Of(installation, $"resources"),
                (ResourceListWire list) => list.Resources.Select(resource => resource.ToResource(resource.PartnerId)).ToSeq().Strict()),
            cancel);

    public Task<VercelAnswer<VercelResource>> GetResource(InstallationId installation, ResourceId resource, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Get(
                VercelRoute.Of(installation, resource),
                (ResourceReadingWire wire) => wire.Id == resource.Value
                    ? wire.ToResource(wire.Id)
                    : throw new JsonException("The answer is about another resource.")),
            cancel);

    public Task<VercelAnswer<Nothing>> ImportResource(InstallationId installation, ImportedResource resource, CancellationToken cancel) =>
        calls.Send(
            installation, VercelCall.Put(VercelRoute.Of(installation, resource.Id), ImportedResourceWire.Of(resource)), cancel);

    public Task<VercelAnswer<Nothing>> UpdateResource(
        InstallationId installation, Resource resource, Option<SecretsChange> secrets, CancellationToken cancel) =>
        Patch(installation, resource.Id, ResourceChangeWire.Of(resource, secrets), cancel);

    public Task<VercelAnswer<Nothing>> UpdateResource(
        InstallationId installation, ResourceId resource, ResourceChange change, CancellationToken cancel) =>
        Patch(installation, resource, ResourceChangeWire.Of(change), cancel);

    public Task<VercelAnswer<Nothing>> SyncResource(
        InstallationId installation, Resource resource, Option<PlanOffer> plan, Option<SecretsChange> secrets, CancellationToken cancel) =>
        Patch(installation, resource.Id, ResourceChangeWire.Of(resource, plan, secrets), cancel);

    public Task<VercelAnswer<Nothing>> DeleteResource(InstallationId installation, ResourceId resource, CancellationToken cancel) =>
        calls.Send(installation, VercelCall.Delete(VercelRoute.Of(installation, resource)), cancel);

    public Task<VercelAnswer<Nothing>> UpdateSecrets(
        InstallationId installation, ResourceId resource, SecretsChange secrets, CancellationToken cancel) =>
        calls.Send(
            installation, VercelCall.Put(VercelRoute.Of(installation, resource, $"secrets"), SecretsChangeWire.Of(secrets)), cancel);

    private Task<VercelAnswer<Nothing>> Patch(
        InstallationId installation, ResourceId resource, ResourceChangeWire change, CancellationToken cancel) =>
        calls.Send(installation, VercelCall.Patch(VercelRoute.Of(installation, resource), change), cancel);

    private sealed record ResourceListWire(ResourceReadingWire[] Resources);
}
