using System.Runtime.CompilerServices;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
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

    /// <summary>An empty form is asked for most often, and its answer follows from the catalogue alone: it is written once.</summary>
    private static readonly ConditionalWeakTable<Product, IResult> OfEmptyForm = [];

    private static IResult ListOfProduct(string productSlug, Catalogue catalogue, string? metadata = null) =>
        catalogue.Product(new ProductId(productSlug)).Match(
            Some: product => string.IsNullOrEmpty(metadata)
                ? OfEmptyForm.GetValue(product, asked => ListOf(asked, catalogue, metadata))
                : ListOf(product, catalogue, metadata),
            None: () => PartnerResults.NotFound($"There is no product {productSlug}."));

    private static IResult ListOf(Product product, Catalogue catalogue, string? metadata) =>
        product.Metadata.Draft(Form(metadata)).Match<IResult>(
            Succ: chosen => PartnerAnswer.Ok(BillingPlansWire.Of(
                Offers(product, catalogue, chosen).Select(offer => offer.ToChoose(isUnpaid: false, isFull: _ => false)))),
            Fail: errors => FieldProblem.From(errors));

    private static async Task<IResult> ListOfResource(
        Caller caller, string resourceId, NpgsqlDataSource database, Catalogue catalogue, CancellationToken cancel,
        string? metadata = null)
    {
        var id = new ResourceId(resourceId);
        var loads = new Loads();
        var found = ResourceRows.LoadWithInstallationPlan(loads, caller.Installation, id);
        var counts = ResourceRows.CountByPlan(loads, caller.Installation);
        var isUnpaid = InvoiceRows.AnyUnpaid(loads, caller.Installation);
        await loads.Read(database, cancel);
        return found.Value is not ({ } resource and not Resource.Uninstalled, var ofInstallation)
            ? ResourceProblem.Unknown(id)
            : catalogue.Product(resource.Facts.Product).Match(
                Some: product => product.Metadata.Draft(resource.Facts.Metadata, Form(metadata)).Match<IResult>(
                    Succ: chosen => PartnerAnswer.Ok(BillingPlansWire.Of(
                        OfferedTo(resource, ofInstallation, product, catalogue, chosen, counts.Value, isUnpaid.Value))),
                    Fail: errors => FieldProblem.From(errors)),
                None: () => ResourceProblem.Unknown(id));
    }

    private static async Task<IResult> ListOfInstallation(
        Caller caller, NpgsqlDataSource database, Catalogue catalogue, CancellationToken cancel)
    {
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, caller.Installation);
        var counts = ResourceRows.CountByPlan(loads, caller.Installation);
        var isUnpaid = InvoiceRows.AnyUnpaid(loads, caller.Installation);
        await loads.Read(database, cancel);
        return installation.Value is not ({ } held and not Installation.Finalized)
            ? InstallationProblem.Unknown(caller.Installation)
            : PartnerAnswer.Ok(BillingPlansWire.Of(OffersToInstallation(held, catalogue, counts.Value, isUnpaid.Value)));
    }

    /// <summary>What a customer can choose for a resource, and what is in the way of the rest.</summary>
    /// <param name="ofInstallation">The plan that covers it where it has none of its own.</param>
    public static IEnumerable<PlanOffer> OfferedTo(
        Resource resource, Option<PlanId> ofInstallation, Product product, Catalogue catalogue, Map<string, MetadataValue> chosen, PlanCounts counts,
        bool isUnpaid) =>
        OffersTo(resource, ofInstallation, product, catalogue, chosen).Select(offer => ToChoose(offer, resource, ofInstallation, counts, isUnpaid));

    /// <summary>
    /// What a resource has, in whatever version, or waits for, it needs no more room for; a plan of the installation has to have it for all
    /// that it covers.
    /// </summary>
    private static PlanOffer ToChoose(
        PlanOffer offer, Resource resource, Option<PlanId> ofInstallation, PlanCounts counts, bool isUnpaid)
    {
        var (facts, plan) = (resource.Facts, offer.Plan);
        var isTaken = (facts.Plan || ofInstallation) == plan.Id || facts.NextPlan.Exists(next => next.Plan == plan.Id);
        return offer.ToChoose(
            isUnpaid && !isTaken && ofInstallation != plan.Id,
            max => !isTaken && (plan.Scope == PlanScope.Installation
                ? counts.WithoutPlan + (facts.Plan.IsSome ? 1 : 0) > max
                : counts.On(facts.Product, plan.Id) - (facts.Plan.Exists(plan.Id.IsVersionOf) ? 1 : 0) >= max));
    }

    /// <summary>Answers may mix scopes: a resource has a plan of its product, or one that covers the installation.</summary>
    private static IEnumerable<PlanOffer> Offers(Product product, Catalogue catalogue, Map<string, MetadataValue> chosen) =>
        product.Plans.Map(plan => PlanOffer.Of(plan, product, chosen)).Concat(InstallationOffers(catalogue));

    /// <summary>
    /// What is sold, after what the resource has or waits for and nobody is sold any more. What was made elsewhere is not sold here: nothing
    /// can be chosen for it.
    /// </summary>
    private static IEnumerable<PlanOffer> OffersTo(
        Resource resource, Option<PlanId> ofInstallation, Product product, Catalogue catalogue, Map<string, MetadataValue> chosen) =>
        resource.Facts.IsOurs
            ? product.Superseded
                .Where(plan => resource.Facts.Plan == plan.Id || resource.Facts.NextPlan.Exists(next => next.Plan == plan.Id))
                .Select(plan => PlanOffer.Of(plan, product, chosen))
                .Concat(SupersededOf(ofInstallation, catalogue))
                .Concat(Offers(product, catalogue, chosen))
            : [];

    /// <summary>What an installation can choose for itself or, where none has a plan of its own, for its resources as their forms begin.</summary>
    /// <remarks>
    /// An id stands for a plan within its product, and the list names no products. So where two sell different plans under one id each
    /// is there: none may hide another. Which of them is meant, the product of the provision says.
    /// </remarks>
    private static IEnumerable<PlanOffer> OffersToInstallation(
        Installation installation, Catalogue catalogue, PlanCounts counts, bool isUnpaid) =>
        catalogue.InstallationBilling.IsSome
            ? SupersededOf(installation.OwnPlan, catalogue).Concat(InstallationOffers(catalogue)).Select(offer => offer.ToChoose(
                isUnpaid && installation.OwnPlan != offer.Plan.Id, max => counts.WithoutPlan > max))
            : catalogue.Products
                .Bind(product => product.Plans.Map(plan => PlanOffer.Of(plan, product, product.Metadata.Defaults())
                    .ToChoose(isUnpaid, max => counts.On(product.Id, plan.Id) >= max)))
                .Distinct();

    /// <summary>The plan of an installation where nobody is sold it any more.</summary>
    private static IEnumerable<PlanOffer> SupersededOf(Option<PlanId> ofInstallation, Catalogue catalogue) =>
        catalogue.InstallationBilling.Match(Some: billing => billing.Superseded, None: () => Seq<BillingPlan>.Empty)
            .Where(plan => ofInstallation == plan.Id)
            .Select(plan => PlanOffer.Of(plan, catalogue));

    private static IEnumerable<PlanOffer> InstallationOffers(Catalogue catalogue) =>
        catalogue.InstallationBilling.Match(Some: billing => billing.Plans.Map(plan => PlanOffer.Of(plan, catalogue)).AsEnumerable(), None: () => []);

    /// <summary>The values of a form as they are now, of which some may still be missing.</summary>
    private static SentMetadata Form(string? metadata)
    {
        if (string.IsNullOrEmpty(metadata))
            return SentMetadata.Nothing;
        try
        {
            using var json = JsonDocument.Parse(metadata);
            return MetadataJson.ReadForm(json.RootElement);
        }
        catch (JsonException)
        {
            var wrong = new FieldError("metadata", "The metadata must be one JSON object, URL-encoded.");
            return SentMetadata.Nothing with { Unreadable = Prelude.Seq1(wrong) };
        }
    }
}
