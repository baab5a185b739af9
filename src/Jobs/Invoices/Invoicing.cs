using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Time;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Invoices;

/// <summary>
/// Drafts the invoice of every period that is over and submits it: recorded before it leaves, and looked up before it leaves again.
/// Source: contract §D.8.
/// </summary>
public sealed partial class Invoicing(
    IBillingSchedule schedule, IInvoices invoices, IVercel vercel, ILogger<Invoicing> log) : IScheduledJob
{
    private const int InstallationsMax = 16;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>What a person has to mend is looked at again now and then.</summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromMinutes(15);

    public string Id => "invoices";

    public JobSchedule Schedule => JobSchedule.EverySeconds(10);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(
            max => schedule.Claim(BillingWork.Invoices, now, max, Lease, cancel), InstallationsMax, work => InvoiceOne(work, now, cancel), cancel);

    /// <summary>One installation's fault is its own: it is tried again later, and delays nobody else.</summary>
    private async Task InvoiceOne(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var (undrafted, account) = await Draft(work, await invoices.Load(work.Installation, now, cancel), now, cancel);
            // What is drafted leaves, whatever keeps another period from its draft.
            var unsent = await Submit(work, account, cancel);
            if ((unsent ?? undrafted) is { } wait)
                await schedule.Postpone(work, wait.Reason, wait.Delay, cancel);
            else
                await schedule.Done(work, NextDueAt(account, now), cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, work.Installation.Value, work.Attempts);
            await schedule.Postpone(work, fault.GetType().Name, Retries.After(work.Attempts), cancel);
        }
    }

    /// <summary>The account with the new drafts; nothing to wait for when every period that is over has its invoice.</summary>
    private async Task<(Wait? Wait, BillingAccount Account)> Draft(
        ClaimedWork work, BillingAccount account, DateTimeOffset now, CancellationToken cancel)
    {
        Wait? wait = null;
        var history = account.Invoices;
        foreach (var due in InvoicesDue.At(account.Life, account.Anchor, history.Map(invoice => invoice.Content.Period), now))
        {
            // Vercel takes nothing after the final one.
            if (due.Final && wait is not null)
                break;

            var decided = InvoiceDraft.For(
                account.Installation, due, account.Life, account.Billed, history, account.Slots, now);
            if (decided.Case is LeftCase<Seq<InvoiceLimit>, Core.Transition<Invoice, InvoiceEvent>>(var limits))
            {
                wait ??= Hindered(work, due, limits);
                continue;
            }

            var drafted = decided.IfLeft(() => throw new UnreachableException());
            await invoices.Draft(account.Installation, drafted, cancel);
            history = history.Add(drafted.Next);
        }

        return (wait, account with { Invoices = history });
    }

    private Wait Hindered(ClaimedWork work, InvoiceDue due, Seq<InvoiceLimit> limits)
    {
        if (limits.ForAll(limit => limit is InvoiceLimit.UsageNotReported))
            return new Wait("the usage of the period is not reported yet", Retries.Soon(work.Attempts));

        var reasons = string.Join("; ", limits.Select(limit => limit.ToString()));
        NotDrafted(work.Installation.Value, due.Period.Start, reasons);
        return new Wait(reasons, Stuck);
    }

    /// <summary>Null when nothing is left to send.</summary>
    private async Task<Wait?> Submit(ClaimedWork work, BillingAccount account, CancellationToken cancel)
    {
        Wait? wait = null;
        foreach (var invoice in account.Invoices.Where(invoice => invoice is Invoice.Drafted or Invoice.Submitted))
        {
            var unsent = await Submit(work, account, invoice, cancel);
            wait ??= unsent;
            // Where Vercel does not answer, the next one would only wait as long.
            if (unsent is { IsSilence: true })
                break;
        }

        return wait;
    }

    private async Task<Wait?> Submit(ClaimedWork work, BillingAccount account, Invoice invoice, CancellationToken cancel)
    {
        var (installation, id) = (work.Installation, invoice.Content.ExternalId);
        // Recorded first: whoever comes after a crash knows that Vercel may have it. News of it may have come meanwhile.
        if (await Apply(installation, id, new InvoiceCommand.Submit(), cancel) is not Invoice.Submitted)
            return null;

        switch (await vercel.SubmitInvoice(invoice.Content, cancel))
        {
            case VercelAnswer<InvoiceReceipt>.Accepted(InvoiceReceipt.Taken taken):
                await Apply(installation, id, new InvoiceCommand.Observe(taken.Id, new InvoiceObservation.Open()), cancel);
                return null;
            case VercelAnswer<InvoiceReceipt>.Accepted(InvoiceReceipt.Duplicate):
                // Vercel has it from an attempt whose answer was lost. Its webhooks name both ids, and wake us.
                return new Wait("Vercel has this invoice; its id comes by webhook", Stuck);
            case VercelAnswer<InvoiceReceipt>.Accepted(InvoiceReceipt.Invalid invalid):
                return await Refuse(installation, id, invalid.Errors, cancel);
            case VercelAnswer<InvoiceReceipt>.Unknown unknown:
                return new Wait(unknown.Reason, unknown.RetryAfter ?? Retries.After(work.Attempts), IsSilence: true);
            case VercelAnswer<InvoiceReceipt>.Refused refused:
                return await Refuse(installation, id, Prelude.Seq1($"{refused.Status}: {refused.Reason}"), cancel);
            case VercelAnswer<InvoiceReceipt>.NotFound missing:
                return await Refuse(installation, id, Prelude.Seq1($"404: {missing.Reason}"), cancel);
            case VercelAnswer<InvoiceReceipt>.Gone gone when account.Life.End.IsNone:
                // Nobody has told us of an uninstall: it is our token that is wrong, and a new one may come.
                NoAccess(id.Value, installation.Value, gone.Reason);
                return new Wait(gone.Reason, Stuck);
            case VercelAnswer<InvoiceReceipt>.Gone gone:
                return await Refuse(installation, id, Prelude.Seq1(gone.Reason), cancel);
            case var other:
                throw new UnreachableException(other.GetType().Name);
        }
    }

    private async Task<Wait?> Refuse(InstallationId installation, ExternalInvoiceId id, Seq<string> reasons, CancellationToken cancel)
    {
        InvoiceRefused(id.Value, installation.Value, string.Join("; ", reasons));
        await Apply(installation, id, new InvoiceCommand.Refuse(reasons), cancel);
        return null;
    }

    /// <summary>The invoice as it is afterwards; null when news of it had made the command pointless.</summary>
    private async Task<Invoice?> Apply(InstallationId installation, ExternalInvoiceId id, InvoiceCommand command, CancellationToken cancel)
    {
        var applied = await invoices.Apply(installation, id, command, cancel);
        applied.IfLeft(rejection => Overtaken(id.Value, rejection.GetType().Name));
        return applied.MatchUnsafe<Invoice?>(Right: invoice => invoice, Left: _ => null);
    }

    /// <summary>The end of the period under way; none when the installation's last invoice is made.</summary>
    private static DateTimeOffset? NextDueAt(BillingAccount account, DateTimeOffset now) =>
        account.Life.End.Exists(end => end <= now) ? null : BillingPeriod.Containing(now, account.Anchor).End;

    /// <param name="IsSilence">Vercel did not answer, so that it would not answer to another invoice either.</param>
    private sealed record Wait(string Reason, TimeSpan Delay, bool IsSilence = false);

    [LoggerMessage(Level = LogLevel.Error, Message = "Invoicing of installation {InstallationId} failed at attempt {Attempt}; it is tried again")]
    private partial void Failed(Exception fault, string installationId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "The invoice of installation {InstallationId} for the period from {PeriodStart} cannot be made: {Reasons}")]
    private partial void NotDrafted(string installationId, DateTimeOffset periodStart, string reasons);

    [LoggerMessage(Level = LogLevel.Error, Message = "Vercel refused invoice {ExternalId} of installation {InstallationId}: {Reasons}")]
    private partial void InvoiceRefused(string externalId, string installationId, string reasons);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Invoice {ExternalId} waits, because Vercel does not accept the token of installation {InstallationId}: {Reason}")]
    private partial void NoAccess(string externalId, string installationId, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "News of invoice {ExternalId} had come before: {Rejection}")]
    private partial void Overtaken(string externalId, string rejection);
}
