using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Conformance;

/// <summary>
/// A calendar month that a number of installations live through, and as many days more as it takes until every invoice is settled. Who does
/// what when follows from the seed. Answers to invoices are lost meanwhile, and webhooks come twice, late and in another order. It
/// needs a provider that follows the clock.
/// </summary>
internal sealed class VirtualMonth(SimulatorServer vercel, Offer offer, int installations, long seed)
{
    /// <summary>After a period's end, for its last data and its invoice.</summary>
    private static readonly TimeSpan AfterPeriod = TimeSpan.FromHours(26);

    /// <summary>Long enough for every attempt to charge an invoice.</summary>
    private static readonly TimeSpan SettlingMax = TimeSpan.FromDays(20);

    /// <summary>How long after the first charge that failed the customer has another card.</summary>
    private static readonly TimeSpan PaysAgainAfter = TimeSpan.FromDays(1);

    private CustomerDashboard Customer => vercel.Dashboard;

    private DateTimeOffset Now => vercel.Clock.GetUtcNow();

    /// <summary>When it is over, everybody is uninstalled who still was there, so that later hours are not theirs any more.</summary>
    public async Task<MonthRecord> Live(CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        var began = NextMonth(Now.AddTicks(-1));
        await vercel.AdvanceTo(began, cancel);
        var findings = vercel.State.Findings.Count;
        var lives = Lives();
        using var watch = new MonthWatch(vercel.Log);
        using var untold = new UntoldInvoices(vercel);
        var faults = Disturb();
        try
        {
            var planned = lives.SelectMany(life => life.Plans(), (life, plan) => (life, plan.After, plan.Kind)).OrderBy(deed => deed.After);
            foreach (var (life, after, kind) in planned)
            {
                await vercel.AdvanceTo(began + after, cancel);
                await Do(life, kind, lives, cancel);
            }

            var ended = NextMonth(began);
            await vercel.AdvanceTo(ended, cancel);
            var isSettled = await Settle(lives, ended, cancel);
            var record = new MonthRecord(
                began, ended, Now, isSettled, Observed(lives, watch), vercel.State.Findings.RemoveRange(0, findings), Stopwatch.GetElapsedTime(started));
            await UninstallAll(lives, cancel);
            return record;
        }
        finally
        {
            Calm(faults);
        }
    }

    public static DateTimeOffset NextMonth(DateTimeOffset after) => new DateTimeOffset(after.Year, after.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);

    /// <summary>Everything that is sold is sold to somebody, when there are enough.</summary>
    private ImmutableList<MonthLife> Lives()
    {
        var sold = offer.Products
            .SelectMany(product => product.Plans, (product, plan) => (product, plan))
            .Where(choice => !choice.plan.IsPrepayment || !offer.Lacks(PartnerOperation.ProvisionPurchase))
            .ToList();
        return
        [
            .. Enumerable.Range(0, installations).Select(index =>
            {
                // Whoever is to be invoiced has a plan that somebody has to pay afterwards, where there is one.
                var fitting = sold.FindAll(choice => MonthLife.NeedsInvoice(index, installations)
                    ? choice.plan is { NeedsPaymentMethod: true, IsPrepayment: false } && !(choice.plan.IsForInstallation && MonthLife.Gives(index))
                    : MonthLife.Prepays(index) && choice.plan.IsPrepayment);
                var (product, plan) = fitting.Count > 0 ? fitting[index % fitting.Count] : sold[index % sold.Count];
                return new MonthLife(index, installations, seed, product, plan);
            }),
        ];
    }

    private (ImmutableList<string> Calls, ImmutableList<string> Webhooks) Disturb() => (
        [
            vercel.Disturbances.Add(new DisturbanceRule
            {
                Disturbance = new Disturbance { LosesAnswer = true },
                Method = HttpMethod.Post, PathEnd = "/billing/invoices", Probability = 0.5, Seed = seed,
            }).Id,
        ],
        [
            vercel.WebhookDisturbances.Add(new WebhookRule(new WebhookDisturbance.Twice(), Probability: 0.2, Seed: seed)).Id,
            vercel.WebhookDisturbances.Add(new WebhookRule(new WebhookDisturbance.Late(TimeSpan.FromHours(2)), Probability: 0.2, Seed: seed)).Id,
            vercel.WebhookDisturbances.Add(new WebhookRule(new WebhookDisturbance.Shuffled(), Seed: seed)).Id,
        ]);

