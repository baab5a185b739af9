using System.Collections.Immutable;
using Marketplace.Simulator.Invoices;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Somebody does not pay: he is warned, cut off, and let in again, and loses nothing. Source: contract §E.14.</summary>
internal static class DunningCases
{
    private static readonly TimeSpan Grace = TimeSpan.FromDays(15);

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        Case("not-destroyed", "Nothing is destroyed in the fifteen days after the first charge that failed.", Level.Required, NotDestroyed),
        Case("not-destroyed/after", "What is overdue is cut off at most, and not destroyed at once.", Level.Recommended, NotDestroyedAfter),
        Case("warned", "Whoever has not paid is told so, by a notification.", Level.Recommended, Warned),
        Case("suspended", "Whoever has not paid in the end is suspended, or finds a warning in its place.", Level.Recommended, Suspended),
        Case("told", "What the provider has told Vercel of an unpaid resource is what it answers when it is asked.", Level.Required, Told),
        Case("any-order", "The webhooks of an invoice once more, and in another order, leave everything as it is.", Level.Required, AnyOrder),
        Case("twice", "A webhook that came already has no second effect.", Level.Recommended, NoSecondEffect),
        Case("resumes", "Whoever pays in the end has his resource again.", Level.Required, Resumes),
        Case("warning-ends", "Once all is paid, no warning is left.", Level.Recommended, WarningEnds),
        Case("not-again", "What is not paid is not invoiced once more.", Level.Required, NotInvoicedAgain),
    ];

    private static ConformanceCase Case(string name, string rule, Level level, Action<Trial, ArrearsRecord> judge) =>
        new($"dunning/{name}", rule, Source.Billing, level, async trial => judge(trial, await Arrears.Of(trial)))
        {
            Needs = Need.VirtualTime | Need.Webhook, TimeLimit = MonthCase.Playing,
        };

    private static void NotDestroyed(Trial trial, ArrearsRecord arrears)
    {
        if (arrears.Days[0].At >= arrears.FirstFailure + Grace)
        {
            throw trial.NotObserved("The month took so long to settle that nobody could look in time.");
        }

        var early = arrears.Days.Find(day => day.At < arrears.FirstFailure + Grace && day.IsGone);
        trial.Expect(
            early is null, "the resource is there for fifteen days",
            early is null ? "" : $"gone {(early.At - arrears.FirstFailure).TotalDays:0.0} days after the first failure: {Trial.Told(early.Read)} {early.Status}");
    }

    private static void NotDestroyedAfter(Trial trial, ArrearsRecord arrears)
    {
        trial.Expect(!arrears.Days[^1].IsGone, "the resource is there, suspended perhaps", Trial.Told(arrears.Days[^1].Read));
    }

    private static void Warned(Trial trial, ArrearsRecord arrears)
    {
        trial.Expect(arrears.Days.Exists(day => day.Warns), "a notification of the installation or of the resource while an invoice is unpaid", "none on any day");
    }

    private static void Suspended(Trial trial, ArrearsRecord arrears)
    {
        trial.Expect(
            arrears.Days.Exists(day => day.Status == "suspended" || day.Known.Status == "suspended") || arrears.Days[^1].Warns, "the status suspended, or a warning",
            $"{arrears.Days[^1].Status}, and no warning");
    }

    private static void Told(Trial trial, ArrearsRecord arrears)
    {
        foreach (var day in arrears.Days.Append(arrears.Paid).Where(day => !day.IsGone))
        {
            trial.Expect(day.Known.Status == day.Status, $"{day.Status}, as the provider answers", $"{day.Known.Status} on Vercel's side at {Wire.Text(day.At)}");
        }
    }

    private static void AnyOrder(Trial trial, ArrearsRecord arrears)
    {
        var (before, after) = (arrears.Days[^1], arrears.Repeated);
        trial.Expect(
            (before.Status, before.Warns) == (after.Status, after.Warns), $"{before.Status} as before{(before.Warns ? ", with a warning" : "")}",
            $"{after.Status}{(after.Warns ? ", with a warning" : "")}");
    }

    private static void NoSecondEffect(Trial trial, ArrearsRecord arrears)
    {
        trial.Expect(
            arrears.WritesByRepetition.IsEmpty, "nothing is changed on Vercel's side",
            string.Join(", ", arrears.WritesByRepetition.Select(call => $"{call.Method} {call.Operation}")));
    }

    private static void Resumes(Trial trial, ArrearsRecord arrears)
    {
        trial.Expect(arrears.Paid.Status is "ready" or "resumed", "ready or resumed within two hours of the payment", $"{arrears.Paid.Status}: {Trial.Told(arrears.Paid.Read)}");
        trial.Expect(arrears.Paid.Known.Status is "ready" or "resumed", "and so on Vercel's side", arrears.Paid.Known.Status);
    }

    private static void WarningEnds(Trial trial, ArrearsRecord arrears)
    {
        trial.Expect(!arrears.Paid.Warns, "no notification two hours after the payment", "one that is still there");
    }

    private static void NotInvoicedAgain(Trial trial, ArrearsRecord arrears)
    {
        var twice = InvoiceCases.BilledTwice(arrears.Invoices.FindAll(invoice => invoice.State != InvoiceState.Refunded));
        trial.Expect(twice is null, "each line once", $"{twice}");
    }
}
