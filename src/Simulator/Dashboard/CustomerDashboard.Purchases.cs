using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Balances;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Usage;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Dashboard;

/// <summary>Credit that is bought before it is used. Source: contract §B.4 and §E.12.</summary>
internal sealed partial class CustomerDashboard
{
    /// <summary>What the least purchase is where a plan does not say. Source: contract §C.1.</summary>
    private const decimal MinimumAmount = 0.50m;

    /// <summary>
    /// Buys credit for a resource or, without one, for the installation: Vercel invoices and charges, and once it is paid the provider
    /// hears of it. There is no exchange when the charge failed.
    /// </summary>
    public async Task<(Invoice Invoice, Exchange? Exchange)> Purchase(
        string installationId, string? resourceId, decimal amount, CancellationToken cancel, CallOptions? options = null)
    {
        var invoice = Charge(installationId, Order(installationId, resourceId, amount).Id);
        return (invoice, invoice.State == InvoiceState.Paid
            ? await ProvisionPurchase(installationId, invoice.Id, cancel, options)
            : null);
    }

    /// <summary>The invoice of a purchase, not yet charged. It is Vercel's own, so that it has no external id.</summary>
    public Invoice Order(string installationId, string? resourceId, decimal amount, bool isAutomatic = false)
    {
        var now = clock.GetUtcNow();
        var invoice = store.Change(state =>
        {
            var installation = state.Installations.GetValueOrDefault(installationId)
                ?? throw new KeyNotFoundException($"There is no installation {installationId}.");
            if (resourceId is not null && Find(state, installationId, resourceId).Resource.IsLinked)
            {
                throw new InvalidOperationException("The resource is linked, and not billed through Vercel.");
            }

            var plan = (resourceId is null ? installation.BillingPlan : Find(state, installationId, resourceId).Resource.BillingPlan)
                ?? throw new InvalidOperationException("There is no billing plan to buy credit for.");
            RequireSold(plan, amount);
            var (next, identity) = state.Identify("mi", installationId, isAutomatic ? "bought by itself" : "bought");
            var ordered = Ordered(identity.Id, plan, resourceId, amount, now) with { IsAutomatic = isAutomatic };
            return (
                next.With(installation.With(ordered)).Send(WebhookPayloads.InvoiceChanged(installation, ordered, InvoiceState.Draft, now)),
                ordered);
        });
        work.Wake();
        return invoice;
    }

    /// <summary>Tries the customer's payment method, once.</summary>
    public Invoice Charge(string installationId, string invoiceId)
    {
        var now = clock.GetUtcNow();
        var invoice = store.Change(state =>
        {
            var installation = state.Installations[installationId];
            var ordered = installation.Invoices.Single(invoice => invoice.Id == invoiceId);
            var charged = installation.Payment.FailuresBeforePaid <= ordered.FailedPayments
                ? ordered.Become(InvoiceState.Paid, now) with { PaidAt = now }
                : ordered.Become(InvoiceState.NotPaid, now) with { FailedPayments = ordered.FailedPayments + 1 };
            return (
                state.With(installation.With(charged)).Send(WebhookPayloads.InvoiceChanged(installation, charged, charged.State, now)),
                charged);
        });
        work.Wake();
        return invoice;
    }

    /// <summary>Tells the provider of a purchase: for the person who bought, or by itself for an automatic one.</summary>
    public async Task<Exchange> ProvisionPurchase(
        string installationId, string invoiceId, CancellationToken cancel, CallOptions? options = null)
    {
        var call = PartnerCalls.ProvisionPurchase(
            installationId, new JsonObject { ["invoiceId"] = invoiceId }, UserToken(installationId, options));
        var exchange = await Call(call, options, cancel);
        Accept(exchange, (state, answer) => Stated(state, installationId, answer, clock.GetUtcNow()));
        return exchange;
    }

    /// <summary>
    /// Lets Vercel buy whenever a balance is stated below the minimum, in place of what was set before. Source: contract §E.12.
    /// </summary>
    public BalanceThreshold SetThreshold(
        string installationId, string? resourceId, decimal minimumInCents, decimal purchaseInCents, decimal? limitInCents)
    {
        if (minimumInCents < 0 || minimumInCents > purchaseInCents || purchaseInCents > limitInCents)
        {
            throw new ArgumentException("0 <= minimumAmountInCents <= purchaseAmountInCents <= maximumAmountPerPeriodInCents", nameof(purchaseInCents));
        }

        var set = store.Change(state =>
        {
            var installation = state.Installations.GetValueOrDefault(installationId)
                ?? throw new KeyNotFoundException($"There is no installation {installationId}.");
            var plan = (resourceId is null ? installation.BillingPlan : Find(state, installationId, resourceId).Resource.BillingPlan)
                ?? throw new InvalidOperationException("There is no billing plan to buy credit for.");
            // What the plan does not sell at once cannot be bought automatically either.
            RequireSold(plan, purchaseInCents / 100);
            var threshold = new BalanceThreshold(resourceId, plan.GetProperty("id").GetString()!, minimumInCents, purchaseInCents, limitInCents);
            return (state.With(installation.With(threshold)), threshold);
        });
        work.Wake();
        return set;
    }

    private static void RequireSold(JsonElement plan, decimal amount)
    {
        if (plan.OptionalText("type") != "prepayment")
        {
            throw new InvalidOperationException($"The plan {plan.GetProperty("id").GetString()} is not paid by purchase.");
        }

        var (least, most) = (Limit(plan, "minimumAmount") ?? MinimumAmount, Limit(plan, "maximumAmount"));
        if (amount < least || amount > most || decimal.Round(amount, 2) != amount)
        {
            throw new ArgumentException(
                $"amount: must be in whole cents, at least {Wire.Text(least)}{(most is { } upper ? $" and at most {Wire.Text(upper)}" : "")}", nameof(amount));
        }
    }

    private static Invoice Ordered(string id, JsonElement plan, string? resourceId, decimal amount, DateTimeOffset now)
    {
        var text = Wire.Text(amount);
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return new()
        {
            Id = id,
            State = InvoiceState.Invoiced,
            InvoiceDate = now,
            Period = new WirePeriod(month, month.AddMonths(1)),
            Items =
            [
                new BillingItem(
                    resourceId, plan.GetProperty("id").GetString()!, Start: null, End: null, "Prepaid credit", Details: null, text,
                    Quantity: 1, "purchase", text),
            ],
            Total = amount,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    private static decimal? Limit(JsonElement plan, string name) =>
        plan.OptionalText(name) is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Balances that the answer does not name stay as they are; an answer that is older than what is known changes nothing.</summary>
    private static VercelState Stated(VercelState state, string installationId, JsonElement answer, DateTimeOffset now)
    {
        var installation = state.Installations[installationId];
        var timestamp = answer.GetProperty("timestamp").GetDateTimeOffset();
        var known = installation.Balances;
        if (known?.Timestamp > timestamp)
        {
            return state;
        }

        var stated = Wire.Read<ImmutableList<Balance>>(answer.GetProperty("balances"));
        var others = (known?.Balances ?? []).RemoveAll(old => stated.Exists(balance => balance.ResourceId == old.ResourceId));
        return state.With(installation with { Balances = new BalanceReport(timestamp, now, others.AddRange(stated)) });
    }
}
