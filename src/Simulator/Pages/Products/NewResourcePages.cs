using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.IntegrationConsole;
using Marketplace.Simulator.Pages.Metadata;
using Marketplace.Simulator.Pages.Plans;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Products;

/// <summary>The form with which a customer gets a resource. Source: contract §E.2.</summary>
internal sealed partial class NewResourcePages(PageSources sources)
{
    /// <summary>That somebody has begun to fill it in: only the plans are asked for anew.</summary>
    private const string Begun = "begun";

    /// <summary>Shown empty, or with what is filled in so far, since plans depend on it.</summary>
    public async Task<Shown> Show(Visit visit)
    {
        var filled = visit.Query(Begun) is null ? Begin(visit) : Read(visit) with { NameError = null, PlanError = null };
        var form = filled.Form with { Errors = ImmutableDictionary<string, string>.Empty };
        return await Shown(filled with { Form = form, JsonError = null }, visit.Cancel);
    }

    public async Task<Outcome> Provision(Visit visit)
    {
        var filled = Read(visit);
        if (!filled.IsWhole)
        {
            return new Outcome.Again(await Shown(filled, visit.Cancel, StatusCodes.Status422UnprocessableEntity));
        }

        var (installation, productId) = (filled.Installation, filled.ProductId);
        var exchange = await sources.Hand.Provision(
            installation.Id, productId, filled.Name, filled.PlanId!, filled.Form.Metadata, visit.Cancel, sources.Actor(installation), filled.ExternalId,
            filled.OpensConfig);
        if (ProviderProblem.Of(exchange) is { Fields.IsEmpty: false } problem)
        {
            var told = filled with { Form = filled.Form.With(problem.Fields) };
            return new Outcome.Again(
                await Shown(told, visit.Cancel, StatusCodes.Status422UnprocessableEntity), Telling.Of("", [exchange]));
        }

        return exchange is { IsSuccess: true, Findings.IsEmpty: true, Json: { } answer }
            ? Outcome.After(PagePaths.Resource(installation.Id, answer.GetProperty("id").GetString()!), $"{filled.Name} is made.", exchange)
            : new Outcome.Again(await Shown(filled, visit.Cancel, StatusCodes.Status422UnprocessableEntity), Telling.Of("", [exchange]));
    }

    private Filled Begin(Visit visit)
    {
        var (installation, productId, product) = Asked(visit);
        var form = product is null
            ? new FilledForm([], ImmutableDictionary<string, string>.Empty)
            : FilledForm.Begin(product.Metadata, MetadataForm.Create, current: null);
        return new(installation, productId, product, form) { Json = product is null ? "{}" : null };
    }

    private Filled Read(Visit visit)
    {
        var (installation, productId, product) = Asked(visit);
        var name = visit.Values("name").FirstOrDefault()?.Trim() ?? "";
        var (metadata, jsonError) = product is null ? Parse(visit.Values("json").FirstOrDefault()) : (null, null);
        var planId = visit.Values("billingPlanId").FirstOrDefault();
        return new(
            installation, productId, product,
            product is null
                ? new FilledForm(metadata ?? [], ImmutableDictionary<string, string>.Empty)
                : FilledForm.Read(product.Metadata, MetadataForm.Create, visit, current: null))
        {
            Name = name,
            NameError = ResourceName().IsMatch(name) ? null : "1 to 128 letters, digits, hyphens and underscores.",
            Json = product is null ? visit.Values("json").FirstOrDefault() ?? "" : null,
            JsonError = jsonError,
            PlanId = planId,
            PlanError = planId is null ? "Choose a plan." : null,
            OpensConfig = !visit.Values("config").IsEmpty,
            ExternalId = visit.Values("externalId").FirstOrDefault()?.Trim(),
        };
    }

    private (Installation Installation, string ProductId, ConsoleProduct? Product) Asked(Visit visit)
    {
        var installation = sources.Installation(visit.Route("installationId"));
        var productId = visit.Values("product").FirstOrDefault() ?? throw new ArgumentException("product: is missing", nameof(visit));
        return (installation, productId, sources.Options.Product(productId));
    }

    private static (JsonObject? Metadata, string? Error) Parse(string? text)
    {
        try
        {
            return JsonNode.Parse(text ?? "") is JsonObject metadata ? (metadata, null) : (null, "Must be a JSON object.");
        }
        catch (JsonException)
        {
            return (null, "Is not JSON.");
        }
    }

    private async Task<Shown> Shown(Filled filled, CancellationToken cancel, int status = StatusCodes.Status200OK)
    {
        var (installation, product) = (filled.Installation, filled.Product);
        var plans = OfferedPlans.Of(await sources.Hand.ProductPlans(filled.ProductId, filled.Form.Metadata, cancel, installation.Id));
        var chosen = plans.Plans.FirstOrDefault(plan => plan.Id == filled.PlanId && !plan.IsDisabled)
            ?? plans.Plans.FirstOrDefault(plan => !plan.IsDisabled);
        return Site.Shown.Of<NewResourcePage>(
            new NewResourceView(
                $"{PagePaths.Installation(installation.Id)}/new", PagePaths.Installation(installation.Id), sources.TeamOf(installation).Name,
                filled.ProductId, product?.Name ?? filled.ProductId, filled.Name, filled.NameError,
                product is null ? null : FieldViews.Of(product.Metadata, MetadataForm.Create, filled.Form), filled.Json, filled.JsonError,
                product is null
                    ? [.. filled.Form.Errors.Select(error => $"{error.Key}: {error.Value}")]
                    : [.. filled.Form.ErrorsElsewhere(product.Metadata, MetadataForm.Create)],
                plans, chosen?.Id, filled.PlanError, product is null or { HasExperimentation: true }, filled.OpensConfig, filled.ExternalId),
            status);
    }

    /// <summary>Source: contract §C.2.</summary>
    [GeneratedRegex("^[a-zA-Z0-9_-]{1,128}$", RegexOptions.None, 1000)]
    private static partial Regex ResourceName();

    /// <summary>The form as it came.</summary>
    private sealed record Filled(Installation Installation, string ProductId, ConsoleProduct? Product, FilledForm Form)
    {
        public string Name { get; init; } = "";

        public string? NameError { get; init; }

        public string? Json { get; init; }

        public string? JsonError { get; init; }

        public string? PlanId { get; init; }

        public string? PlanError { get; init; }

        public bool OpensConfig { get; init; }

        public string? ExternalId { get; init; }

        public bool IsWhole => NameError is null && JsonError is null && PlanError is null && Form.Errors.IsEmpty;
    }
}
