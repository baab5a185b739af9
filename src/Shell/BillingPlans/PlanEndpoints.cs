using System.Text.Json;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.BillingPlans;

/// <summary>The three lists of plans. Source: contract §B.3.</summary>
internal static class PlanEndpoints
{
    /// <summary>GET /v1/products/{productSlug}/plans, also before any installation exists.</summary>
    public static readonly RequestDelegate OfProduct = PartnerEndpoint.BeforeInstallation(ListOfProduct);

    /// <summary>GET /v1/installations/{installationId}/resources/{resourceId}/plans</summary>
    public static readonly RequestDelegate OfResource = PartnerEndpoint.Reading(Accepts.System, ListOfResource);

    /// <summary>GET /v1/installations/{installationId}/plans</summary>
    public static readonly RequestDelegate OfInstallation = PartnerEndpoint.Reading(Accepts.System, ListOfInstallation);

    private static IResult ListOfProduct(string productSlug, Catalogue catalogue, string? metadata = null) =>
        Malformed(metadata) is { } problem
            ? problem
            : catalogue.Product(new ProductId(productSlug)).Match<IResult>(
                Some: product => PartnerAnswer.Ok(BillingPlansWire.Of(Of(product, catalogue))),
                None: () => PartnerResults.NotFound($"There is no product {productSlug}."));

    private static async Task<IResult> ListOfResource(
        Caller caller, string resourceId, NpgsqlDataSource database, Catalogue catalogue, CancellationToken cancel,
        string? metadata = null)
    {
        if (Malformed(metadata) is { } problem)
            return problem;

        var id = new ResourceId(resourceId);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var resource = await ResourceRows.Load(connection, caller.Installation, id, cancel);
        return resource is null or Resource.Uninstalled
            ? ResourceProblem.Unknown(id)
            : catalogue.Product(resource.Facts.Product).Match<IResult>(
                Some: product => PartnerAnswer.Ok(BillingPlansWire.Of(Of(product, catalogue))),
                None: () => ResourceProblem.Unknown(id));
    }

    private static async Task<IResult> ListOfInstallation(
        Caller caller, NpgsqlDataSource database, Catalogue catalogue, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var installation = await InstallationRows.Load(connection, caller.Installation, cancel);
        return installation is null or Installation.Finalized
            ? InstallationProblem.Unknown(caller.Installation)
            : PartnerAnswer.Ok(BillingPlansWire.Of(OfInstallations(catalogue)));
    }

    /// <summary>Answers may mix scopes: a resource has a plan of its product, or one that covers the installation.</summary>
    private static IEnumerable<BillingPlan> Of(Product product, Catalogue catalogue) =>
        product.Plans.Concat(InstallationPlans(catalogue));

    /// <summary>What an installation can choose for itself or, where none has a plan of its own, for its resources.</summary>
    private static IEnumerable<BillingPlan> OfInstallations(Catalogue catalogue) =>
        catalogue.InstallationBilling.IsSome
            ? InstallationPlans(catalogue)
            : catalogue.Products.Bind(product => product.Plans).DistinctBy(plan => plan.Id);

    private static IEnumerable<BillingPlan> InstallationPlans(Catalogue catalogue) =>
        catalogue.InstallationBilling.Match(Some: billing => billing.Plans.AsEnumerable(), None: () => []);

    private static PartnerErrorResult? Malformed(string? metadata)
    {
        if (string.IsNullOrEmpty(metadata))
            return null;
        try
        {
            using var json = JsonDocument.Parse(metadata);
            return json.RootElement.ValueKind == JsonValueKind.Object ? null : NotAnObject();
        }
        catch (JsonException)
        {
            return NotAnObject();
        }
    }

    private static PartnerErrorResult NotAnObject() =>
        PartnerResults.ValidationError("metadata: must be one JSON object, URL-encoded.");
}
