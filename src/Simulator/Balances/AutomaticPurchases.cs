using System.Globalization;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Balances;

/// <summary>Buys by itself where a provider states less than the customer wants to have, and tells the provider by itself. Source: contract §E.12.</summary>
internal sealed class AutomaticPurchases(VercelStore store, PartnerClient partner, CustomerDashboard dashboard, TimeProvider clock)
{
    /// <summary>Whether anything was bought, or told again.</summary>
    public async Task<bool> BuyWhatIsLow(CancellationToken cancel)
    {
        if (partner.Provider is null)
        {
            return false;
        }

        var low = store.Current.Installations.Values
            .Where(installation => installation.Stage == InstallationStage.Installed)
            .SelectMany(installation => installation.Thresholds, (installation, threshold) => (installation, threshold))
            .Where(pair => IsLow(pair.installation, pair.threshold))
            .ToList();
        foreach (var (installation, threshold) in low)
        {
            await Buy(installation, threshold, cancel);
        }

        return low.Count > 0;
    }

    /// <summary>A statement is acted on once: it is the answer to a purchase, or the next statement, that says whether it was enough.</summary>
    private static bool IsLow(Installation installation, BalanceThreshold threshold) =>
        installation.Balances is { } stated
        && (threshold.ActedOn is not { } acted || stated.Timestamp > acted)
        && stated.Balances.Find(balance => balance.ResourceId == threshold.ResourceId) is { } balance
        && balance.CurrencyValueInCents < threshold.MinimumAmountInCents;

    private async Task Buy(Installation installation, BalanceThreshold threshold, CancellationToken cancel)
    {
        var acted = threshold with { ActedOn = installation.Balances!.Timestamp };
        var invoiceId = threshold.UnheardInvoice ?? Bought(installation, threshold);
        Keep(installation.Id, acted with { UnheardInvoice = invoiceId });
        if (invoiceId is not null
            && (await dashboard.ProvisionPurchase(installation.Id, invoiceId, cancel, new CallOptions(AsSystem: true))).IsSuccess)
        {
            Keep(installation.Id, acted);
        }
    }

    /// <summary>Null where the limit of the period is reached, the plan is another by now, or the charge failed.</summary>
    private string? Bought(Installation installation, BalanceThreshold threshold)
    {
        var plan = threshold.ResourceId is { } id ? installation.Find(id)?.BillingPlan : installation.BillingPlan;
        if (plan is not { } current || current.GetProperty("id").GetString() != threshold.BillingPlanId)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var already = installation.Invoices
            .Where(invoice => invoice is { IsAutomatic: true, State: InvoiceState.Paid } && invoice.Period.Start <= now && now < invoice.Period.End)
            .Where(invoice => invoice.Items[0].ResourceId == threshold.ResourceId)
            .Sum(invoice => invoice.Total);
        var amount = threshold.PurchaseAmountInCents / 100;
        decimal?[] limits = [threshold.MaximumAmountPerPeriodInCents / 100, PlanLimit(current)];
        if (limits.Any(limit => already + amount > limit))
        {
            return null;
        }

        var ordered = dashboard.Order(installation.Id, threshold.ResourceId, amount, isAutomatic: true);
        return dashboard.Charge(installation.Id, ordered.Id) is { State: InvoiceState.Paid } paid ? paid.Id : null;
    }

    private static decimal? PlanLimit(System.Text.Json.JsonElement plan) =>
        plan.OptionalText("maximumAmountAutoPurchasePerPeriod") is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;

    private void Keep(string installationId, BalanceThreshold threshold) =>
        store.Change(state => state.With(state.Installations[installationId].With(threshold)));
}
