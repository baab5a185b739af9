using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Conformance;

/// <summary>What cases buy, beyond one resource on the plan that is easiest to have.</summary>
internal sealed partial class Trial
{
    /// <summary>Two resources of one installation, on a plan that allows two.</summary>
    public async Task<(Tenant First, Tenant Second)> NewPair()
    {
        var (product, plan) = await Roomy();
        var installationId = await NewInstallation();
        return (await NewResource(installationId, product, plan, "first"), await NewResource(installationId, product, plan, "second"));
    }

    /// <summary>A plan that one installation may have twice.</summary>
    public async Task<(OfferedProduct Product, OfferedPlan Plan)> Roomy() =>
        await household.Scene(this, "two of one plan", stage => stage.FindRoomy())
        ?? throw NotObserved("No plan allows two resources in one installation.");

    /// <summary>A resource that is paid by purchases, and how much one of them is.</summary>
    public async Task<(Tenant Tenant, decimal Amount)> NewPrepaidTenant() => await NewPrepaidResource(await NewInstallation());

    public async Task<(Tenant Tenant, decimal Amount)> NewPrepaidResource(string installationId, string name = "prepaid")
    {
        var (product, plan) = Offered(plan => plan is { IsPrepayment: true, IsForInstallation: false })
            ?? throw NotObserved("No prepayment plan of a resource is offered.");
        var provisioned = await Customer.Provision(installationId, product.Id, name, plan.Id, product.Metadata, Cancel);
        ExpectSuccess(provisioned);
        var tenant = Tenant(installationId, provisioned, product, plan);

        // It may have to be paid before it serves, so that it need not be ready.
        limit.BeginAnew(Options.Patience);
        var (status, isMade) = await Await(
            async () =>
            {
                await Customer.GetResource(tenant.InstallationId, tenant.ResourceId, Cancel);
                return Resource(tenant).Status;
            },
            status => status is not ("pending" or "error"),
            household.PatienceFor(tenant, Options.Patience));
        limit.BeginAnew();
        household.Note(tenant, status == "pending" ? status : "");
        if (status == "pending")
        {
            throw NotObserved(StillBeingMade(tenant, status));
        }

        Expect(isMade, $"the resource {tenant.ResourceId} is made", status);
        return (tenant, Purchasable(plan));
    }

    /// <summary>What a customer could spend at once: ten dollars, within what the plan sells.</summary>
    public static decimal Purchasable(OfferedPlan plan) =>
        Math.Min(Math.Max(10m, Limit(plan, "minimumAmount") ?? 0), Limit(plan, "maximumAmount") ?? decimal.MaxValue);

    public (OfferedProduct Product, OfferedPlan Plan)? Offered(Func<OfferedPlan, bool> fits) =>
        Offer.WithPlan(fits) is { } product ? (product, product.Plans.First(fits)) : null;

    /// <summary>A resource on the one plan, and another plan to change to.</summary>
    public async Task<(Tenant Tenant, OfferedPlan Other)> NewChangeable()
    {
        var product = Offer.Products.Find(product => product.Other(product.Plan) is not null) ?? throw NotObserved("No product offers two plans.");
        return (await NewTenant(product, product.Plan), product.Other(product.Plan)!);
    }

    /// <summary>A resource on a plan that costs something, of which that was reported already.</summary>
    public async Task<Tenant> NewBilledTenant()
    {
        var (product, plan) = Offered(plan => plan is { IsPrepayment: false, IsForInstallation: false, NeedsPaymentMethod: true })
            ?? throw NotObserved("No subscription of a resource is offered that needs a payment method.");
        var tenant = await NewTenant(product, plan);
        await Advance(TimeSpan.FromHours(3));
        return Billed(tenant) > 0 ? tenant : throw NotObserved($"Three hours of the plan {plan.Id} cost nothing, as far as is reported.");
    }

    /// <summary>What is reported for the resource may still come to rest within the hour, and then stays.</summary>
    public async Task ExpectNotBilledOn(Tenant tenant)
    {
        await Advance(TimeSpan.FromHours(2));
        var rest = Billed(tenant);
        await Advance(TimeSpan.FromHours(3));
        Expect(Billed(tenant) <= rest, $"{rest:0.00} for it, as before", $"{Billed(tenant):0.00}");
    }