    private void Calm((ImmutableList<string> Calls, ImmutableList<string> Webhooks) faults)
    {
        faults.Calls.ForEach(id => vercel.Disturbances.Remove(id));
        faults.Webhooks.ForEach(id => vercel.WebhookDisturbances.Remove(id));
    }

    private async Task Do(MonthLife life, MonthDeedKind kind, ImmutableList<MonthLife> all, CancellationToken cancel)
    {
        var at = Now;
        var (exchanges, undone) = kind switch
        {
            MonthDeedKind.Install => await Install(life, cancel),
            MonthDeedKind.StopPaying or MonthDeedKind.PayAgain => Pay(life, pays: kind == MonthDeedKind.PayAgain),
            MonthDeedKind.Uninstall => ([await Customer.Uninstall(life.InstallationId, cancel)], null),
            MonthDeedKind.Provision => await Provision(life, cancel),
            _ when life.ResourceId is null => ([], "It has no resource."),
            MonthDeedKind.Purchase => await Purchase(life, life.ResourceId, cancel),
            MonthDeedKind.Rotate when offer.Lacks(PartnerOperation.RotateSecrets) => ([], "The provider rotates no secrets."),
            MonthDeedKind.Rotate => ([await Customer.Rotate(life.InstallationId, life.ResourceId, delayHours: 24, cancel)], null),
            MonthDeedKind.ChangePlan => await ChangePlan(life, life.ResourceId, cancel),
            MonthDeedKind.Transfer when offer.Lacks(PartnerOperation.CreateTransfer) => ([], "The provider transfers no resources."),
            MonthDeedKind.Transfer => await Transfer(life, life.ResourceId, all[all.IndexOf(life) + 1], cancel),
            _ => throw new UnreachableException(kind.ToString()),
        };
        life.Note(new MonthDeed(kind, at, exchanges, undone));
        await vercel.Settle(cancel);
    }

    private async Task<(ImmutableList<Exchange>, string?)> Install(MonthLife life, CancellationToken cancel)
    {
        var team = Customer.CreateTeam(life.Name);
        (life.InstallationId, var exchange) = await Customer.Install(team.AccountId, cancel);
        if (life.LosesFirstAnswer)
        {
            vercel.Disturbances.Plan(HttpMethod.Post, $"/installations/{life.InstallationId}/billing/invoices", new Disturbance { LosesAnswer = true });
        }

        return ([exchange], null);
    }

    private async Task<(ImmutableList<Exchange>, string?)> Provision(MonthLife life, CancellationToken cancel)
    {
        var exchange = await Customer.Provision(
            life.InstallationId, life.Product.Id, life.Name.ToLowerInvariant().Replace(' ', '-'), life.Plan.Id, life.Product.Metadata, cancel);
        life.ResourceId = exchange is { IsSuccess: true, Findings.IsEmpty: true } ? exchange.Json?.OptionalText("id") : null;
        return ([exchange], null);
    }

    /// <summary>What the plan asks for at least, but not less than $25, nor more than it allows.</summary>
    private async Task<(ImmutableList<Exchange>, string?)> Purchase(MonthLife life, string resourceId, CancellationToken cancel)
    {
        var (least, most) = (Amount(life.Plan, "minimumAmount") ?? 0.50m, Amount(life.Plan, "maximumAmount") ?? decimal.MaxValue);
        var (_, exchange) = await Customer.Purchase(
            life.InstallationId, life.Plan.IsForInstallation ? null : resourceId, Math.Min(Math.Max(least, 25), most), cancel);
        return exchange is null ? ([], "The charge failed.") : ([exchange], null);
    }

    private static decimal? Amount(OfferedPlan plan, string name) =>
        plan.Terms.OptionalText(name) is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;

