using System.Net;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>Flags, experiments and what deployments read of them, over HTTP. Source: contract §D.11.</summary>
internal sealed class VercelExperimentation(VercelCalls calls) : IVercelExperimentation
{
    public Task<VercelAnswer<Nothing>> CreateItems(
        InstallationId installation, ResourceId resource, Seq<ExperimentationItem> items, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items.Count, ExperimentationItem.CountMax, nameof(items));
        return calls.Send(
            installation,
            VercelCall.Post(
                VercelRoute.Of(installation, resource, $"experimentation/items"),
                new ExperimentationItemsWire([.. items.Select(ExperimentationItemWire.OfNew)])) with { IsRepeatable = true },
            cancel);
    }

    public Task<VercelAnswer<Nothing>> UpdateItem(
        InstallationId installation, ResourceId resource, ExperimentationItem item, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Patch(
                VercelRoute.Of(installation, resource, $"experimentation/items/{item.Id}"), ExperimentationItemWire.OfKnown(item)),
            cancel);

    public Task<VercelAnswer<Nothing>> DeleteItem(InstallationId installation, ResourceId resource, string item, CancellationToken cancel) =>
        calls.Send(installation, VercelCall.Delete(VercelRoute.Of(installation, resource, $"experimentation/items/{item}")), cancel);

    public Task<VercelAnswer<ConfigReading>> GetConfig(
        InstallationId installation, ResourceId resource, Option<ConfigVersion> known, CancellationToken cancel) =>
        Config(
            installation, resource,
            new VercelCall<ConfigReading>(HttpMethod.Get, "", async (response, reading) => IsUnchanged(response)
                ? new ConfigReading.Unchanged()
                : new ConfigReading.Read(await ReadConfig(response, reading))) { IsRepeatable = true, Known = Mark(known) },
            cancel);

    public Task<VercelAnswer<ConfigStanding>> HeadConfig(
        InstallationId installation, ResourceId resource, Option<ConfigVersion> known, CancellationToken cancel) =>
        Config(
            installation, resource,
            new VercelCall<ConfigStanding>(
                HttpMethod.Head, "", (response, _) => Task.FromResult(new ConfigStanding(IsUnchanged(response), Version(response))))
            {
                IsRepeatable = true, Known = Mark(known),
            },
            cancel);

    public Task<VercelAnswer<ExperimentationConfig>> PutConfig(
        InstallationId installation, ResourceId resource, ConfigItems items, CancellationToken cancel) =>
        Config(installation, resource, VercelCall.Put("", new ConfigUpdateWire(items.Json), ReadConfig), cancel);

    /// <summary>By its new name, and where that is not there by the old one. Source: contract §J.12.</summary>
    private async Task<VercelAnswer<T>> Config<T>(
        InstallationId installation, ResourceId resource, VercelCall<T> call, CancellationToken cancel)
    {
        var answer = await calls.Send(
            installation, call.At(VercelRoute.Of(installation, resource, $"experimentation/global-config")), cancel);
        return answer is VercelAnswer<T>.NotFound
            ? await calls.Send(installation, call.At(VercelRoute.Of(installation, resource, $"experimentation/edge-config")), cancel)
            : answer;
    }

    private static async Task<ExperimentationConfig> ReadConfig(HttpResponseMessage response, CancellationToken cancel) =>
        (await VercelCall.ReadJson<ConfigWire>(response, cancel)).ToConfig(Version(response));

    private static bool IsUnchanged(HttpResponseMessage response) => response.StatusCode == HttpStatusCode.NotModified;

    private static Option<ConfigVersion> Version(HttpResponseMessage response) =>
        response.Headers.ETag is { } mark ? new ConfigVersion(mark.ToString()) : Option<ConfigVersion>.None;

    private static ConfigVersion? Mark(Option<ConfigVersion> known) => known.MatchUnsafe<ConfigVersion?>(version => version, () => null);
}