    /// <summary>A plan of whole installations that this one could change to.</summary>
    public async Task<OfferedPlan> OtherPlanOfAll(string installationId, Func<OfferedPlan, bool>? fits = null)
    {
        Require(PartnerOperation.ListInstallationPlans);
        var current = Customer.Installation(installationId).BillingPlan?.OptionalText("id");
        var listed = await Customer.InstallationPlans(installationId, Cancel);
        ExpectSuccess(listed);
        return OfferedPlan.Of(listed.Json!.Value).Find(plan => plan.IsForInstallation && plan.Id != current && fits?.Invoke(plan) != false)
            ?? throw NotObserved("No plan of whole installations is offered that one could change to.");
    }

    public static string Id(Exchange provisioned) => provisioned.Json!.Value.GetProperty("id").GetString()!;

    /// <summary>The resource as the provider tells it.</summary>
    public async Task<JsonElement> Read(Tenant tenant)
    {
        var read = await Customer.GetResource(tenant.InstallationId, tenant.ResourceId, Cancel);
        ExpectSuccess(read);
        return read.Json!.Value;
    }

    /// <summary>The provider does not have it, or says that it is gone.</summary>
    public async Task ExpectGone(string installationId, string resourceId)
    {
        var read = await Send(PartnerCalls.GetResource(installationId, resourceId, SystemToken(installationId)));
        if (read is { IsSuccess: true, Json: { } answer })
        {
            Expect(answer.OptionalText("status") == "uninstalled", "the resource is not there any more, or uninstalled", Told(read));
        }
        else
        {
            ExpectTurnedDown(read);
        }
    }

    /// <summary>The ids that the provider lists; null where it does not have the list, which is deprecated.</summary>
    public async Task<ImmutableList<string>?> Listed(string installationId)
    {
        var listed = await Send(PartnerCalls.ListResources(installationId, SystemToken(installationId)));
        return listed is { IsSuccess: true, Findings.IsEmpty: true, Json: { } answer }
            ? [.. answer.GetProperty("resources").EnumerateArray()
                .Where(resource => resource.OptionalText("status") != "uninstalled")
                .Select(resource => resource.GetProperty("id").GetString()!)]
            : null;
    }

    /// <summary>The balance of the resource, or of the installation, that an answer to a purchase states.</summary>
    public decimal Total(Exchange purchase, string? resourceId)
    {
        ExpectSuccess(purchase);
        decimal? stated = purchase.Json!.Value.GetProperty("balances").EnumerateArray()
            .Where(balance => balance.OptionalText("resourceId") == resourceId)
            .Select(balance => (decimal?)balance.GetProperty("currencyValueInCents").GetDecimal())
            .FirstOrDefault();
        return stated / 100 ?? throw Breach(
            resourceId is null ? "the answer states the balance of the installation" : "the answer states the balance of the resource by its id",
            "no such balance");
    }

    /// <summary>Buys, and gives the new total.</summary>
    public async Task<decimal> Buy(Tenant tenant, decimal amount)
    {
        var (_, exchange) = await Customer.Purchase(tenant.InstallationId, tenant.ResourceId, amount, Cancel);
        return Total(exchange!, tenant.ResourceId);
    }

    /// <summary>By the latest report of the installation: nothing where the resource is not in it.</summary>
    private decimal Billed(Tenant tenant) => Customer.Installation(tenant.InstallationId).Billing.LatestByDay.Values.LastOrDefault() is { } latest
        ? latest.Items.FindAll(item => item.ResourceId == tenant.ResourceId).Sum(item => item.Amount)
        : 0;

    private async Task<(OfferedProduct Product, OfferedPlan Plan)?> FindRoomy()
    {
        foreach (var product in Offer.Products)
        {
            foreach (var plan in product.Plans.Where(plan => plan is { IsPrepayment: false, IsForInstallation: false }).OrderBy(plan => plan.NeedsPaymentMethod))
            {
                var installationId = await NewInstallation();
                var first = await Customer.Provision(installationId, product.Id, "one", plan.Id, product.Metadata, Cancel);
                if (first.IsSuccess && (await Customer.Provision(installationId, product.Id, "two", plan.Id, product.Metadata, Cancel)).IsSuccess)
                {
                    return (product, plan);
                }
            }
        }

        return null;
    }

    private static decimal? Limit(OfferedPlan plan, string name) =>
        plan.Terms.OptionalText(name) is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;
}
