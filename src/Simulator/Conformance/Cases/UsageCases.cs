using System.Collections.Immutable;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Usage;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>What a customer is shown while a period lasts: complete, never falling, and right. Source: contract D.7, D.9.</summary>
internal static class UsageCases
{
    private static readonly TimeSpan Daily = TimeSpan.FromHours(25);

    private static readonly TimeSpan Hourly = TimeSpan.FromMinutes(90);

    private static readonly Source Submit = Source.Vercel("Submit Billing Data");

    private static readonly Source Balance = Source.Vercel("Submit Prepayment Balances");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        Case("daily", "While a subscription lives, billing data of it comes every day.", Submit, Level.Required, month => Silences(month, Daily)),
        Case("hourly", "While a subscription lives, billing data of it comes every hour.", Submit, Level.Recommended, month => Silences(month, Hourly)),
        Case("every-resource", "Billing data names every resource that is paid afterwards.", Submit, Level.Required, EveryResource),
        Case("taken", "No billing data is refused: eod lies in the period, neither is older than a day, amounts are decimal strings.", Submit, Level.Required,
            month => Refusals(month, "/billing")),
        Case("totals-never-fall", "Within a period what was used is a running total, and never falls.", Submit, Level.Required, month => Findings(month, "fell within the period")),
        Case("amounts-never-fall", "Within a period what is owed never falls, unless the customer changes something.", Submit, Level.Recommended, AmountsNeverFall),
        Case("arithmetic", "Every amount is its price times its quantity.", Submit, Level.Required, month => Findings(month, "is not its price times its quantity")),
        Case("known-resources", "Billing data is about resources that the installation has, or had.", Submit, Level.Required, month => Findings(month, "is not known")),
        Case("discounts", "A discount is on something that is billed, and on no more than that.", Submit, Level.Required,
            month => Findings(month, "the discount").Concat(Findings(month, "the discounts"))),
        Case("timestamp", "Billing data is of the moment at which it is sent, and not of the future.", Submit, Level.Recommended, month => Findings(month, "lies in the future")),
        Case("eod", "The eod of a report is the end of the day that it is about.", Submit, Level.Recommended, EndOfDay),
        Case("periods", "The periods of an installation do not overlap.", Submit, Level.Recommended, PeriodsApart),
        Case("periods-of-invoices", "An invoice is for a period of which billing data was sent.", Source.Billing, Level.Recommended, PeriodsOfInvoices),
        Case("transferred", "Whoever has given a resource away owes no more for it from then on.", Source.Flow("Transferring resources"), Level.Required, NoMoreAfterTransfer),
        Case("transferred/target", "Whoever has taken a resource is shown what it uses from then on.", Source.Flow("Transferring resources"), Level.Required, ShownAfterTransfer),
        Case("no-findings", "No billing data is anything that Vercel would wonder about.", Submit, Level.Recommended,
            month => Findings(month, "")),
        Prepaid("balance/daily", "The balance of prepaid credit is stated every day.", Level.Required, month => BalanceSilences(month, Daily)),
        Prepaid("balance/hourly", "The balance of prepaid credit is stated every hour.", Level.Recommended, month => BalanceSilences(month, Hourly)),
        Prepaid("balance/taken", "No statement of balances is refused.", Level.Required, month => Refusals(month, "/billing/balance")),
        Prepaid("balance/never-more", "A balance is never more than what was bought.", Level.Required, NeverMore),
        Prepaid("balance/after-purchase", "What is stated after a purchase has it in it.", Level.Required, HasThePurchase),
    ];

    private static ConformanceCase Case(string name, string rule, Source source, Level level, Func<MonthRecord, IEnumerable<Breach>> judge) =>
        MonthCase.Of($"usage/{name}", rule, source, level, judge);

    private static ConformanceCase Prepaid(string name, string rule, Level level, Func<MonthRecord, IEnumerable<Breach>> judge) =>
        Case(name, rule, Balance, level, judge) with { Needs = Need.VirtualTime | Need.PrepaymentPlan, Of = PartnerOperation.ProvisionPurchase };

    private static IEnumerable<Breach> Silences(MonthRecord month, TimeSpan longest) =>
        from one in month.Installations
        from span in Paid(one)
        let marks = one.Reports.Select(report => report.Timestamp)
        let gap = Gap(marks, span.From, Min(span.Until, month.EndedAt))
        where gap.Length > longest
        select new Breach($"billing data of {one} at least every {longest.TotalHours:0.#} hours", $"none for {gap.Length.TotalHours:0.#} hours from {Wire.Text(gap.From)}");

    /// <summary>Plans that are paid afterwards, while they were in force.</summary>
    private static IEnumerable<PlanSpan> Paid(MonthOfInstallation one)
    {
        var paid = one.Product.Plans.Where(plan => plan is { IsPrepayment: false, NeedsPaymentMethod: true }).Select(plan => plan.Id).ToHashSet(StringComparer.Ordinal);
        return one.Installation.Resources.Values.Select(resource => resource.Plans).Append(one.Installation.Plans)
            .SelectMany(plans => plans.Spans)
            .Where(span => paid.Contains(span.PlanId));
    }

    private static (DateTimeOffset From, TimeSpan Length) Gap(IEnumerable<DateTimeOffset> marks, DateTimeOffset from, DateTimeOffset until)
    {
        DateTimeOffset[] all = [from, .. marks.Where(at => at > from && at < until).Order(), until];
        return all.Zip(all.Skip(1), (before, after) => (before, after - before)).MaxBy(gap => gap.Item2);
    }

    private static DateTimeOffset Min(DateTimeOffset? a, DateTimeOffset b) => a < b ? a.Value : b;

    private static IEnumerable<Breach> EveryResource(MonthRecord month) =>
        from one in month.Installations
        where one.Product.Plans.Exists(plan => plan.Id == one.Plan.Id && plan is { IsPrepayment: false, IsForInstallation: false, NeedsPaymentMethod: true })
        from resource in one.Installation.Resources.Values
        where Lasted(resource) > Daily && !one.Installation.Billing.LatestByDay.Values.Any(data => Names(data, resource.Id))
        select new Breach($"{resource.Id} in the billing data of {one}", "it is in none");

    private static TimeSpan Lasted(Resource resource) => (resource.DeletedAt ?? DateTimeOffset.MaxValue) - resource.CreatedAt;

    private static bool Names(BillingSubmission data, string resourceId) =>
        data.Items.Exists(item => item.ResourceId == resourceId) || data.Usage.Exists(usage => usage.ResourceId == resourceId);

    private static IEnumerable<Breach> Refusals(MonthRecord month, string pathEnd) =>
        from one in month.Installations
        from call in one.Refusals
        // A finalized installation is another matter.
        where call.Method == "POST" && call.Status is >= 400 and < 500 and not (401 or 410 or 429) && call.Operation.EndsWith(pathEnd, StringComparison.Ordinal)
        select new Breach("taken with 201", $"{call.Status} at {Wire.Text(call.At)}: {call.ToJson()["refusal"]}");

    private static IEnumerable<Breach> Findings(MonthRecord month, string containing) =>
        from finding in month.Findings
        where finding.Subject.StartsWith("Submit Billing Data", StringComparison.Ordinal) && finding.Text.Contains(containing, StringComparison.Ordinal)
            && month.Installations.Exists(one => finding.Subject.Contains(one.Id, StringComparison.Ordinal))
        select new Breach("nothing of the kind", $"{finding}");

    private static IEnumerable<Breach> AmountsNeverFall(MonthRecord month) =>
        from one in month.Installations
        where one.Deeds.TrueForAll(deed => deed.Kind is not (MonthDeedKind.ChangePlan or MonthDeedKind.Transfer or MonthDeedKind.Uninstall))
        from pair in one.Reports.OrderBy(report => report.Timestamp).Zip(one.Reports.OrderBy(report => report.Timestamp).Skip(1))
        where pair.First.Period == pair.Second.Period && pair.Second.Total < pair.First.Total
        select new Breach($"at least {Wire.Text(pair.First.Total)} at {Wire.Text(pair.Second.Timestamp)}", Wire.Text(pair.Second.Total));

    /// <summary>Midnight may be written as the last second of the day, or as the first moment of the next.</summary>
    private static IEnumerable<Breach> EndOfDay(MonthRecord month) =>
        from one in month.Installations
        from report in one.Reports
        let distance = (report.Eod - report.Timestamp).Duration()
        where distance > TimeSpan.FromHours(24)
        select new Breach("eod within a day of timestamp", $"{Wire.Text(report.Eod)} at {Wire.Text(report.Timestamp)}");

    private static IEnumerable<Breach> PeriodsApart(MonthRecord month) =>
        from one in month.Installations
        let periods = one.Reports.Select(report => report.Period).Distinct().OrderBy(period => period.Start).ToList()
        from pair in periods.Zip(periods.Skip(1))
        // The last second of a period is its end for some.
        where pair.Second.Start < pair.First.End.AddSeconds(-1)
        select new Breach($"a period from {Wire.Text(pair.First.End)} on", $"one from {Wire.Text(pair.Second.Start)}");

    private static IEnumerable<Breach> PeriodsOfInvoices(MonthRecord month) =>
        from one in month.Installations
        from invoice in one.Invoices
        where invoice.ExternalId is not null
            && !one.Reports.Exists(report => report.Period.Start <= invoice.Period.Start && invoice.Period.End <= report.Period.End.AddSeconds(1))
        select new Breach($"billing data for the period of {invoice.ExternalId}", "none");

    /// <summary>Each resource that somebody gave away, with when.</summary>
    private static IEnumerable<(MonthOfInstallation Source, MonthOfInstallation Target, Resource Resource)> Transfers(MonthRecord month)
    {
        var all = (
            from source in month.Installations
            where InvoiceCases.Did(source, MonthDeedKind.Transfer)
            from resource in source.Installation.Resources.Values
            where resource.DeletedAt is not null
            let target = month.Installations.Find(other => other.Id != source.Id && other.Installation.Resources.ContainsKey(resource.Id))
            where target is not null
            select (source, target, resource)).ToList();
        return all.Count > 0 ? all : throw new CaseEndedException(new Verdict.NotObserved("Nobody gave a resource away in this month."));
    }

    private static IEnumerable<Breach> NoMoreAfterTransfer(MonthRecord month) =>
        from moved in Transfers(month)
        let at = moved.Resource.DeletedAt!.Value
        from period in moved.Source.Installation.Billing.LatestByDay.Values.GroupBy(data => data.Period)
        let atFirst = period.Where(data => data.Timestamp >= at).MinBy(data => data.Timestamp)
        let atLast = period.MaxBy(data => data.Timestamp)
        where atFirst is not null && Owed(atLast, moved.Resource.Id) > Owed(atFirst, moved.Resource.Id) + BilledLine.Leeway
        select new Breach(
            $"{moved.Resource.Id} stays at {Wire.Text(Owed(atFirst, moved.Resource.Id))} where it was", $"it grew to {Wire.Text(Owed(atLast, moved.Resource.Id))}");

    private static decimal Owed(BillingSubmission data, string resourceId) => data.Items.Where(item => item.ResourceId == resourceId).Sum(item => item.Amount);

    private static IEnumerable<Breach> ShownAfterTransfer(MonthRecord month) =>
        from moved in Transfers(month)
        where Owes(moved.Source, moved.Resource.Id) && !moved.Target.Installation.Billing.LatestByDay.Values.Any(data => Names(data, moved.Resource.Id))
        select new Breach($"{moved.Resource.Id} in the billing data of {moved.Target.Id}", "it is in none");

    private static bool Owes(MonthOfInstallation one, string resourceId) => one.Installation.Billing.LatestByDay.Values.Any(data => Names(data, resourceId));

    private static IEnumerable<(MonthOfInstallation One, DateTimeOffset At, decimal Bought, string? ResourceId)> Purchases(MonthRecord month)
    {
        var all = (
            from one in month.Installations
            let bought = one.Invoices.Where(invoice => invoice is { ExternalId: null, PaidAt: not null }).ToList()
            where InvoiceCases.Did(one, MonthDeedKind.Purchase) && bought.Count > 0
            select (one, bought[0].PaidAt!.Value, bought.Sum(invoice => invoice.Total) * 100, bought[0].Items[0].ResourceId)).ToList();
        return all.Count > 0 ? all : throw new CaseEndedException(new Verdict.NotObserved("Nobody bought credit in this month: more installations may."));
    }

    private static IEnumerable<Breach> BalanceSilences(MonthRecord month, TimeSpan longest) =>
        from bought in Purchases(month)
        let until = Min(bought.One.Installation.DeletionRequestedAt ?? Gone(bought.One, bought.ResourceId), month.EndedAt)
        let gap = Gap(bought.One.BalanceReports.Select(report => report.Timestamp), bought.At, until)
        where gap.Length > longest
        select new Breach($"a balance of {bought.One} at least every {longest.TotalHours:0.#} hours", $"none for {gap.Length.TotalHours:0.#} hours from {Wire.Text(gap.From)}");

    private static DateTimeOffset? Gone(MonthOfInstallation one, string? resourceId) =>
        resourceId is null ? null : one.Installation.Resources.GetValueOrDefault(resourceId)?.DeletedAt;

    private static IEnumerable<Breach> NeverMore(MonthRecord month) =>
        from bought in Purchases(month)
        from report in bought.One.BalanceReports
        from balance in report.Balances
        where balance.ResourceId == bought.ResourceId && balance.CurrencyValueInCents > bought.Bought
        select new Breach($"at most {bought.Bought} cents", $"{balance.CurrencyValueInCents} cents at {Wire.Text(report.Timestamp)}");

    private static IEnumerable<Breach> HasThePurchase(MonthRecord month) =>
        from bought in Purchases(month)
        let next = bought.One.BalanceReports.Find(report => report.Timestamp > bought.At)
        where next is not null
        let stated = next.Balances.Find(balance => balance.ResourceId == bought.ResourceId)?.CurrencyValueInCents ?? 0
        // Some of it may be used up already, but hardly half.
        where stated < bought.Bought / 2
        select new Breach($"about {bought.Bought} cents", $"{stated} cents at {Wire.Text(next.Timestamp)}");
}
