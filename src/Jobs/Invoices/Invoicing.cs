using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Time;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Usage;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Invoices;

/// <summary>
/// Drafts the invoice of every period that is over and submits it: recorded before it leaves, and looked up before it leaves again.
/// Source: contract §D.8.
/// </summary>
public sealed partial class Invoicing(IInvoices invoices, IVercel vercel, ILogger<Invoicing> log) : IScheduledJob
{
    private const int InstallationsMax = 16;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Usage is reported within moments; then the invoice can go.</summary>
    private static readonly TimeSpan UsageGrace = TimeSpan.FromSeconds(1);

    /// <summary>What a person has to mend is looked at again now and then.</summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromMinutes(15);

    public string Id => "invoices";

    public JobSchedule Schedule => JobSchedule.EverySeconds(10);

    public async Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        while (await invoices.Claim(now, InstallationsMax, Lease, cancel) is { Count: > 0 } claimed)
            await Task.WhenAll(claimed.Select(work => InvoiceOne(work, now, cancel)));
    }

    /// <summary>One installation's fault is its own: it is tried again later, and delays nobody else.</summary>
    private async Task InvoiceOne(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var account = await invoices.Load(work.Installation, now, cancel);
            if (await Draft(account, now, cancel) is { } wait)
            {
                await invoices.Postpone(work.Installation, wait.Reason, wait.Delay, cancel);
                return;
            }

            if (await Submit(work, now, cancel) is { } retry)
            {
                await invoices.Postpone(work.Installation, retry.Reason, retry.Delay, cancel);
                return;
            }

            await invoices.Done(work, NextDueAt(account, now), cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, work.Installation.Value, work.Attempts);
            await invoices.Postpone(work.Installation, fault.GetType().Name, Retries.After(work.Attempts), cancel);
        }
    }

    /// <summary>Null when every period that is over has its invoice.</summary>
    private async Task<Wait?> Draft(BillingAccount account, DateTimeOffset now, CancellationToken cancel)
    {
        var history = account.Invoices;
        foreach (var due in InvoicesDue.At(account.Life, account.Anchor, history.Map(invoice => invoice.Content.Period), now))
        {
            var decided = InvoiceDraft.For(
                account.Installation, due, account.Life, account.Resources, history, account.Slots, now);
            if (decided.Case is LeftCase<Seq<InvoiceLimit>, Core.Transition<Invoice, InvoiceEvent>>(var limits))
                return Hindered(account.Installation, due, limits);

            var drafted = decided.IfLeft(() => throw new UnreachableException());
            await invoices.Draft(account.Installation, drafted, cancel);
            history = history.Add(drafted.Next);
        }

        return null;
    }

    private Wait Hindered(InstallationId installation, InvoiceDue due, Seq<InvoiceLimit> limits)
    {
        if (limits.ForAll(limit => limit is InvoiceLimit.UsageNotReported))
            return new Wait("the usage of the period is not reported yet", UsageGrace);

        var reasons = string.Join("; ", limits.Select(limit => limit.ToString()));
        NotDrafted(installation.Value, due.Period.Start, reasons);
        return new Wait(reasons, Stuck);
    }

    /// <summary>Null when nothing is left to send.</summary>
    private async Task<Wait?> Submit(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        var account = await invoices.Load(work.Installation, now, cancel);
        foreach (var invoice in account.Invoices.Where(invoice => invoice is Invoice.Drafted or Invoice.Submitted))
        {
            if (await Submit(work, invoice, cancel) is { } wait)
                return wait;
        }

        return null;
    }

    private async Task<Wait?> Submit(ClaimedWork work, Invoice invoice, CancellationToken cancel)
    {
        var (installation, id) = (work.Installation, invoice.Content.ExternalId);
        // Recorded first: whoever comes after a crash knows that Vercel may have it.
        await Apply(installation, id, new InvoiceCommand.Submit(), cancel);
        switch (await vercel.SubmitInvoice(invoice.Content, cancel))
        {
            case VercelAnswer<InvoiceReceipt>.Accepted(InvoiceReceipt.Taken taken):
                await Apply(installation, id, new InvoiceCommand.Observe(taken.Id, new InvoiceObservation.Open()), cancel);
                return null;
            case VercelAnswer<InvoiceReceipt>.Accepted(InvoiceReceipt.Duplicate):
                // Vercel has it from an attempt whose answer was lost. Its webhooks name both ids.
                return new Wait("Vercel has this invoice; its id comes by webhook", Stuck);
            case VercelAnswer<InvoiceReceipt>.Accepted(InvoiceReceipt.Invalid invalid):
                return await Refuse(installation, id, invalid.Errors, cancel);
            case VercelAnswer<InvoiceReceipt>.Unknown unknown:
                return new Wait(unknown.Reason, unknown.RetryAfter ?? Retries.After(work.Attempts));
            case VercelAnswer<InvoiceReceipt>.Refused refused:
                return await Refuse(installation, id, Prelude.Seq1($"{refused.Status}: {refused.Reason}"), cancel);
            case VercelAnswer<InvoiceReceipt>.NotFound missing:
                return await Refuse(installation, id, Prelude.Seq1($"404: {missing.Reason}"), cancel);
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

    private async Task Apply(InstallationId installation, ExternalInvoiceId id, InvoiceCommand command, CancellationToken cancel) =>
        (await invoices.Apply(installation, id, command, cancel)).IfLeft(rejection => Overtaken(id.Value, rejection.GetType().Name));

    /// <summary>The end of the period under way; none when the installation's last invoice is made.</summary>
    private static DateTimeOffset? NextDueAt(BillingAccount account, DateTimeOffset now) =>
        account.Life.End.Exists(end => end <= now) ? null : BillingPeriod.Containing(now, account.Anchor).End;

    private sealed record Wait(string Reason, TimeSpan Delay);

    [LoggerMessage(Level = LogLevel.Error, Message = "Invoicing of installation {InstallationId} failed at attempt {Attempt}; it is tried again")]
    private partial void Failed(Exception fault, string installationId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "The invoice of installation {InstallationId} for the period from {PeriodStart} cannot be made: {Reasons}")]
    private partial void NotDrafted(string installationId, DateTimeOffset periodStart, string reasons);

    [LoggerMessage(Level = LogLevel.Error, Message = "Vercel refused invoice {ExternalId} of installation {InstallationId}: {Reasons}")]
    private partial void InvoiceRefused(string externalId, string installationId, string reasons);

    [LoggerMessage(Level = LogLevel.Information, Message = "News of invoice {ExternalId} had come before: {Rejection}")]
    private partial void Overtaken(string externalId, string rejection);
}
