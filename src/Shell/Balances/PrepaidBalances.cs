using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Balances;
using Marketplace.Core.Installations;
using Marketplace.Core.Notifications;
using Marketplace.Core.ProviderEvents;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Jobs.Balances;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderEvents;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Usage;
using Npgsql;

namespace Marketplace.Shell.Balances;

/// <summary>Prepaid money in PostgreSQL: what is used up is taken, and what is left decides, in one transaction.</summary>
internal sealed class PrepaidBalances(NpgsqlDataSource database, BillingAccounts accounts, Fulfilment fulfilment) : IPrepaidBalances
{
    private static readonly Actor Worker = Actor.Worker("balances");

    public async Task<BalanceStatement> Settle(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        // Purchases of the installation wait, so that each entry goes on from the one before, and each statement is newer than the last.
        var installation = await InstallationRows.LoadForUpdate(transaction, work.Installation, cancel)
            ?? throw new CorruptRowException("installation", work.Installation.Value, "it has billing to do, but it is gone");
        var account = await accounts.Load(
            transaction, work.Installation, bare => PrepaidCharges.Periods(bare.Anchor, work.DueAt, now).Head.Start,
            KnownUsage.Everything, now, cancel);
        var hour = HourSlot.LastDueIn(account.Life, now);
        var charges = hour.DueAt(account.Life) < work.DueAt ? Seq<PrepaidCharge>.Empty : Charges(account, work.DueAt, now);
        var before = await BalanceRows.Load(
            transaction, work.Installation, account.Billed.PrepaidSubjects.Map(subject => subject.Single),
            charges.Map(charge => charge.Use), cancel);

        var burnt = BurnDown.Enter(before, charges, hour, now);
        var watched = WatchedBalance.At(now, account.Billed, burnt.Next);
        var writes = new Writes();
        BalanceRows.Append(writes, work.Installation, before, burnt.Next);
        EventRows.Append(writes, work.Installation, burnt.Events, Worker);
        foreach (var news in ProviderNews.OfFall(WatchedBalance.At(now, account.Billed, before), watched))
            ProviderEventRows.Append(writes, work.Installation, now, news);
        Notify(writes, installation, watched, now);
        await Act(transaction, writes, work.Installation, watched, now, cancel);
        await writes.Commit(transaction, cancel);
        return new BalanceStatement(
            work.Installation, hour, now, watched.Map(balance => (balance.Resource, balance.Standing.Amount)).Strict(),
            watched.Bind(balance => balance.Stage.EndsAt.ToSeq()).OrderBy(at => at).ToSeq().HeadOrNone());
    }

    public async Task Told(BalanceStatement statement, string? refusal, CancellationToken cancel)
    {
        var writes = new Writes();
        BalanceStatementRows.Save(writes, statement, refusal);
        await writes.Commit(database, cancel);
    }

    private static Seq<PrepaidCharge> Charges(BillingAccount account, DateTimeOffset since, DateTimeOffset now) =>
        PrepaidCharges.Periods(account.Anchor, since, now)
            .Bind(period => PrepaidCharges.For(period, account.Life.NoLaterThan(now), account.Billed))
            .Strict();

    /// <summary>The balance of the installation as a whole is told of beside it.</summary>
    private static void Notify(Writes writes, Installation installation, Seq<WatchedBalance> watched, DateTimeOffset now)
    {
        var notice = BalanceNotices.Of(watched.Find(balance => balance.Resource.IsNone).Map(balance => balance.Stage));
        InstallationTransitions.Apply(installation, new InstallationCommand.Notify(NoticeSource.Balance, notice), now)
            .IfRight(transition =>
            {
                if (transition.Events.IsEmpty)
                    return;

                InstallationRows.Save(writes, transition.Next);
                EventRows.Append(writes, transition.Events, Worker);
                OutboxRows.Append(writes, installation.Id, MessageKind.InstallationNotice, now);
            });
    }

    /// <summary>Warns of, stops and resumes what draws on the balances. Only what changes is locked.</summary>
    private async Task Act(
        NpgsqlTransaction transaction, Writes writes, InstallationId installation, Seq<WatchedBalance> watched, DateTimeOffset now,
        CancellationToken cancel)
    {
        foreach (var seen in await ResourceRows.LoadAll(transaction, installation, cancel))
        {
            if (!ResourceSuspension.Changes(seen, Commands(seen, watched), now))
                continue;

            var resource = await ResourceRows.LoadForUpdate(transaction, installation, seen.Id, cancel)
                ?? throw new CorruptRowException("resource", seen.Id.Value, "it was there a moment ago");
            ResourceSuspension.Write(writes, fulfilment, installation, resource, Commands(resource, watched), Worker, now);
        }
    }

    private static Seq<ResourceCommand> Commands(Resource resource, Seq<WatchedBalance> watched)
    {
        var stage = WatchedBalance.StageFor(resource, watched);
        var own = stage.Filter(_ => resource.Facts.Plan.IsSome);
        return Prelude.Seq<ResourceCommand>(
            new ResourceCommand.Notify(NoticeSource.Balance, BalanceNotices.Of(own)),
            stage.Exists(reached => reached is BalanceStage.Stopped)
                ? new ResourceCommand.Suspend(SuspensionCause.EmptyBalance, BalanceNotices.Stopped)
                : new ResourceCommand.Resume(SuspensionCause.EmptyBalance));
    }
}
