using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Refunds;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Settlement;

/// <summary>
/// Follows every invoice to its end: sends refunds, asks Vercel how open invoices stand, because a webhook is only a hint and may be lost,
/// and brings about what unpaid ones lead to. Source: contract §D.8, §E.14, §F.
/// </summary>
public sealed partial class InvoiceSettlement(
    IBillingSchedule schedule, ISettlement settlement, IVercel vercel, ILogger<InvoiceSettlement> log) : IScheduledJob
{
    private const int InstallationsMax = 16;

    private const int Conflict = 409;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    public string Id => "settlement";

    public string Does => "Follows every invoice to its end: sends refunds, asks Vercel how open ones stand, and acts on those that are not paid.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(5);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(
            Id, max => schedule.Claim(BillingWork.Settlement, now, max, Lease, cancel), InstallationsMax, work => work.Installation, work => Settle(work, now, cancel), cancel);

    /// <summary>One installation's fault is its own: it is tried again later, and delays nobody else.</summary>
    private async Task Settle(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var wait = await Ask(work, now, cancel);
            // Time leads on whether Vercel answers or not.
            var next = await settlement.Follow(work.Installation, now, cancel);
            if (wait is null)
                await schedule.Done(work, next, cancel);
            else
                await schedule.PutOff(work, wait, cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, work.Installation.Value, work.Attempts);
            await schedule.Postpone(work, fault.GetType().Name, Retries.After(work.Attempts), cancel);
        }
    }

    /// <summary>Null when Vercel has answered to all there was to ask. Where it does not answer, the next question would only wait as long.</summary>
    private async Task<Wait?> Ask(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        var unsettled = await settlement.Load(work.Installation, now, cancel);
        foreach (var (refund, invoice) in unsettled.Refunds)
        {
            if (await SendOrLook(work, refund, invoice, now, cancel) is { } wait)
                return wait;
        }

        foreach (var look in unsettled.Looks)
        {
            if ((await Look(work, look, now, cancel)).Wait is { } wait)
                return wait;
        }

        return null;
    }

    /// <summary>What may have arrived is looked for before it is sent again: a refund that is sent twice is paid twice.</summary>
    private async Task<Wait?> SendOrLook(ClaimedWork work, Refund refund, InvoiceLook invoice, DateTimeOffset now, CancellationToken cancel)
    {
        var isRepeat = refund is Refund.Sent;
        if (isRepeat)
        {
            var (wait, unanswered) = await Look(work, invoice, now, cancel);
            if (wait is not null || unanswered is not Refund.Sent)
                return wait;
        }

        // Recorded first: whoever comes after a crash knows that Vercel may have it. One that may still arrive is not sent again yet.
        var (terms, lastSentAt) = (refund.Terms, refund is Refund.Sent before ? before.SentAt : Option<DateTimeOffset>.None);
        if (!await settlement.Apply(work.Installation, refund, new RefundCommand.Send(lastSentAt), now, cancel))
            return null;

        switch (await vercel.Refund(work.Installation, invoice.VercelId, terms.Amount, terms.Reason, cancel))
        {
            case VercelAnswer<Nothing>.Accepted:
                await settlement.Apply(work.Installation, refund, new RefundCommand.Accept(), now, cancel);
                return null;
            case VercelAnswer<Nothing>.Unknown unknown:
                return Silence(work, unknown.Reason, unknown.RetryAfter);
            case VercelAnswer<Nothing>.Refused { Status: Conflict } refused when isRepeat:
                // The first one came in between.
                var (silence, still) = await Look(work, invoice, now, cancel);
                return silence ?? (still is Refund.Sent ? await Fail(work, refund, refused.Reason, now, cancel) : null);
            case VercelAnswer<Nothing>.Refused refused:
                return await Fail(work, refund, $"{refused.Status}: {refused.Reason}", now, cancel);
            case VercelAnswer<Nothing>.NotFound missing:
                return await Fail(work, refund, $"404: {missing.Reason}", now, cancel);
            case VercelAnswer<Nothing>.TokenRefused refused:
                NoAccess(work.Installation.Value, refused.Reason);
                return new Wait.ForToken(refused.Reason);
            case VercelAnswer<Nothing>.Gone gone:
                NoAccess(work.Installation.Value, gone.Reason);
                return new Wait.ForToken(gone.Reason);
            case var other:
                throw new UnreachableException(other.GetType().Name);
        }
    }

    /// <summary>With the refund of the invoice that is still without an answer, when there is one.</summary>
    private async Task<(Wait? Wait, Refund? Unanswered)> Look(ClaimedWork work, InvoiceLook look, DateTimeOffset now, CancellationToken cancel)
    {
        switch (await vercel.ReadInvoice(work.Installation, look.VercelId, cancel))
        {
            case VercelAnswer<InvoiceReading>.Accepted(var reading):
                return (null, await settlement.Observe(look, reading, now, cancel));
            case VercelAnswer<InvoiceReading>.Unknown unknown:
                return (Silence(work, unknown.Reason, unknown.RetryAfter), null);
            case VercelAnswer<InvoiceReading>.TokenRefused refused:
                NoAccess(work.Installation.Value, refused.Reason);
                return (new Wait.ForToken(refused.Reason), null);
            case VercelAnswer<InvoiceReading>.Gone gone:
                NoAccess(work.Installation.Value, gone.Reason);
                return (new Wait.ForToken(gone.Reason), null);
            case VercelAnswer<InvoiceReading>.Refused or VercelAnswer<InvoiceReading>.NotFound:
                Missing(look.Id.Value, look.VercelId.Value, work.Installation.Value);
                await settlement.Missed(look, now, cancel);
                return (null, null);
            case var other:
                throw new UnreachableException(other.GetType().Name);
        }
    }

    private async Task<Wait?> Fail(ClaimedWork work, Refund refund, string reason, DateTimeOffset now, CancellationToken cancel)
    {
        RefundRefused(refund.Terms.Id.Value, refund.Terms.Invoice.Value, work.Installation.Value, reason);
        await settlement.Apply(work.Installation, refund, new RefundCommand.Fail(reason), now, cancel);
        return null;
    }

    private static Wait Silence(ClaimedWork work, string reason, TimeSpan? retryAfter) =>
        new Wait.For(reason, Retries.After(work.Attempts, retryAfter));

    [LoggerMessage(Level = LogLevel.Error, Message = "The invoices of installation {InstallationId} could not be followed at attempt {Attempt}; it is tried again")]
    private partial void Failed(Exception fault, string installationId, int attempt);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The invoices of installation {InstallationId} cannot be followed, because Vercel does not accept its token: {Reason}")]
    private partial void NoAccess(string installationId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Vercel does not show invoice {ExternalId} ({VercelId}) of installation {InstallationId}, which it had taken")]
    private partial void Missing(string externalId, string vercelId, string installationId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Vercel refused refund {RefundId} of invoice {ExternalId} of installation {InstallationId}: {Reason}")]
    private partial void RefundRefused(string refundId, string externalId, string installationId, string reason);
}
