using System.Data;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Statements;
using Marketplace.Core.Time;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.Usage;
using Npgsql;

namespace Marketplace.Shell.Statements;

/// <summary>Statements from PostgreSQL: all that is in one is read at one moment.</summary>
internal sealed class StatementStore(NpgsqlDataSource database, BillingAccounts accounts, InvoiceSettings settings, TimeProvider clock)
{
    /// <summary>The periods of an installation, newest first; null when there is no such installation.</summary>
    public async Task<Seq<StatedPeriod>?> Periods(InstallationId id, CancellationToken cancel)
    {
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, id);
        var life = StatementRows.Life(loads, id);
        var invoices = InvoiceRows.Periods(loads, id);
        await loads.Read(database, cancel);
        if (installation.Value is not { } known || life.Value is not { } lived)
            return null;

        return StatedPeriods.Of(lived, known.Anchor, clock.GetUtcNow())
            .Map(period => new StatedPeriod(
                period, known is Installation.Finalized || invoices.Value.Exists(invoice => invoice.Period == period && invoice.ClosesPeriod)))
            .Strict();
    }

    /// <param name="period">By its name.</param>
    public async Task<StatementAnswer> Find(InstallationId id, string period, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        // What is invoiced or paid in the middle of it would be there on one side alone.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var first = new Loads();
        var life = StatementRows.Life(first, id);
        var open = BillingAccounts.Open(first, id);
        await first.Send(transaction, cancel);
        if (life.Value is not { } lived)
            return new StatementAnswer.NoInstallation();

        return StatedPeriods.Named(period, lived, open.Installation.Anchor, now).Case is SomeCase<BillingPeriod>(var named)
            ? new StatementAnswer.Found(await Load(transaction, open, lived, named, now, cancel))
            : new StatementAnswer.NoPeriod();
    }

    private async Task<Statement> Load(
        NpgsqlTransaction transaction, OpenBilling open, Lifetime life, BillingPeriod period, DateTimeOffset now, CancellationToken cancel)
    {
        var (id, loads, until) = (open.Id, new Loads(), now < period.End ? now : period.End);
        var atClosing = accounts.Billed(loads, open, period.Start, KnownUsage.BilledWith(period.Start), until);
        var since = accounts.Billed(loads, open, period.Start, KnownUsage.Everything, until);
        var invoices = InvoiceRows.LoadAll(loads, id);
        var totals = StatementRows.Totals(loads, id);
        var refunds = RefundRows.Of(loads, id);
        var meters = StatementRows.Meters(loads, id, period);
        var pages = StatementRows.Pages(loads, id, period);
        var burns = StatementRows.Burns(loads, id, period);
        await loads.Send(transaction, cancel);

        var use = await Known(async () => new PeriodUse(
            atClosing(), since(),
            (await accounts.LateIn(transaction, id, period.Start, until, cancel))
                .Map(late => new LateUsage(late.Period, late.Without, late.With))
                .Strict()));
        var recorded = totals.Value.ToDictionary(one => one.Invoice, one => one.Total);
        return Statement.Of(
            new StatementSources(
                id, period, life, use,
                invoices().Map(invoice => new RecordedInvoice(invoice, recorded[invoice.Content.ExternalId])).Strict(), refunds.Value,
                meters.Value, pages(), burns.Value, settings.Test.IsSome,
                open.Installation is Installation.Finalized),
            now);
    }

    /// <summary>Where the catalogue does not fit any more, what was invoiced is on record all the same.</summary>
    private static async Task<Either<ChargesUnknown, T>> Known<T>(Func<Task<T>> charges)
    {
        try
        {
            return await charges();
        }
        catch (CatalogueMisfitException misfit)
        {
            return new ChargesUnknown(misfit.Message);
        }
    }
}

/// <param name="IsClosed">Nothing of it is invoiced any more.</param>
internal sealed record StatedPeriod(BillingPeriod Period, bool IsClosed);

/// <summary>A statement, or what there is none of.</summary>
internal abstract record StatementAnswer
{
    private StatementAnswer() { }

    public sealed record Found(Statement Statement) : StatementAnswer;

    public sealed record NoInstallation : StatementAnswer;

    /// <summary>The installation did not live in a period of that name.</summary>
    public sealed record NoPeriod : StatementAnswer;
}
