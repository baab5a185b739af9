using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Usage;

/// <summary>
/// Reports every hour of every installation to Vercel, by the slot ledger: what is due follows from the data and the clock, so that
/// after an outage the next run catches up. Source: contract §D.7.
/// </summary>
public sealed partial class HourlyUsageSubmission(
    IBillingSchedule schedule, IUsageLedger ledger, Provisioners provisioners, IVercel vercel, ILogger<HourlyUsageSubmission> log) : IScheduledJob
{
    private const int InstallationsMax = 16;

    /// <summary>Of one installation at a time: a large one must not take every connection.</summary>
    private const int MetersMax = 4;

    /// <summary>Longer than hours that are told late, or many meters that do not answer, take; whoever comes early after all tells the same.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>A missed hour can only be told within a day; the ledger is read a little further back, for the period's edge.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(2);

    public string Id => "usage";

    public string Does => "Tells Vercel the usage and the interim bill of every installation, for every hour.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(5);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(
            Id, max => schedule.Claim(BillingWork.Usage, now, max, Lease, cancel), InstallationsMax, work => work.Installation, work => Report(work, now, cancel), cancel);

    /// <summary>One installation's fault is its own: it is tried again later, and delays nobody else.</summary>
    private async Task Report(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            if (await ledger.Open(work.Installation, now, cancel) is not { } open)
            {
                await schedule.Postpone(
                    work, "a deleted resource is still to be read for the last time", Retries.Soon(work.Attempts), cancel);
                return;
            }

            var account = await open.Read(await Measure(open.Resources, now, cancel), OldestHour(work, now), cancel);
            await BurnPrepaid(work, account, now, cancel);
            await Submit(work, account, now, cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, work.Installation.Value, work.Attempts);
            await schedule.Postpone(work, fault.GetType().Name, Retries.After(work.Attempts), cancel);
        }
    }

    private async Task<Seq<Measurement>> Measure(IReadOnlyList<MeasuredResource> resources, DateTimeOffset now, CancellationToken cancel)
    {
        var read = new Seq<Measurement>[resources.Count];
        await Parallel.ForAsync(
            0, resources.Count, new ParallelOptions { MaxDegreeOfParallelism = MetersMax, CancellationToken = cancel },
            async (at, token) => read[at] = await Measure(resources[at], now, token));
        return read.SelectMany(of => of).ToSeq().Strict();
    }

    /// <summary>A meter that cannot be read now is read the next hour: the totals make good for it.</summary>
    private async Task<Seq<Measurement>> Measure(MeasuredResource measured, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            return await Meter.Read(provisioners.Named(measured.Provisioner), measured.Resource, now, cancel);
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            NotMeasured(fault, measured.Resource.Id.Value);
            return Seq<Measurement>.Empty;
        }
    }

    /// <summary>
    /// Sends hour after hour, and writes down once what became of them all. Whoever comes after a crash in between sends them again, which
    /// does no harm.
    /// </summary>
    private async Task Submit(ClaimedWork work, BillingAccount account, DateTimeOffset now, CancellationToken cancel)
    {
        var since = OldestHour(work, now);
        var (changed, told) = (Seq<UsageSlot>.Empty, Seq<ToldDay>.Empty);
        foreach (var due in SlotLedger.ToSend(work.Installation, account.Life, account.Anchor, account.Slots, now))
        {
            var submission = UsageSubmission.For(work.Installation, due.Slot, account.Life, account.Anchor, account.Billed);
            var sent = Next(due, new UsageSlotCommand.Send(), now);
            switch (await vercel.SubmitBillingData(submission, cancel))
            {
                case VercelAnswer<Nothing>.Accepted:
                    Change(Confirmed(account, sent, since, now));
                    Tell(ToldDay.Of(submission, account.Life, account.Billed));
                    break;
                case VercelAnswer<Nothing>.Unknown unknown:
                    // It may have arrived; sending the same totals again does no harm, so the entry stays due.
                    var delay = Retries.After(work.Attempts, unknown.RetryAfter);
                    NotSent(work.Installation.Value, due.Slot.Start, unknown.Reason);
                    await ledger.Postpone(work, Found(), unknown.Reason, delay, cancel);
                    return;
                case VercelAnswer<Nothing>.Refused refused:
                    Change(Refused(sent, $"{refused.Status}: {refused.Reason}", now));
                    break;
                case VercelAnswer<Nothing>.NotFound missing:
                    Change(Refused(sent, $"404: {missing.Reason}", now));
                    break;
                case VercelAnswer<Nothing>.TokenRefused refused:
                    // The hours stay due: with a new token they can still be told.
                    NoAccess(work.Installation.Value, due.Slot.Start, refused.Reason);
                    await ledger.AwaitToken(work, Found(), refused.Reason, cancel);
                    return;
                case VercelAnswer<Nothing>.Gone gone:
                    Change(Refused(sent, gone.Reason, now));
                    break;
                case var other:
                    throw new UnreachableException(other.GetType().Name);
            }
        }

        Change(GivenUp(account, since, now));
        await ledger.Done(work, Found(), NextDueAt(account.Life, now), cancel);

        // Later hours of the same run follow from it.
        void Change(Seq<UsageSlot> slots)
        {
            changed = Changed(changed, slots);
            account = account with { Slots = Changed(account.Slots, slots) };
        }

        // The last report of a day says all that those before it said.
        void Tell(ToldDay day) => told = told.Filter(known => known.Day != day.Day).Add(day).Strict();

        LedgerChanges Found() => new(changed, told);
    }

    /// <summary>The meters are read: now it is known what prepaid money is used up. What Vercel says to the report does not matter for it.</summary>
    private async Task BurnPrepaid(ClaimedWork work, BillingAccount account, DateTimeOffset now, CancellationToken cancel)
    {
        var recent = PrepaidCharges.Periods(account.Anchor, work.DueAt, now);
        if (account.Billed.IsPrepaidIn(new TimeRange(recent.Head.Start, now)))
            await schedule.Begin(work.Installation, BillingWork.Balances, work.DueAt, cancel);
    }

    /// <summary>A full hour, before which nothing is left to tell.</summary>
    private static DateTimeOffset OldestHour(ClaimedWork work, DateTimeOffset now)
    {
        var oldestDue = work.DueAt.AddHours(-1);
        return HourSlot.Of(oldestDue < now - LookBack ? oldestDue : now - LookBack).Start;
    }

    private Seq<UsageSlot> Refused(UsageSlot sent, string reason, DateTimeOffset now)
    {
        SlotRefused(sent.Installation.Value, sent.Slot.Start, reason);
        return Prelude.Seq1(Next(sent, new UsageSlotCommand.Refuse(reason), now));
    }

    /// <summary>
    /// An hour that cannot be told any more is on record as such, so that the ledger has no gap that nobody explains. What a later report
    /// of its period makes good is superseded by then; what none can is lost.
    /// </summary>
    private Seq<UsageSlot> GivenUp(BillingAccount account, DateTimeOffset since, DateTimeOffset now)
    {
        var periods = BillingPeriod.Overlapping(new TimeRange(since, now), account.Anchor);
        var lost = periods.Bind(period => SlotLedger.Lost(account.Life.From(since), period, account.Slots, now)).Strict();
        if (!lost.IsEmpty)
            HoursLost(account.Installation.Value, lost.Count, lost.Head.Start);

        return periods
            .Bind(period => SlotLedger.Missed(account.Life.From(since), period, account.Slots, now)
                .Map<UsageSlot>(slot => new UsageSlot.Due(account.Installation, slot, period)))
            .Map(slot => Next(slot, new UsageSlotCommand.GiveUp("it cannot be reported any more"), now))
            .Strict();
    }

    private static Seq<UsageSlot> Changed(Seq<UsageSlot> known, Seq<UsageSlot> changed) =>
        (known.Filter(before => !changed.Exists(slot => slot.Slot == before.Slot)) + changed).Strict();

    /// <summary>The confirmed report includes every earlier hour of its period that never arrived.</summary>
    /// <param name="since">All hours before it are in the ledger, whether they are loaded or not.</param>
    private static Seq<UsageSlot> Confirmed(BillingAccount account, UsageSlot sent, DateTimeOffset since, DateTimeOffset now)
    {
        var confirmed = Next(sent, new UsageSlotCommand.Confirm(), now);
        var missed = SlotLedger.Missed(account.Life.From(since), sent.Period, account.Slots, now)
            .Map<UsageSlot>(slot => new UsageSlot.Due(account.Installation, slot, sent.Period));
        var unconfirmed = account.Slots.Filter(slot =>
            slot is UsageSlot.Refused or UsageSlot.Dead or UsageSlot.Sent && slot.Period == sent.Period);
        return (missed + unconfirmed)
            .Filter(slot => slot.Slot.Start < sent.Slot.Start)
            .Map(slot => Next(slot, new UsageSlotCommand.Supersede(sent.Slot), now))
            .Add(confirmed)
            .Strict();
    }

    private static UsageSlot Next(UsageSlot current, UsageSlotCommand command, DateTimeOffset now) =>
        UsageSlotTransitions.Apply(current, command, now).Match(
            Right: transition => transition.Next,
            Left: rejection => throw new UnreachableException($"{current.GetType().Name}: {rejection.GetType().Name}"));

    /// <summary>The end of the hour under way, or of the life if that comes first; none when the last report is sent.</summary>
    private static DateTimeOffset? NextDueAt(Lifetime life, DateTimeOffset now)
    {
        var hour = HourSlot.Of(now);
        return life.End.Exists(end => end <= now) ? null : hour.DueAt(life);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Usage of installation {InstallationId} could not be reported at attempt {Attempt}; it is tried again")]
    private partial void Failed(Exception fault, string installationId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Resource {ResourceId} could not be measured; the next hour's reading makes good for it")]
    private partial void NotMeasured(Exception fault, string resourceId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Usage of installation {InstallationId} for {Slot} got no answer: {Reason}; it is sent again")]
    private partial void NotSent(string installationId, DateTimeOffset slot, string reason);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Usage of installation {InstallationId} for {Slot} waits, because Vercel does not accept its token: {Reason}")]
    private partial void NoAccess(string installationId, DateTimeOffset slot, string reason);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "{Hours} hours of installation {InstallationId}, the first at {Slot}, were never reported, and Vercel takes them no more")]
    private partial void HoursLost(string installationId, int hours, DateTimeOffset slot);

    [LoggerMessage(Level = LogLevel.Error, Message = "Vercel refused the usage of installation {InstallationId} for {Slot}: {Reason}")]
    private partial void SlotRefused(string installationId, DateTimeOffset slot, string reason);
}
