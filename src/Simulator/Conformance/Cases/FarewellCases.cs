using System.Collections.Immutable;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>The hours between the last click of a customer and the end of his installation. Source: contract §E.5.</summary>
internal static class FarewellCases
{
    /// <summary>Below it Vercel sends nobody an invoice. Source: contract D.8.</summary>
    private const decimal InvoiceMinimum = 0.50m;

    /// <summary>Lines are rounded one by one, and some seconds of the last hour are billed or not.</summary>
    private const decimal Leeway = 0.05m;

    private static readonly TimeSpan SettledWithin = TimeSpan.FromHours(12);

    private static readonly TimeSpan Playing = TimeSpan.FromMinutes(15);

    private static readonly Source Flow = Source.Flow("Finalizing an uninstallation");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        Case("finalized", "A customer who pays is finalized within the window of 24 hours.", Level.Required, Finalized),
        Case("finalized/early", "Everything final is done within twelve hours, which is the window of older documents.", Level.Recommended, FinalizedEarly),
        Case("final-invoice", "What the customer was shown before he left is invoiced before his installation is final.", Level.Required, Invoiced),
        Case("final-invoice/amount", "What is invoiced at the end is what was shown, and what was used since.", Level.Recommended, InvoicedAsShown),
        Case("final-invoice/once", "No time of a resource is invoiced twice at the end.", Level.Required, InvoicedOnce),
        Case("final-invoice/accepted", "No invoice of the last hours breaks a limit.", Level.Required, InvoicesAccepted),
        Case("open-invoice", "While an invoice is open, the provider does not take the installation for final.", Level.Required, WaitsForOpen),
        Case("open-invoice/not-asked", "Nobody asks for the end while an invoice is open.", Level.Informational, AsksInTime),
        Case("open-invoice/then", "Once the last invoice is paid, the installation is finalized.", Level.Required, FinalizedOncePaid),
        Case("silence", "When the token is dead, nobody calls with it any more.", Level.Recommended, FallsSilent),
        Case("no-findings", "Nothing that is sent in the last hours is wrong.", Level.Recommended, NothingFound),
        Case("late-calls", "After the end nothing is provisioned or read, and no call is a fault of the server.", Level.Required, RefusesLateCalls),
    ];

    private static ConformanceCase Case(string name, string rule, Level level, Func<Trial, Task> play) =>
        UninstallCases.Case(name, rule, Flow, level, play) with { Needs = Need.VirtualTime, TimeLimit = Playing };

    private static async Task<ImmutableList<Farewell>> Payers(Trial trial) => (await Farewells.Of(trial)).FindAll(one => one.CouldPay);

    /// <summary>Those who were shown that they owe something.</summary>
    private static async Task<ImmutableList<Farewell>> Debtors(Trial trial) =>
        (await Farewells.Of(trial)).FindAll(one => one.Shown?.Total >= InvoiceMinimum) is { IsEmpty: false } debtors
            ? debtors
            : throw trial.NotObserved("Nobody was shown that he owes anything after two days: no plan costs as much as 0.50 by then.");

    private static async Task Finalized(Trial trial)
    {
        foreach (var one in await Payers(trial))
        {
            trial.ExpectSuccess(one.Uninstall);
            trial.Expect(one.StageAfterWindow == InstallationStage.Finalized, $"{one.Plan.Id}: finalized within 24 hours", Told(one));
        }
    }

    private static async Task FinalizedEarly(Trial trial)
    {
        foreach (var one in await Payers(trial))
        {
            trial.Expect(
                one.Installation.FinalizedAt - one.LeftAt <= SettledWithin, $"{one.Plan.Id}: finalized within 12 hours", Told(one));
        }
    }

    private static async Task Invoiced(Trial trial)
    {
        foreach (var one in await Debtors(trial))
        {
            trial.Expect(
                InvoicedFor(one) >= one.Shown!.Total - Leeway, $"{one.Plan.Id}: invoices for the {Wire.Text(one.Shown.Total)} that were shown",
                $"invoices for {Wire.Text(InvoicedFor(one))}");
        }
    }

    private static async Task InvoicedAsShown(Trial trial)
    {
        foreach (var one in await Debtors(trial))
        {
            // The last data may have come after he left, and then says more.
            var last = one.Installation.Billing.LatestByDay.Values.Where(data => data.Period.Start == one.Shown!.Period.Start).Max(data => data.Total);
            var most = Math.Max(last, one.Shown!.Total) + Leeway;
            trial.Expect(InvoicedFor(one) <= most, $"{one.Plan.Id}: invoices for {Wire.Text(most)} at most", $"invoices for {Wire.Text(InvoicedFor(one))}");
        }
    }

    private static decimal InvoicedFor(Farewell one) => one.Invoices
        .Where(invoice => invoice.Period.Start < one.Shown!.Period.End && one.Shown.Period.Start < invoice.Period.End)
        .Sum(invoice => invoice.Total);

    private static async Task InvoicedOnce(Trial trial)
    {
        foreach (var one in await Farewells.Of(trial))
        {
            var twice = InvoiceCases.BilledTwice(one.Invoices);
            trial.Expect(twice is null, $"{one.Plan.Id}: each line once", $"{twice}");
        }
    }

    private static async Task InvoicesAccepted(Trial trial)
    {
        foreach (var one in await Farewells.Of(trial))
        {
            var refused = one.Calls.Select(InvoiceCases.Violation).FirstOrDefault(violation => violation is not null);
            trial.Expect(refused is null, $"{one.Plan.Id}: invoices without validationErrors", $"{refused}");
        }
    }

    private static async Task<Farewell> WhoCouldNotPay(Trial trial) =>
        (await Farewells.Of(trial)).Find(one => !one.CouldPay) is { Invoices.IsEmpty: false } one
            ? one
            : throw trial.NotObserved("Nobody had an open invoice in the window: no plan is paid afterwards, or no invoice came.");

    private static async Task WaitsForOpen(Trial trial)
    {
        var one = await WhoCouldNotPay(trial);
        trial.Expect(one.Uninstall.Json?.OptionalFlag("finalized") != true, "the answer does not say finalized", "finalized: true");
    }

    private static async Task AsksInTime(Trial trial)
    {
        foreach (var one in await Farewells.Of(trial))
        {
            var refused = one.Calls.FindAll(call => IsFinalize(call) && call is { Status: 400, IsDisturbed: false });
            trial.Expect(refused.IsEmpty, $"{one.Plan.Id}: billing/finalize once nothing is open", $"it was refused {refused.Count} times");
        }
    }

    private static async Task FinalizedOncePaid(Trial trial)
    {
        var one = await WhoCouldNotPay(trial);
        trial.Expect(one.Installation.Stage == InstallationStage.Finalized, "finalized in the hours after the payment", Told(one));
    }

    private static async Task FallsSilent(Trial trial)
    {
        // Whoever pays after the window is told of it, and may be answered once more.
        foreach (var one in await Payers(trial))
        {
            // The hours of the end itself are for what was under way, and for the webhook that tells of it.
            var late = one.Calls.FindAll(call => call.At > one.Installation.FinalizedAt?.AddHours(2));
            trial.Expect(late.IsEmpty, $"{one.Plan.Id}: no call after the end", $"{late.Count} calls, the first {late.FirstOrDefault()}");
        }
    }

    private static async Task NothingFound(Trial trial)
    {
        foreach (var one in await Farewells.Of(trial))
        {
            trial.Expect(one.Findings.IsEmpty, $"{one.Plan.Id}: nothing to complain about", string.Join("; ", one.Findings.Take(3)));
        }
    }

    private static async Task RefusesLateCalls(Trial trial)
    {
        foreach (var one in await Payers(trial))
        {
            foreach (var late in one.Late)
            {
                var isFine = late.Status is >= 400 and < 500
                    || (late.IsSuccess && (late.Method == "DELETE" || late.Json?.OptionalText("status") == "uninstalled"));
                trial.Expect(isFine, $"{late.Operation} is refused with 4xx", Trial.Told(late));
            }
        }
    }

    private static bool IsFinalize(ApiCall call) => call.Operation.EndsWith("/billing/finalize", StringComparison.Ordinal);

    private static string Told(Farewell one)
    {
        var end = one.Installation.FinalizedAt is { } at ? $"finalized after {(at - one.LeftAt).TotalHours:0.0} hours" : $"{one.Installation.Stage}";
        var invoices = string.Join(", ", one.Invoices.Select(invoice => InvoiceOperations.StateText(invoice.State)));
        return $"{end}, with {(one.Invoices.IsEmpty ? "no invoice" : $"invoices {invoices}")}";
    }
}
