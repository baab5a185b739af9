using System.Collections.Immutable;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Usage;

namespace Marketplace.Simulator.Conformance;

/// <summary>What was observed of somebody who lived for two days and then left. Nothing in it is a judgement.</summary>
/// <param name="Installation">As Vercel knew it at the end.</param>
/// <param name="Shown">The last billing data before he left.</param>
/// <param name="CouldPay">Whether charges went through in the window.</param>
/// <param name="StageAfterWindow">An hour after the window of 24 hours.</param>
/// <param name="Calls">What the provider called for him, since he left.</param>
/// <param name="Late">Calls of the Partner API after everything was over.</param>
/// <param name="Findings">What Vercel noted of him.</param>
internal sealed record Farewell(
    Tenant Tenant, OfferedPlan Plan, Installation Installation, Exchange Uninstall, BillingSubmission? Shown, bool CouldPay,
    InstallationStage StageAfterWindow, ImmutableList<ApiCall> Calls, ImmutableList<Exchange> Late, ImmutableList<Finding> Findings)
{
    public DateTimeOffset LeftAt => Uninstall.At;

    public ImmutableList<Invoice> Invoices => Installation.Invoices.FindAll(invoice => invoice.Test is null);
}

/// <summary>
/// Customers of every plan that is paid afterwards, and one of the cheapest, leave together. One of them has a card that does not work before
/// the window is over.
/// </summary>
internal static class Farewells
{
    private const int PlansMax = 3;

    private static readonly TimeSpan Life = TimeSpan.FromHours(48);

    private static readonly TimeSpan Aftermath = TimeSpan.FromHours(4);

    public static Task<ImmutableList<Farewell>> Of(Trial trial) => trial.Scene("farewells", Play);

    private static async Task<ImmutableList<Farewell>> Play(Trial stage)
    {
        var choices = stage.Offer.Products
            .SelectMany(product => product.Plans, (product, plan) => (product, plan))
            .Where(choice => choice.plan is { NeedsPaymentMethod: true, IsPrepayment: false, IsForInstallation: false })
            .Take(PlansMax)
            .ToList();
        var leaving = new List<(Tenant Tenant, OfferedPlan Plan, bool CanPay)> { (await stage.NewTenant(), stage.Offer.Product.Plan, true) };
        foreach (var (product, plan) in choices)
        {
            leaving.Add((await stage.NewTenant(product, plan), plan, true));
        }

        if (choices.Count > 0)
        {
            leaving.Add((await stage.NewTenant(choices[0].product, choices[0].plan), choices[0].plan, false));
        }

        await stage.Advance(Life);
        using var watch = new CallWatch(stage.Vercel.Log);
        var findings = stage.Vercel.State.Findings.Count;
        var left = new List<(Exchange Uninstall, BillingSubmission? Shown)>();
        foreach (var (tenant, _, canPay) in leaving)
        {
            if (!canPay)
            {
                stage.Customer.CardFails(tenant.InstallationId);
            }

            var shown = Of(stage, tenant).Billing.LatestByDay.Values.LastOrDefault();
            left.Add((await stage.Customer.Uninstall(tenant.InstallationId, stage.Cancel), shown));
        }

        await stage.Advance(Finalization.Window + TimeSpan.FromHours(1));
        var stages = leaving.ConvertAll(one => Of(stage, one.Tenant).Stage);
        foreach (var (tenant, _, _) in leaving.Where(one => !one.CanPay))
        {
            PayAll(stage, tenant);
        }

        await stage.Advance(Aftermath);
        var farewells = ImmutableList.CreateBuilder<Farewell>();
        foreach (var ((tenant, plan, canPay), at) in leaving.Select((one, at) => (one, at)))
        {
            var late = await Knock(stage, tenant);
            farewells.Add(new(
                tenant, plan, Of(stage, tenant), left[at].Uninstall, left[at].Shown, canPay, stages[at], watch.Of(tenant.InstallationId), late,
                stage.Vercel.State.Findings.RemoveRange(0, findings).FindAll(finding => IsAbout(finding, Of(stage, tenant)))));
        }

        return farewells.ToImmutable();
    }

    private static Installation Of(Trial stage, Tenant tenant) => stage.Customer.Installation(tenant.InstallationId);

    private static void PayAll(Trial stage, Tenant tenant)
    {
        stage.Customer.CardWorks(tenant.InstallationId);
        foreach (var invoice in Of(stage, tenant).Invoices.Where(invoice => invoice.State is InvoiceState.Invoiced or InvoiceState.NotPaid or InvoiceState.Overdue))
        {
            stage.Customer.PayInvoice(tenant.InstallationId, invoice.Id);
        }
    }

    /// <summary>Calls for somebody whom neither side has any more.</summary>
    private static async Task<ImmutableList<Exchange>> Knock(Trial stage, Tenant tenant) =>
    [
        await stage.Send(PartnerCalls.GetResource(tenant.InstallationId, tenant.ResourceId, stage.SystemToken(tenant.InstallationId))),
        await stage.Send(PartnerCalls.ProvisionResource(
            tenant.InstallationId, stage.ProvisionBody(stage.Offer.Product, stage.Offer.Product.Plan, "too-late"), stage.AdminToken(tenant.InstallationId))),
        await stage.Send(PartnerCalls.DeleteResource(tenant.InstallationId, tenant.ResourceId, stage.AdminToken(tenant.InstallationId))),
        await stage.Send(PartnerCalls.DeleteInstallation(tenant.InstallationId, [], stage.AdminToken(tenant.InstallationId))),
    ];

    private static bool IsAbout(Finding finding, Installation installation) =>
        finding.Subject.Contains(installation.Id, StringComparison.Ordinal)
        || installation.Invoices.Exists(invoice => finding.Subject.EndsWith(invoice.ExternalId ?? invoice.Id, StringComparison.Ordinal));
}
