using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Balances;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Pages.Plans;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Pages.Resources;

/// <summary>Another plan for a resource, and credit where it is paid before. Source: contract §E.3, §E.12.</summary>
internal sealed class PlanPages(PageSources sources)
{
    public async Task<Shown> Show(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        var metadata = resource.Metadata is { } known ? JsonNode.Parse(known.GetRawText()) as JsonObject : null;
        var exchange = await sources.Hand.ResourcePlans(installation.Id, resource.Id, metadata, visit.Cancel);
        return Shown.Of<PlanPage>(new ResourcePlanView(
            ResourceHeads.Of(sources, installation, resource, ResourceHeads.Plan), OfferedPlans.Of(exchange, resource.BillingPlanId),
            resource.BillingPlan is { } plan ? OfferedPlans.Of(plan) : null, StillInForce(resource), Prepaid(installation, resource)));
    }

    public async Task<Outcome> Change(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        var exchange = await sources.Hand.ChangePlan(
            installation.Id, resource.Id, visit.Required("billingPlanId"), visit.Cancel, sources.Actor(installation));
        var from = sources.Hand.Resource(installation.Id, resource.Id).BillingPlan is { } plan ? OfferedPlans.Of(plan).EffectiveFrom : null;
        return Outcome.After(
            Address(installation, resource), from > sources.Now ? $"The plan changes on {Words.Moment(from.Value)}." : "The plan is changed.", exchange);
    }

    public async Task<Outcome> Buy(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        var (invoice, exchange) = await sources.Hand.Purchase(
            installation.Id, BalanceOf(installation, resource), Dollars(visit, "amount")!.Value, visit.Cancel, sources.Actor(installation));
        return exchange is null
            ? Outcome.Refused(Address(installation, resource), $"The card was refused for {Words.Dollars(invoice.Total)}. The provider is told by webhook.")
            : Outcome.After(Address(installation, resource), $"{Words.Dollars(invoice.Total)} of credit is bought and paid.", exchange);
    }

    public Outcome SetThreshold(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        var set = sources.Hand.SetThreshold(
            installation.Id, BalanceOf(installation, resource), Dollars(visit, "minimum")!.Value * 100, Dollars(visit, "purchase")!.Value * 100,
            Dollars(visit, "limit") * 100);
        return Outcome.Done(Address(installation, resource), $"From now on Vercel buys by itself: {Sentence(set)}.");
    }

    private static string Address(Installation installation, Resource resource) =>
        PagePaths.Resource(installation.Id, resource.Id) + ResourceHeads.Plan;

    /// <summary>The plan before a change that takes hold later. Source: contract §C.1, <c>effectiveDate</c>.</summary>
    private string? StillInForce(Resource resource)
    {
        var now = sources.Now;
        return resource.Plans.Spans.LastOrDefault() is { } latest && latest.From > now
            ? resource.Plans.Spans.FirstOrDefault(span => span.From <= now && span.Until > now)?.PlanId
            : null;
    }

    /// <summary>A resource without a plan of its own lives on the installation's credit.</summary>
    private static string? BalanceOf(Installation installation, Resource resource) =>
        resource.BillingPlan is null && installation.BillingPlan is not null ? null : resource.Id;

    private static PrepaidView? Prepaid(Installation installation, Resource resource)
    {
        var plan = resource.BillingPlan ?? installation.BillingPlan;
        if (plan is not { } prepaid || !OfferedPlans.IsPrepaid(prepaid))
        {
            return null;
        }

        var id = BalanceOf(installation, resource);
        var balance = installation.Balances?.Balances.Find(stated => stated.ResourceId == id);
        return new(
            id is null ? "of the installation" : "of this resource", balance is null ? null : Words.Dollars(balance.CurrencyValueInCents / 100),
            Together(balance), installation.Balances?.Timestamp,
            installation.Thresholds.Find(threshold => threshold.ResourceId == id) is { } set ? Sentence(set) : null,
            [
                .. from invoice in installation.Invoices.Reverse<Invoice>()
                   where invoice.ExternalId is null && invoice.Items is [{ Units: "purchase" } item] && item.ResourceId == id
                   select new PurchaseRow(invoice.Id, invoice.CreatedAt, Words.Dollars(invoice.Total), State(invoice), invoice.IsAutomatic),
            ]);
    }

    private static string? Together(Balance? balance) =>
        string.Join(" · ", new[] { balance?.NameLabel, balance?.Credit }.OfType<string>()) is { Length: > 0 } words ? words : null;

    private static Mark State(Invoice invoice) => new(
        InvoiceOperations.StateText(invoice.State), invoice.State switch
        {
            InvoiceState.Paid => Tones.Good,
            InvoiceState.NotPaid or InvoiceState.Overdue => Tones.Bad,
            _ => Tones.Busy,
        });

    private static string Sentence(BalanceThreshold set)
    {
        var limit = set.MaximumAmountPerPeriodInCents is { } most ? $", at most {Words.Dollars(most / 100)} a month" : "";
        return $"{Words.Dollars(set.PurchaseAmountInCents / 100)} whenever the balance is stated below {Words.Dollars(set.MinimumAmountInCents / 100)}{limit}";
    }

    /// <summary>None where an optional field is empty.</summary>
    private static decimal? Dollars(Visit visit, string name) =>
        visit.Field(name) is not { } text && name == "limit" ? null
        : decimal.TryParse(visit.Required(name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount
        : throw new ArgumentException($"{name}: must be an amount of dollars, such as 25.00", nameof(visit));
}