    private async Task<(ImmutableList<Exchange>, string?)> ChangePlan(MonthLife life, string resourceId, CancellationToken cancel)
    {
        if (life.Product.Other(life.Plan) is not { } other)
        {
            return ([], "There is no other plan of the kind.");
        }

        return ([life.Plan.IsForInstallation
            ? await Customer.ChangeInstallationPlan(life.InstallationId, other.Id, cancel)
            : await Customer.ChangePlan(life.InstallationId, resourceId, other.Id, cancel)], null);
    }

    private async Task<(ImmutableList<Exchange>, string?)> Transfer(MonthLife life, string resourceId, MonthLife target, CancellationToken cancel)
    {
        var exchanges = await Customer.Transfer(life.InstallationId, target.InstallationId, [resourceId], cancel);
        if (exchanges is { Count: 3 } && exchanges[^1].IsSuccess)
        {
            life.ResourceId = null;
        }

        return (exchanges, null);
    }

    private (ImmutableList<Exchange>, string?) Pay(MonthLife life, bool pays)
    {
        if (pays)
        {
            Customer.CardWorks(life.InstallationId);
        }
        else
        {
            Customer.CardFails(life.InstallationId);
        }

        return ([], null);
    }

    /// <summary>Hour by hour, until nothing is left to come. Whether it came to that.</summary>
    private async Task<bool> Settle(ImmutableList<MonthLife> lives, DateTimeOffset ended, CancellationToken cancel)
    {
        while (!IsSettled(lives, ended))
        {
            if (Now >= ended + SettlingMax)
            {
                return false;
            }

            await vercel.Advance(TimeSpan.FromHours(1), cancel);
            foreach (var life in lives.Where(life => life.Has(MonthDeedKind.StopPaying) && !life.Has(MonthDeedKind.PayAgain) && PaysAgain(life, ended)))
            {
                await Do(life, MonthDeedKind.PayAgain, lives, cancel);
            }
        }

        return true;
    }

    private bool PaysAgain(MonthLife life, DateTimeOffset ended) =>
        Of(life).Invoices.Exists(invoice => invoice.State == InvoiceState.NotPaid && Now >= invoice.CreatedAt + PaysAgainAfter)
        || Now >= ended + AfterPeriod + PaysAgainAfter;

    private bool IsSettled(ImmutableList<MonthLife> lives, DateTimeOffset ended) =>
        Now >= LastPeriodEnd(lives, ended) + AfterPeriod
        && lives.TrueForAll(life =>
            !Finalization.HasOpenInvoices(Of(life))
            && Of(life).Stage != InstallationStage.PendingDeletion
            && life.Has(MonthDeedKind.StopPaying) == life.Has(MonthDeedKind.PayAgain));

    /// <summary>A provider may bill by periods of its own; one that began in the month is waited for, when it ends soon after it.</summary>
    private DateTimeOffset LastPeriodEnd(ImmutableList<MonthLife> lives, DateTimeOffset ended) => lives
        .SelectMany(life => Of(life).Billing.LatestByDay.Values)
        .Where(data => data.Period.Start < ended && data.Period.End <= ended.AddDays(3))
        .Select(data => data.Period.End)
        .Append(ended)
        .Max();

    private Installation Of(MonthLife life) => Customer.Installation(life.InstallationId);

    private ImmutableList<MonthOfInstallation> Observed(ImmutableList<MonthLife> lives, MonthWatch watch)
    {
        var webhooks = watch.Webhooks();
        return lives.ConvertAll(life => new MonthOfInstallation
        {
            Installation = Of(life),
            Product = life.Product,
            Plan = life.Plan,
            Deeds = life.Deeds,
            InvoiceCalls = watch.InvoicesOf(life.InstallationId),
            Refusals = watch.RefusalsOf(life.InstallationId),
            BalanceReports = watch.BalancesOf(life.InstallationId),
            FailedCalls = watch.FailuresOf(life.InstallationId),
            Webhooks = [.. webhooks[life.InstallationId]],
        });
    }

    private async Task UninstallAll(ImmutableList<MonthLife> lives, CancellationToken cancel)
    {
        foreach (var life in lives.Where(life => Of(life).Stage == InstallationStage.Installed))
        {
            await Customer.Uninstall(life.InstallationId, cancel);
        }
    }
}
