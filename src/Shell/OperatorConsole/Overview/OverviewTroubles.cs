using Marketplace.Shell.OperatorConsole.Jobs;
using Marketplace.Shell.OperatorConsole.Runbook;

namespace Marketplace.Shell.OperatorConsole.Overview;

/// <summary>What each kind of trouble is called, what it means, and where it is repaired.</summary>
internal static class OverviewTroubles
{
    private const string NeedingAPerson = $"{OperatorPaths.Root}/installations?needs=person";

    private static readonly IReadOnlyList<(Trouble Kind, string One, string Many, string Does, string Address, bool IsBad, string? Help)> All =
    [
        (Trouble.NoWorker, "worker lives", "worker lives", "Nothing is provisioned, reported or billed until one runs: --role worker, or --role all.", JobPaths.Root, true, RunbookLinks.NoWorker),
        (Trouble.IdleJobs, "job that nobody runs", "jobs that nobody runs", "Their time is over, or no node knows them. Look into the worker's log.", JobPaths.Root, true, null),
        (Trouble.DeadMessages, "message to Vercel given up", "messages to Vercel given up", "Vercel refused them, or did not answer for days. See why, then replay.", $"{OperatorPaths.Root}/outbox?state=dead", true, RunbookLinks.OutboxDead),
        (Trouble.DeadSlots, "hour of usage given up", "hours of usage given up", "Their window at Vercel is closed. A later report of the period makes good for them; see what came in the way.", $"{OperatorPaths.Root}/billing/slots?state=dead", true, RunbookLinks.UsageLost),
        (Trouble.RefusedSlots, "hour of usage refused", "hours of usage refused", "Vercel did not take the report. See why, and have it sent again.", $"{OperatorPaths.Root}/billing/slots?state=refused", true, RunbookLinks.UsageRefused),
        (Trouble.RefusedInvoices, "invoice refused", "invoices refused", "Vercel took none of them, and nobody pays. See why, and draft them anew.", $"{OperatorPaths.Root}/billing/invoices?state=refused", true, RunbookLinks.InvoiceRefused),
        (Trouble.DeadWebhooks, "webhook given up", "webhooks given up", "What Vercel told us had no effect. See why, then replay.", $"{OperatorPaths.Root}/webhooks?state=dead", true, RunbookLinks.WebhooksDead),
        (Trouble.Errors, "resource in error", "resources in error", "They could not be set up.", $"{OperatorPaths.Root}/resources?status=error", true, null),
        (Trouble.Faults, "resource that does not work", "resources that do not work", "Your control plane says so; the customer reads it.", NeedingAPerson, true, null),
        (Trouble.Operations, "operation that goes on failing", "operations that go on failing", "They are tried again and again, and need what they miss.", NeedingAPerson, true, RunbookLinks.OperationsStuck),
        (Trouble.Tokenless, "installation without a token", "installations without a token", "Nothing can be told to Vercel of them until somebody installs anew.", NeedingAPerson, true, RunbookLinks.TokenRefusedByVercel),
        (Trouble.FailingJobs, "job that fails", "jobs that fail", "What they do waits until a run succeeds. See what went wrong.", $"{JobPaths.Root}?sort=-failed", false, RunbookLinks.JobStaysFailed),
        (Trouble.PausedJobs, "job paused", "jobs paused", "What they do waits until somebody resumes them.", $"{JobPaths.Root}?state=paused", false, null),
        (Trouble.DeadEvents, "event for your backend given up", "events for your backend given up", "It did not take them. Replay when it is well.", $"{OperatorPaths.Root}/events?state=dead", false, RunbookLinks.EventsDead),
        (Trouble.WaitingBilling, "report or invoice put off", "reports and invoices put off", "Something is in the way of each. It is tried again; see what it is.", $"{OperatorPaths.Root}/billing/waiting", false, null),
        (Trouble.UnpaidInvoices, "invoice unpaid or overdue", "invoices unpaid or overdue", "See who owes, and since when.", $"{OperatorPaths.Root}/installations?needs=payment", false, null),
        (Trouble.Differing, "installation that differs", "installations that differ", "At the last comparison Vercel or a provisioner held something else.", $"{OperatorPaths.Root}/drift?result=differs", false, null),
    ];

    /// <summary>Those that there are, the worst first. One whose page is not there has no link.</summary>
    public static IReadOnlyList<TroubleView> Of(IReadOnlyDictionary<Trouble, Counted> counts) =>
    [
        .. All.Where(one => counts[one.Kind].IsAny)
            .OrderByDescending(one => one.IsBad)
            .Select(one => new TroubleView(one.Kind == Trouble.NoWorker ? "No" : counts[one.Kind].Text, counts[one.Kind].Count == 1 ? one.One : one.Many, one.Does,
                IsThere(one.Address) ? one.Address : null, one.IsBad, one.Help)),
    ];

    private static bool IsThere(string address) => OperatorSections.All.Any(section =>
        section.Key != OperatorSections.Overview && address.StartsWith(section.Address, StringComparison.Ordinal));
}
