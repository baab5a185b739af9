using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Invoices;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Credit that was paid for is there once, and no other. Source: contract §B.4, §E.12.</summary>
internal static class PurchaseCases
{
    private const string GetInvoice = "/billing/invoices/{invoiceId}";

    private static readonly Source Provision = Source.Partner("Provision Purchase");
    private static readonly Source Outage = Source.Experience("Vercel's API fails while a purchase is provisioned");

    /// <summary>In real time: long enough for calls of the same moment to meet.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMilliseconds(300);

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        New("is-credited", "What was paid for is credited, and the answer states the balance of the resource by its id.", Provision, Level.Required, IsCredited),
        New("adds-up", "A second purchase is answered with the new total, not with what was added.", Provision, Level.Required, AddsUp),
        New("is-looked-up", "The invoice of a purchase is read from Vercel before anything is credited.", Provision, Level.Required, IsLookedUp),
        New("once-under-new-key", "An invoice that comes again under a new key is not credited again.", Provision, Level.Required, OnceUnderNewKey),
        New("once-under-five-keys", "An invoice that comes five times at the same moment, under five keys, is credited once.", Provision, Level.Required, OnceUnderFiveKeys),
        New("two-at-once", "Two purchases at the same moment are both credited.", Provision, Level.Required, TwoAtOnce),
        New("hours-later", "An invoice that comes again hours later, under a new key, is not credited again.", Provision, Level.Required, HoursLater) with
        {
            Needs = Need.PrepaymentPlan | Need.VirtualTime,
        },
        New("unpaid", "An invoice that is not paid is refused, and gives no credit.", Provision, Level.Required, Unpaid),
        New("unpaid-then-paid", "An invoice that was refused while it was not paid is credited once it is.", Provision, Level.Required, UnpaidThenPaid),
        New("notpaid", "An invoice whose charge failed is refused.", Provision, Level.Required, trial => ExpectRefusedIn(trial, InvoiceState.NotPaid)),
        New("overdue", "An invoice that is overdue is refused.", Provision, Level.Required, trial => ExpectRefusedIn(trial, InvoiceState.Overdue)),
        New("refunded", "An invoice that was refunded is refused.", Provision, Level.Required, trial => ExpectRefusedIn(trial, InvoiceState.Refunded)),
        New("unknown", "An invoice that nobody made is refused.", Provision, Level.Required, Unknown),
        New("of-another-installation", "The paid invoice of another installation is refused, and credits neither.", Provision, Level.Required, OfStranger),
        New("no-invoice", "A purchase without an invoice is refused.", Provision, Level.Required, NoInvoice),
        New("by-vercel", "Vercel may tell of a purchase by itself, with a system token.", Provision, Level.Required, ByVercel),
        New("automatic", "A balance below the customer's threshold is filled up by Vercel, and the credit is there.", Source.Flow("Prepayment"), Level.Required, Automatic),
        New("of-one-resource", "The purchase for one resource does not change the balance of another.", Provision, Level.Required, OfOneResource),
        New("of-installation", "Credit for a whole installation is stated without a resource.", Provision, Level.Required, OfInstallation),
        New("vercel-slow", "A purchase whose invoice comes slowly is credited once, at the first answer or at a repetition.", Outage, Level.Required,
            trial => ExpectCreditedAfter(trial, new Disturbance { Delay = TimeSpan.FromSeconds(2) })),
        New("vercel-fails", "A purchase whose invoice cannot be read is no success, and a repetition under its key is credited.", Outage, Level.Required,
            trial => ExpectNoSuccessThenCredit(trial, Disturbance.Fails(500))),
        New("vercel-unavailable", "A purchase is no success while Vercel is unavailable, and a repetition under a new key is credited.", Outage, Level.Required,
            trial => ExpectNoSuccessThenCredit(trial, Disturbance.Fails(503), isNewKey: true)),
        New("vercel-limits", "A purchase is no success while Vercel wants fewer calls, and a repetition is credited.", Outage, Level.Required,
            trial => ExpectNoSuccessThenCredit(trial, Disturbance.Fails(429) with { RetryAfter = TimeSpan.FromSeconds(1) })),
        New("vercel-hangs-up", "A purchase whose invoice was lost on its way is credited once, at the first answer or at a repetition.", Outage, Level.Required,
            trial => ExpectCreditedAfter(trial, new Disturbance { LosesAnswer = true })),
        New("vercel-silent", "A purchase whose invoice does not come is no success, and a repetition is credited once.", Outage, Level.Required, VercelIsSilent),
        New("vercel-fails-once", "A purchase whose invoice could not be read at first is credited once, at the first answer or at a repetition.", Outage, Level.Required,
            trial => ExpectCreditedAfter(trial, Disturbance.Fails(500))),
        New("after-hang-up", "A purchase whose caller hung up is credited once.", Source.Experience("answers get lost"), Level.Required, AfterHangUp),
    ];

    private static ConformanceCase New(string name, string rule, Source source, Level level, Func<Trial, Task> play) =>
        new($"purchases/{name}", rule, source, level, play) { Of = PartnerOperation.ProvisionPurchase, Needs = Need.PrepaymentPlan };

    private static async Task IsCredited(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var total = await trial.Buy(tenant, amount);
        trial.Expect(total >= amount, $"at least {amount:0.00}", $"{total:0.00}");
    }

    private static async Task AddsUp(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var first = await trial.Buy(tenant, amount);
        ExpectTotal(trial, await trial.Buy(tenant, amount), first + amount);
    }

    private static async Task IsLookedUp(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var (invoice, exchange) = await trial.Customer.Purchase(tenant.InstallationId, tenant.ResourceId, amount, trial.Cancel);
        trial.ExpectSuccess(exchange!);
        var wasRead = trial.Vercel.Calls.Exists(
            call => call.Method == "GET" && call.Status == 200 && call.Path.EndsWith($"/invoices/{invoice.Id}", StringComparison.Ordinal));
        trial.Expect(wasRead, "Get Invoice is called", "it is not");
    }

    private static async Task OnceUnderNewKey(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var invoice = Paid(trial, tenant, amount);
        var first = trial.Total(await Tell(trial, tenant, invoice), tenant.ResourceId);
        ExpectSameTotalOrRefusal(trial, tenant, await Tell(trial, tenant, invoice), first);
        ExpectTotal(trial, await trial.Buy(tenant, amount), first + amount);
    }

    private static async Task OnceUnderFiveKeys(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var before = await trial.Buy(tenant, amount);
        var invoice = Paid(trial, tenant, amount);
        // Each of them reads the invoice before any has been credited: who looked only before that has looked too early.
        trial.Vercel.Disturbances.Add(new DisturbanceRule
        {
            Disturbance = new Disturbance { Delay = Overlap }, Method = HttpMethod.Get, PathEnd = $"/billing/invoices/{invoice}", Times = 5,
        });
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Tell(trial, tenant, invoice)));
        foreach (var answer in answers)
        {
            ExpectSameTotalOrRefusal(trial, tenant, answer, before + amount);
        }

        trial.Expect(answers.Any(answer => answer.IsSuccess), "one of them succeeds", "none does");
        ExpectTotal(trial, await trial.Buy(tenant, amount), before + amount + amount);
    }

    private static async Task TwoAtOnce(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var before = await trial.Buy(tenant, amount);
        var (one, other) = (Paid(trial, tenant, amount), Paid(trial, tenant, amount));
        foreach (var answer in await Task.WhenAll(Tell(trial, tenant, one), Tell(trial, tenant, other)))
        {
            trial.ExpectSuccess(answer);
        }

        ExpectTotal(trial, await trial.Buy(tenant, amount), before + (3 * amount));
    }

    /// <summary>What was used meanwhile is less than what was bought.</summary>
    private static async Task HoursLater(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var invoice = Paid(trial, tenant, amount);
        var first = trial.Total(await Tell(trial, tenant, invoice), tenant.ResourceId);
        await trial.Advance(TimeSpan.FromHours(3));
        var again = await Tell(trial, tenant, invoice);
        if (again.IsSuccess)
        {
            var total = trial.Total(again, tenant.ResourceId);
            trial.Expect(total <= first, $"{first:0.00} at most", $"{total:0.00}");
        }

        var after = await trial.Buy(tenant, amount);
        trial.Expect(after <= first + amount, $"{first + amount:0.00} at most", $"{after:0.00}");
    }

    private static async Task Unpaid(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var before = await trial.Buy(tenant, amount);
        ExpectRefused(trial, await Tell(trial, tenant, trial.Customer.Order(tenant.InstallationId, tenant.ResourceId, amount).Id));
        ExpectTotal(trial, await trial.Buy(tenant, amount), before + amount);
    }

    private static async Task UnpaidThenPaid(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var invoice = trial.Customer.Order(tenant.InstallationId, tenant.ResourceId, amount).Id;
        ExpectRefused(trial, await Tell(trial, tenant, invoice));
        trial.Customer.Charge(tenant.InstallationId, invoice);
        var total = trial.Total(await Tell(trial, tenant, invoice), tenant.ResourceId);
        trial.Expect(total >= amount, $"at least {amount:0.00}", $"{total:0.00}");
    }

    private static async Task ExpectRefusedIn(Trial trial, InvoiceState state)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var before = await trial.Buy(tenant, amount);
        var invoice = Paid(trial, tenant, amount);
        trial.Vercel.Change(known =>
        {
            var installation = known.Installations[tenant.InstallationId];
            var paid = installation.Invoices.Single(one => one.Id == invoice);
            return known.With(installation.With(paid with { State = state, UpdatedAt = trial.Now, NextChangeAt = null }));
        });
        ExpectRefused(trial, await Tell(trial, tenant, invoice));
        ExpectTotal(trial, await trial.Buy(tenant, amount), before + amount);
    }

    private static async Task Unknown(Trial trial)
    {
        var (tenant, _) = await trial.NewPrepaidTenant();
        ExpectRefused(trial, await Tell(trial, tenant, "mi_nobodyhasmadethisone000"));
    }

    private static async Task OfStranger(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var (stranger, _) = await trial.NewPrepaidTenant();
        var before = await trial.Buy(tenant, amount);
        var strangersBefore = await trial.Buy(stranger, amount);
        ExpectRefused(trial, await Tell(trial, tenant, Paid(trial, stranger, amount)));
        ExpectTotal(trial, await trial.Buy(tenant, amount), before + amount);
        ExpectTotal(trial, await trial.Buy(stranger, amount), strangersBefore + amount);
    }

    private static async Task NoInvoice(Trial trial)
    {
        var (tenant, _) = await trial.NewPrepaidTenant();
        ExpectRefused(trial, await trial.Send(PartnerCalls.ProvisionPurchase(tenant.InstallationId, [], trial.AdminToken(tenant.InstallationId))));
    }

    private static async Task ByVercel(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var (_, exchange) = await trial.Customer.Purchase(
            tenant.InstallationId, tenant.ResourceId, amount, trial.Cancel, new CallOptions(AsSystem: true));
        var total = trial.Total(exchange!, tenant.ResourceId);
        trial.Expect(total >= amount, $"at least {amount:0.00}", $"{total:0.00}");
    }

    /// <summary>The statement of the first purchase is below the threshold, and makes Vercel buy.</summary>
    private static async Task Automatic(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var before = await trial.Buy(tenant, amount);
        var minimum = (before + amount) * 100;
        try
        {
            trial.Customer.SetThreshold(tenant.InstallationId, tenant.ResourceId, minimum + 1, minimum + 1, limitInCents: null);
        }
        catch (ArgumentException)
        {
            throw trial.NotObserved("The plan does not sell so much at once.");
        }

        await trial.Eventually("Vercel has bought", () => Bought(trial, tenant), bought => bought is not null);
        var heard = await trial.Eventually(
            "the balance is above the threshold",
            () => trial.Customer.Installation(tenant.InstallationId).Balances?.Balances.Find(balance => balance.ResourceId == tenant.ResourceId),
            balance => balance?.CurrencyValueInCents > minimum);
        trial.Expect(heard!.CurrencyValueInCents < minimum * 3, "one purchase is credited", "more than one is");
    }

    private static async Task OfOneResource(Trial trial)
    {
        var (first, amount) = await trial.NewPrepaidTenant();
        var (second, _) = await trial.NewPrepaidResource(first.InstallationId, "second");
        var before = await trial.Buy(second, amount);
        await trial.Buy(first, amount);
        ExpectTotal(trial, await trial.Buy(second, amount), before + amount);
    }

    private static async Task OfInstallation(Trial trial)
    {
        trial.Require(PartnerOperation.UpdateInstallation);
        var installationId = await trial.NewInstallation();
        var plan = await trial.OtherPlanOfAll(installationId, plan => plan.IsPrepayment);
        trial.ExpectSuccess(await trial.Customer.ChangeInstallationPlan(installationId, plan.Id, trial.Cancel));
        var amount = Trial.Purchasable(plan);
        var (_, exchange) = await trial.Customer.Purchase(installationId, resourceId: null, amount, trial.Cancel);
        var total = trial.Total(exchange!, resourceId: null);
        trial.Expect(total >= amount, $"at least {amount:0.00}", $"{total:0.00}");
    }

    private static async Task ExpectCreditedAfter(Trial trial, Disturbance once)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var before = await trial.Buy(tenant, amount);
        var invoice = Paid(trial, tenant, amount);
        trial.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = once, Method = HttpMethod.Get, PathEnd = GetInvoice, Times = 1 });
        var under = new CallOptions(IdempotencyKey: trial.NewKey());
        var answer = await Tell(trial, tenant, invoice, under);
        var last = answer.IsSuccess ? answer : await Tell(trial, tenant, invoice, under);
        ExpectTotal(trial, trial.Total(last, tenant.ResourceId), before + amount);
        ExpectTotal(trial, await trial.Buy(tenant, amount), before + amount + amount);
    }

    private static async Task ExpectNoSuccessThenCredit(Trial trial, Disturbance always, bool isNewKey = false)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var before = await trial.Buy(tenant, amount);
        var invoice = Paid(trial, tenant, amount);
        var rule = trial.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = always, Method = HttpMethod.Get, PathEnd = GetInvoice });
        var under = new CallOptions(IdempotencyKey: trial.NewKey());
        var during = await Tell(trial, tenant, invoice, under);
        trial.Expect(!during.IsSuccess, "no success while nobody knows whether it is paid", Trial.Told(during));
        trial.Vercel.Disturbances.Remove(rule.Id);
        var after = await Tell(trial, tenant, invoice, under with { IdempotencyKey = isNewKey ? trial.NewKey() : under.IdempotencyKey });
        ExpectTotal(trial, trial.Total(after, tenant.ResourceId), before + amount);
        ExpectTotal(trial, await trial.Buy(tenant, amount), before + amount + amount);
    }

    /// <summary>Whoever waits long is given up after a while, as Vercel would.</summary>
    private static async Task VercelIsSilent(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var before = await trial.Buy(tenant, amount);
        var invoice = Paid(trial, tenant, amount);
        var rule = trial.Vercel.Disturbances.Add(new DisturbanceRule
        {
            Disturbance = new Disturbance { Silence = TimeSpan.FromHours(1), LosesAnswer = true }, Method = HttpMethod.Get, PathEnd = GetInvoice,
        });
        var call = PartnerCalls.ProvisionPurchase(
            tenant.InstallationId, new JsonObject { ["invoiceId"] = invoice }, trial.AdminToken(tenant.InstallationId));
        var during = await trial.Send(call with { Timeout = TimeSpan.FromSeconds(10) });
        trial.Expect(!during.IsSuccess, "no success while nobody knows whether it is paid", Trial.Told(during));
        trial.Vercel.Disturbances.Remove(rule.Id);
        var answer = await trial.Eventually("the repetition is credited", () => Tell(trial, tenant, invoice), answer => answer.IsSuccess);
        ExpectTotal(trial, trial.Total(answer, tenant.ResourceId), before + amount);
        ExpectTotal(trial, await trial.Buy(tenant, amount), before + amount + amount);
    }

    private static async Task AfterHangUp(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var before = await trial.Buy(tenant, amount);
        var invoice = Paid(trial, tenant, amount);
        foreach (var patience in Repetition.Patiences)
        {
            await Tell(trial, tenant, invoice, new CallOptions(HangsUpAfter: patience));
        }

        var answer = await trial.Eventually("the repetition is answered", () => Tell(trial, tenant, invoice), answer => answer.Status != 409);
        ExpectTotal(trial, trial.Total(answer, tenant.ResourceId), before + amount);
        ExpectTotal(trial, await trial.Buy(tenant, amount), before + amount + amount);
    }

    private static string Paid(Trial trial, Tenant tenant, decimal amount) =>
        trial.Customer.Charge(tenant.InstallationId, trial.Customer.Order(tenant.InstallationId, tenant.ResourceId, amount).Id).Id;

    private static Task<Exchange> Tell(Trial trial, Tenant tenant, string invoice, CallOptions? options = null) =>
        trial.Customer.ProvisionPurchase(tenant.InstallationId, invoice, trial.Cancel, options);

    private static Invoice? Bought(Trial trial, Tenant tenant) =>
        trial.Customer.Installation(tenant.InstallationId).Invoices.Find(invoice => invoice is { IsAutomatic: true, State: InvoiceState.Paid });

    private static void ExpectRefused(Trial trial, Exchange exchange) => trial.ExpectTurnedDown(exchange);

    private static void ExpectSameTotalOrRefusal(Trial trial, Tenant tenant, Exchange again, decimal total)
    {
        if (again.IsSuccess)
        {
            ExpectTotal(trial, trial.Total(again, tenant.ResourceId), total);
        }
        else
        {
            trial.ExpectTurnedDown(again);
        }
    }

    private static void ExpectTotal(Trial trial, decimal total, decimal expected) =>
        trial.Expect(Math.Abs(total - expected) < 0.01m, $"a total of {expected:0.00}", $"{total:0.00}");
}
