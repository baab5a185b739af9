using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Invoices;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>What is invoiced of a month: all of it, once, and within the limits. Source: contract D.8.</summary>
internal static class InvoiceCases
{
    /// <summary>Below it Vercel sends nobody an invoice.</summary>
    private const decimal InvoiceMinimum = 0.50m;

    private static readonly TimeSpan LastDay = TimeSpan.FromHours(24);

    private static readonly Source Submit = Source.Vercel("Submit Invoice");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        Case("complete", "All that was shown of a period is invoiced when it is over.", Source.Billing, Level.Required, month => Complete(month, _ => true)),
        Case("complete/changed-plan", "Whoever changes his plan in the middle of a period is invoiced for both parts of it.", Source.Billing, Level.Required,
            month => Complete(month, one => Did(one, MonthDeedKind.ChangePlan))),
        Case("complete/transferred", "Whoever gives a resource away is invoiced for the time that he had it, and whoever takes it for his.", Source.Billing, Level.Required,
            Transferred),
        Case("complete/uninstalled", "Whoever leaves in the middle of a period is invoiced for what he used.", Source.Billing, Level.Required,
            month => Complete(month, one => Did(one, MonthDeedKind.Uninstall))),
        Case("no-more", "Nothing is invoiced that was not shown.", Source.Billing, Level.Recommended, NoMore),
        Case("once", "Nothing is invoiced twice.", Submit, Level.Required, Once),
        Case("accepted", "No invoice is refused.", Submit, Level.Required, month => None(Calls(month).Select(Violation))),
        Case("limit-1", "A resource is billed once for a period and a plan.", Submit, Level.Required, month => None(Calls(month).Select(call => Violation(call, "(limit 1)")))),
        Case("limit-2", "A plan is billed that was active for the resource in the period.", Submit, Level.Required,
            month => None(Calls(month).Select(call => Violation(call, "(limit 2)")))),
        Case("limit-3", "Only plans of type subscription are invoiced: what was prepaid is paid.", Submit, Level.Required, NothingPrepaid),
        Case("limit-4", "An invoice follows on billing data that was sent all the time.", Submit, Level.Required,
            month => None(Calls(month).Select(call => Violation(call, "(limit 4)")))),
        Case("limit-5", "No two invoices of an installation have the same externalId.", Submit, Level.Required, ExternalIdsUnique),
        Case("external-id", "Every invoice has an externalId.", Submit, Level.Recommended, ExternalIdsGiven),
        Case("lost-answer", "An invoice whose answer was lost is sent again as the same one, or not at all.",
            Source.Experience("the answer to an invoice gets lost, and a customer pays twice"), Level.Required, SameAfterLostAnswer),
        Case("lost-answer/once", "However many answers are lost, Vercel has each invoice once.",
            Source.Experience("the answer to an invoice gets lost, and a customer pays twice"), Level.Required, Once),
        Case("no-test", "In production no invoice is a test.", Submit, Level.Required, NoTests),
        Case("in-time", "The invoice of a period comes within a day of its end.", Source.Billing, Level.Recommended, InTime),
        Case("settled", "In the end every invoice is settled, and every customer who left is finalized.", Source.Billing, Level.Recommended, Settled),
        Case("no-findings", "No invoice is anything that Vercel would wonder about.", Submit, Level.Recommended,
            month => None(month.Findings.Where(finding => finding.Subject.StartsWith("Submit Invoice", StringComparison.Ordinal)).Select(finding => finding.ToString()))),
    ];

    /// <summary>A line that two invoices have for the same time; none when there is none.</summary>
    internal static string? BilledTwice(ImmutableList<Invoice> invoices) => (
        from first in invoices
        from second in invoices
        where string.CompareOrdinal(first.Id, second.Id) < 0 && Counts(first) && Counts(second)
            && first.Period.Start < second.Period.End && second.Period.Start < first.Period.End
        from line in first.Items
        where second.Items.Exists(other => (other.ResourceId, other.BillingPlanId) == (line.ResourceId, line.BillingPlanId))
        select $"{line.Name} of {line.ResourceId ?? "the installation"} by {first.ExternalId ?? first.Id} and {second.ExternalId ?? second.Id}").FirstOrDefault();

    /// <summary>Why an invoice was not taken; none when it was, or when it is about no invoice.</summary>
    internal static string? Violation(ApiCall call) => Violation(call, "");

    internal static bool Did(MonthOfInstallation one, MonthDeedKind kind) => one.Deed(kind) is { IsDone: true };

    internal static bool Counts(Invoice invoice) => invoice is { Test: null, State: not (InvoiceState.Refunded or InvoiceState.RefundRequested) };

    private static string? Violation(ApiCall call, string containing) =>
        IsSubmission(call) && call is { Status: 200, Answer: { } answer } && JsonDocument.Parse(answer).RootElement.Optional("validationErrors") is { } errors
            ? errors.EnumerateArray().Select(error => error.GetString()).FirstOrDefault(error => error!.Contains(containing, StringComparison.Ordinal))
            : null;

    private static bool IsSubmission(ApiCall call) => call.Method == "POST" && call.Operation.EndsWith("/billing/invoices", StringComparison.Ordinal);

    private static ConformanceCase Case(string name, string rule, Source source, Level level, Func<MonthRecord, IEnumerable<Breach>> judge) =>
        MonthCase.Of($"invoices/{name}", rule, source, level, judge);

    private static IEnumerable<ApiCall> Calls(MonthRecord month) => month.Installations.SelectMany(one => one.InvoiceCalls);

    private static IEnumerable<Breach> None(IEnumerable<string?> faults) => faults.OfType<string>().Select(fault => new Breach("nothing of the kind", fault));

    private static IEnumerable<Breach> Complete(MonthRecord month, Func<MonthOfInstallation, bool> isMeant)
    {
        var lines = month.Installations.Where(isMeant).SelectMany(one => BilledLine.Of(one, month)).Where(line => line.Shown >= InvoiceMinimum).ToList();
        if (lines.Count == 0)
        {
            throw new CaseEndedException(new Verdict.NotObserved("Nobody of that kind was shown that he owes as much as 0.50."));
        }

        return lines
            .Where(line => line.Invoiced < line.Shown - BilledLine.Leeway)
            .Select(line => new Breach($"{line}: invoices for {Wire.Text(line.Shown)}", $"for {Wire.Text(line.Invoiced)}"));
    }

    private static IEnumerable<Breach> Transferred(MonthRecord month)
    {
        var moved = month.Installations.Where(one => Did(one, MonthDeedKind.Transfer))
            .SelectMany(one => one.Installation.Resources.Values.Where(resource => resource.DeletedAt is not null).Select(resource => resource.Id))
            .ToHashSet(StringComparer.Ordinal);
        return Complete(month, one => one.Installation.Resources.Keys.Any(moved.Contains));
    }

    private static IEnumerable<Breach> NoMore(MonthRecord month) =>
        from one in month.Installations
        from line in BilledLine.Of(one, month)
        let most = (line.Shown * 1.02m) + BilledLine.Leeway
        where line.Invoiced > most
        select new Breach($"{line}: {Wire.Text(line.Shown)} as it was shown", $"invoices for {Wire.Text(line.Invoiced)}");

    private static IEnumerable<Breach> Once(MonthRecord month) =>
        from one in month.Installations
        let twice = BilledTwice(one.Invoices)
        where twice is not null
        select new Breach("each line once", twice);

    /// <summary>Vercel refuses them; but to send them at all is to bill a customer again for what he has paid.</summary>
    private static IEnumerable<Breach> NothingPrepaid(MonthRecord month) =>
        from one in month.Installations
        let prepaid = one.Product.Plans.Where(plan => plan.IsPrepayment).Select(plan => plan.Id).ToHashSet(StringComparer.Ordinal)
        from call in one.InvoiceCalls
        where call.Body.ValueKind == JsonValueKind.Object
        from item in call.Body.GetProperty("items").EnumerateArray()
        where Violation(call, "(limit 3)") is not null || prepaid.Contains(item.OptionalText("billingPlanId") ?? "")
        select new Breach("no line for a plan that is paid in advance", $"{item.OptionalText("name")} on {item.OptionalText("billingPlanId")}");

    /// <summary>After a lost answer the same id again is how one finds out.</summary>
    private static IEnumerable<Breach> ExternalIdsUnique(MonthRecord month) =>
        from one in month.Installations
        from call in one.InvoiceCalls
        where call.Status == 409
        let id = ExternalId(call)
        where !one.InvoiceCalls.Exists(earlier => earlier.IsDisturbed && earlier.At <= call.At && ExternalId(earlier) == id)
        select new Breach("an externalId that is free", $"{id} twice");

    private static IEnumerable<Breach> ExternalIdsGiven(MonthRecord month) =>
        Calls(month).Where(call => ExternalId(call) is null).Select(_ => new Breach("an externalId", "an invoice without one"));

    private static IEnumerable<Breach> SameAfterLostAnswer(MonthRecord month)
    {
        if (!Calls(month).Any(call => call.IsDisturbed))
        {
            throw new CaseEndedException(new Verdict.NotObserved("No answer to an invoice was lost in this month: another seed may lose some."));
        }

        return from one in month.Installations
               from lost in one.InvoiceCalls
               where lost.IsDisturbed
               from later in one.InvoiceCalls
               where later.At >= lost.At && BillsTheSame(lost, later) && ExternalId(lost) != ExternalId(later)
               select new Breach($"the same externalId again, {ExternalId(lost)}", $"{ExternalId(later)}");
    }

    private static bool BillsTheSame(ApiCall first, ApiCall second) =>
        first.Body.GetProperty("period").GetRawText() == second.Body.GetProperty("period").GetRawText()
        && Lines(first).Intersect(Lines(second), StringComparer.Ordinal).Any();

    private static IEnumerable<string> Lines(ApiCall call) =>
        call.Body.GetProperty("items").EnumerateArray().Select(item => $"{item.OptionalText("resourceId")} {item.OptionalText("billingPlanId")}");

    private static string? ExternalId(ApiCall call) => call.Body.ValueKind == JsonValueKind.Object ? call.Body.OptionalText("externalId") : null;

    private static IEnumerable<Breach> NoTests(MonthRecord month) =>
        Calls(month).Where(call => call.Body.ValueKind == JsonValueKind.Object && call.Body.Optional("test") is not null)
            .Select(call => new Breach("no field test", $"{ExternalId(call)} is one"));

    private static IEnumerable<Breach> InTime(MonthRecord month) =>
        from one in month.Installations
        from invoice in one.Invoices
        where invoice.ExternalId is not null && invoice.CreatedAt > invoice.Period.End + LastDay
        select new Breach($"{invoice.ExternalId} by {Wire.Text(invoice.Period.End + LastDay)}", $"{Wire.Text(invoice.CreatedAt)}");

    private static IEnumerable<Breach> Settled(MonthRecord month) => month.IsSettled
        ? []
        : [new Breach("nothing is open", string.Join("; ", month.Installations.Select(one =>
            $"{one.Installation.Stage} with {string.Join(", ", one.Invoices.Select(invoice => InvoiceOperations.StateText(invoice.State)))}")))];
}
