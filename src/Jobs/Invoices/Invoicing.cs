using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
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

    private static readonly TimeSpan LookAgain = TimeSpan.FromHours(1);

    /// <summary>Vercel tells nothing any more: only a webhook that comes all the same, or a person, can.</summary>
    private static readonly TimeSpan SayAgain = TimeSpan.FromDays(1);

    public string Id => "invoices";

    public string Does => "Draws up the invoices of periods that are over, and submits them to Vercel.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(10);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(
            Id, max => schedule.Claim(BillingWork.Invoices, now, max, Lease, cancel), InstallationsMax, work => work.Installation, work => InvoiceOne(work, now, cancel), cancel);

    /// <summary>One installation's fault is its own: it is tried again later, and delays nobody else.</summary>
    private async Task InvoiceOne(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var loaded = await Mend(await invoices.Load(work.Installation, now, cancel), now, cancel);
            var (undrafted, account) = await Draft(work, loaded, now, cancel);
            // What is drafted leaves, whatever keeps another period from its draft.
            var (unsent, sent) = await Submit(work, account, now, cancel);
            if ((unsent ?? undrafted) is { } wait)
                await (wait.IsForToken ? schedule.AwaitToken(work, wait.Reason, cancel) : schedule.Postpone(work, wait.Reason, wait.Delay, cancel));
            else
                await schedule.Done(work, NextDueAt(sent, now), cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, work.Installation.Value, work.Attempts);
            await schedule.Postpone(work, fault.GetType().Name, Retries.After(work.Attempts), cancel);
        }
    }

    /// <summary>
    /// The account with the new drafts; nothing to wait for when everything that is due is drafted. One after the other, because each
    /// follows from what those before it have billed, carried and given back.
    /// </summary>
    private async Task<(Wait? Wait, BillingAccount Account)> Draft(
        ClaimedWork work, BillingAccount account, DateTimeOffset now, CancellationToken cancel)
    {
        while (InvoicesDue.At(account.Invoiced, now).HeadOrNone().Case is SomeCase<InvoiceDue>(var due))
        {
            var decided = InvoiceDraft.For(account.Invoiced, due, now);
            // Drafted from what there is once nothing can be added any more, so that all that is used is on this invoice or a later one.
            if (decided.IsRight && due is InvoiceDue.PeriodEnd end)
            {
                account = await invoices.Close(account.Installation, end, now, cancel);
                decided = InvoiceDraft.For(account.Invoiced, due, now);
            }

            if (decided.Case is LeftCase<Seq<InvoiceLimit>, Seq<Core.Transition<Invoice, InvoiceEvent>>>(var limits))
                return (Hindered(work, due, limits), account);

            var drafted = decided.IfLeft(() => throw new UnreachableException());
            await invoices.Draft(account.Installation, drafted, cancel);
            account = account with { Invoices = (account.Invoices + drafted.Map(one => one.Next).Strict()).Strict() };
            Note(account, due, drafted.Map(one => one.Next));
        }

        return (null, account);
    }

    private Wait Hindered(ClaimedWork work, InvoiceDue due, Seq<InvoiceLimit> limits)
    {
        if (limits.ForAll(limit => limit is InvoiceLimit.UsageNotReported))
            return new Wait("the usage of the period is not reported yet", Retries.Soon(work.Attempts));

        var reasons = string.Join("; ", limits.Select(limit => limit.ToString()));
        NotDrafted(work.Installation.Value, due.Period.Start, reasons);
        return new Wait(reasons, Stuck);
    }

    /// <summary>Money that somebody loses is worth a word to whoever runs this.</summary>
    private void Note(BillingAccount account, InvoiceDue due, Seq<Invoice> drafted)
    {
        foreach (var invoice in drafted.Where(one => one is Invoice.Skipped { Rest: SmallTotal.Waived }))
            GivenAway(invoice.Content.ExternalId.Value, account.Installation.Value, invoice.Content.Total.Amount);

        if (due is InvoiceDue.PeriodEnd { Final: true } && account.Invoiced.OpenCredits is { IsEmpty: false } owed)
            NotGivenBack(account.Installation.Value, Usd.Sum(owed.Map(credit => credit.Amount)).Amount);
    }

    /// <summary>What Vercel refused is drafted anew once it would say something else: somebody has mended the catalogue.</summary>
    private async Task<BillingAccount> Mend(BillingAccount account, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var refused in account.Invoices.OfType<Invoice.Refused>())
        {
            // Each by what its own period's closing knew, so that nothing late is on two of them, or on this one and the next.
            var closed = await invoices.AsClosed(account.Installation, refused.Content.BillingPeriod, now, cancel);
            if (InvoiceDraft.Again(closed.Invoiced, refused.Content).Case is SomeCase<InvoiceCommand.Redraft>(var redraft)
                && redraft.Content != refused.Content
                && await Apply(account.Installation, redraft.Content.ExternalId, redraft, cancel) is { } redrafted)
            {
                var id = redraft.Content.ExternalId.Value;
                if (redraft.Rest.IsNone)
                    DraftedAnew(id, account.Installation.Value);
                else
                    TooLittle(id, account.Installation.Value, redraft.Content.Total.Amount);
                account = account with { Invoices = account.Invoices.Map(one => one == refused ? redrafted : one).Strict() };
            }
        }

        return account;
    }

    /// <summary>Nothing to wait for when nothing is left to send; and the account with what was refused, or is there already.</summary>
    private async Task<(Wait? Wait, BillingAccount Account)> Submit(
        ClaimedWork work, BillingAccount account, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var silent in account.Invoices.OfType<Invoice.Known>().Where(known => known.IsSilent(now)))
            NeverTold(silent.Content.ExternalId.Value, work.Installation.Value, silent.KnownSince);

        Wait? wait = null;
        var answered = Seq<Invoice>.Empty;
        foreach (var invoice in account.Invoices.Where(invoice =>
            invoice is Invoice.Drafted or Invoice.Submitted || (invoice is Invoice.Known known && !known.IsSilent(now))))
        {
            var unsent = await Submit(work, account, invoice, cancel);
            if (unsent is { Answered: { } answer })
            {
                answered = answered.Add(answer);
                continue;
            }

            wait ??= unsent;
            // Where Vercel does not answer, the next one would only wait as long.
            if (unsent is { IsSilence: true })
                break;
        }

        return (wait, account with { Invoices = (account.Invoices + answered).Strict() });
    }

    /// <summary>Null when it was sent, or is there already.</summary>

    private async Task<Wait?> Submit(ClaimedWork work, BillingAccount account, Invoice invoice, CancellationToken cancel)
    {
        var (installation, id) = (work.Installation, invoice.Content.ExternalId);
        // Recorded first: whoever comes after a crash knows that Vercel may have it. News of it may have come meanwhile.
        if (await Apply(installation, id, new InvoiceCommand.Submit(), cancel) is not (Invoice.Submitted or Invoice.Known))
            return null;

        switch (await vercel.SubmitInvoice(invoice.Content, cancel))
        {
            case VercelAnswer<InvoiceReceipt>.Accepted(InvoiceReceipt.Taken taken):
                await Apply(installation, id, new InvoiceCommand.Observe(taken.Id, new InvoiceObservation.Open()), cancel);
                return null;
            case VercelAnswer<InvoiceReceipt>.Accepted(InvoiceReceipt.Conflict conflict) when IsDuplicate(conflict.Reason, invoice):
                // From an attempt whose answer was lost. Its own name for it comes by webhook; only by ours can we ask, and have asked.
                return await Apply(installation, id, new InvoiceCommand.FindThere(), cancel) is Invoice.Known found
                    ? new Wait("Vercel has not told its name yet", LookAgain) { Answered = found }
                    : null;
            case VercelAnswer<InvoiceReceipt>.Accepted(InvoiceReceipt.Conflict conflict):
                return await Refuse(invoice.Content, Prelude.Seq1($"409: {conflict.Reason}"), cancel);
            case VercelAnswer<InvoiceReceipt>.Accepted(InvoiceReceipt.Invalid invalid):
                return await Refuse(invoice.Content, invalid.Errors, cancel);
            case VercelAnswer<InvoiceReceipt>.Unknown unknown:
                return new Wait(unknown.Reason, Retries.After(work.Attempts, unknown.RetryAfter), IsSilence: true);
            case VercelAnswer<InvoiceReceipt>.Refused refused:
                return await Refuse(invoice.Content, Prelude.Seq1($"{refused.Status}: {refused.Reason}"), cancel);
            case VercelAnswer<InvoiceReceipt>.NotFound missing:
                return await Refuse(invoice.Content, Prelude.Seq1($"404: {missing.Reason}"), cancel);
            case VercelAnswer<InvoiceReceipt>.TokenRefused refused:
                NoAccess(id.Value, installation.Value, refused.Reason);
                return new Wait(refused.Reason, Stuck) { IsForToken = true };
            case VercelAnswer<InvoiceReceipt>.Gone gone when account.Life.End.IsNone:
                // Nobody has told us of an uninstall: it is our token that is wrong, and a new one may come.
                NoAccess(id.Value, installation.Value, gone.Reason);
                return new Wait(gone.Reason, Stuck) { IsForToken = true };
            case VercelAnswer<InvoiceReceipt>.Gone gone:
                return await Refuse(invoice.Content, Prelude.Seq1(gone.Reason), cancel);
            case var other:
                throw new UnreachableException(other.GetType().Name);
        }
    }

    /// <summary>
    /// Vercel's words for a duplicate are not published: it is one that speaks of our name or, where it may have left before, of what is
    /// there already. What leaves for the first time is no duplicate of itself: somebody has been billed for the period by another.
    /// </summary>
    private static bool IsDuplicate(string reason, Invoice invoice)
    {
        string[] ofOurName = ["externalId", "external id", invoice.Content.ExternalId.Value];
        string[] ofWhatIsThere = invoice is Invoice.Drafted ? [] : ["duplicate", "already"];
        return ofOurName.Concat(ofWhatIsThere).Any(word => reason.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    private async Task<Wait?> Refuse(InvoiceContent invoice, Seq<string> reasons, CancellationToken cancel)
    {
        InvoiceRefused(
            invoice.ExternalId.Value, invoice.Installation.Value, string.Join("; ", InvoiceMistake.All(reasons, invoice).Select(one => one.ToString())));
        return await Apply(invoice.Installation, invoice.ExternalId, new InvoiceCommand.Refuse(reasons), cancel) is Invoice.Refused refused
            ? new Wait("Vercel refused it", Stuck) { Answered = refused }
            : null;
    }

    /// <summary>The invoice as it is afterwards; null when news of it had made the command pointless.</summary>
    private async Task<Invoice?> Apply(InstallationId installation, ExternalInvoiceId id, InvoiceCommand command, CancellationToken cancel)
    {
        var applied = await invoices.Apply(installation, id, command, cancel);
        applied.IfLeft(rejection => Overtaken(id.Value, rejection.GetType().Name));
        return applied.MatchUnsafe<Invoice?>(Right: invoice => invoice, Left: _ => null);
    }

    /// <summary>The next plan that was taken up or the end of the period under way; none when the installation's last invoice is made.</summary>
    private static DateTimeOffset? NextDueAt(BillingAccount account, DateTimeOffset now) =>
        InvoicesDue.Next(account.Invoiced, now)
            .Map(next => account.Invoices.OfType<Invoice.Known>().Aggregate(
                next, (first, known) => Earlier(first, now + (known.IsSilent(now) ? SayAgain : LookAgain))))
            .Map(next => Earlier(next, account.Invoices.Exists(invoice => invoice is Invoice.Refused) ? now + Stuck : next))
            .MatchUnsafe<DateTimeOffset?>(next => next, () => null);

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    /// <param name="IsSilence">Vercel did not answer, so that it would not answer to another invoice either.</param>
    private sealed record Wait(string Reason, TimeSpan Delay, bool IsSilence = false)
    {
        /// <summary>Present where nothing but a mended catalogue or a webhook can help, so that other work does not wait.</summary>
        public Invoice? Answered { get; init; }

        /// <summary>Vercel does not take the installation's token: another one ends the wait at once.</summary>
        public bool IsForToken { get; init; }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Invoicing of installation {InstallationId} failed at attempt {Attempt}; it is tried again")]
    private partial void Failed(Exception fault, string installationId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "The invoice of installation {InstallationId} for the period from {PeriodStart} cannot be made: {Reasons}")]
    private partial void NotDrafted(string installationId, DateTimeOffset periodStart, string reasons);

    [LoggerMessage(Level = LogLevel.Error, Message = "Vercel refused invoice {ExternalId} of installation {InstallationId}: {Reasons}")]
    private partial void InvoiceRefused(string externalId, string installationId, string reasons);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Vercel has invoice {ExternalId} of installation {InstallationId} since {KnownSince} and has not told what became of it: look there")]
    private partial void NeverTold(string externalId, string installationId, DateTimeOffset knownSince);

    [LoggerMessage(Level = LogLevel.Information, Message = "Invoice {ExternalId} of installation {InstallationId} is drafted anew, and sent again")]
    private partial void DraftedAnew(string externalId, string installationId);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Invoice {ExternalId} of installation {InstallationId} is drafted anew, and not sent: by now it comes to {Amount} dollars")]
    private partial void TooLittle(string externalId, string installationId, decimal amount);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Amount} dollars of {ExternalId} of installation {InstallationId} are billed to nobody")]
    private partial void GivenAway(string externalId, string installationId, decimal amount);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Installation {InstallationId} ends with a credit of {Amount} dollars that no invoice can give back: refund it while its token lives")]
    private partial void NotGivenBack(string installationId, decimal amount);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Invoice {ExternalId} waits, because Vercel does not accept the token of installation {InstallationId}: {Reason}")]
    private partial void NoAccess(string externalId, string installationId, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "News of invoice {ExternalId} had come before: {Rejection}")]
    private partial void Overtaken(string externalId, string rejection);
}
