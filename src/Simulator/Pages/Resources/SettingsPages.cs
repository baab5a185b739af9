using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.IntegrationConsole;
using Marketplace.Simulator.Pages.Metadata;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Pages.Resources;

/// <summary>What a customer changes of a resource: its name and its metadata, and that it is there. Source: contract §B.2.</summary>
internal sealed class SettingsPages(PageSources sources)
{
    public Shown Show(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        var product = sources.Options.Product(resource.ProductId);
        return View(
            installation, resource, product,
            FilledForm.Begin(product?.Metadata ?? MetadataSchema.Nothing, MetadataForm.Update, Current(resource)), Current(resource).ToJsonString(), jsonError: null);
    }

    public async Task<Outcome> Rename(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        var name = visit.Required("name");
        var exchange = await sources.Hand.Rename(installation.Id, resource.Id, name, visit.Cancel, sources.Actor(installation));
        return Outcome.After(Address(installation, resource), $"It is called {name} now.", exchange);
    }

    public async Task<Outcome> Update(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        var product = sources.Options.Product(resource.ProductId);
        var (filled, json, jsonError) = Read(visit, product, resource);
        if (jsonError is not null || !filled.Errors.IsEmpty)
        {
            return new Outcome.Again(View(installation, resource, product, filled, json, jsonError, StatusCodes.Status422UnprocessableEntity));
        }

        var exchange = await sources.Hand.UpdateResource(
            installation.Id, resource.Id, new JsonObject { ["metadata"] = filled.Metadata.DeepClone() }, visit.Cancel, sources.Actor(installation));
        return ProviderProblem.Of(exchange) is { Fields.IsEmpty: false } problem
            ? new Outcome.Again(
                View(installation, resource, product, filled.With(problem.Fields), json, jsonError: null, StatusCodes.Status422UnprocessableEntity),
                Telling.Of("", [exchange]))
            : Outcome.After(Address(installation, resource), "The configuration is changed.", exchange);
    }

    /// <summary>A linked resource stays the provider's, who is not called.</summary>
    public async Task<Outcome> Delete(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        if (resource.IsLinked)
        {
            sources.Hand.RemoveLinked(installation.Id, resource.Id);
            return Outcome.Done(PagePaths.Installation(installation.Id), $"{resource.Name} is removed from Vercel, and still there at the provider.");
        }

        var exchange = await sources.Hand.DeleteResource(installation.Id, resource.Id, visit.Cancel, sources.Actor(installation));
        return Outcome.After(
            exchange.IsSuccess ? PagePaths.Installation(installation.Id) : Address(installation, resource), $"{resource.Name} is deleted.", exchange);
    }

    private static (FilledForm Filled, string Json, string? Error) Read(Visit visit, ConsoleProduct? product, Resource resource)
    {
        if (product is not null)
        {
            return (FilledForm.Read(product.Metadata, MetadataForm.Update, visit, Current(resource)), "", null);
        }

        var text = visit.Field("json") ?? "";
        try
        {
            return JsonNode.Parse(text) is JsonObject metadata
                ? (Known(metadata), text, null)
                : (Known([]), text, "Must be a JSON object.");
        }
        catch (JsonException)
        {
            return (Known([]), text, "Is not JSON.");
        }

        static FilledForm Known(JsonObject metadata) => new(metadata, ImmutableDictionary<string, string>.Empty);
    }

    private Shown View(
        Installation installation, Resource resource, ConsoleProduct? product, FilledForm filled, string json, string? jsonError,
        int status = StatusCodes.Status200OK) =>
        Shown.Of<SettingsPage>(
            new SettingsView(
                ResourceHeads.Of(sources, installation, resource, ResourceHeads.Settings), resource.Name,
                product is null ? null : FieldViews.Of(product.Metadata, MetadataForm.Update, filled), product is null ? json : null, jsonError,
                [.. filled.ErrorsElsewhere(product?.Metadata ?? MetadataSchema.Nothing, MetadataForm.Update)]),
            status);

    private static JsonObject Current(Resource resource) =>
        resource.Metadata is { ValueKind: JsonValueKind.Object } metadata ? JsonNode.Parse(metadata.GetRawText())!.AsObject() : [];

    private static string Address(Installation installation, Resource resource) =>
        PagePaths.Resource(installation.Id, resource.Id) + ResourceHeads.Settings;
}
