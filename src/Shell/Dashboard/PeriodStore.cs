using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Shell.Balances;
using Marketplace.Shell.Billing;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Usage;
using Npgsql;

namespace Marketplace.Shell.Dashboard;

/// <summary>The period under way as a customer sees it: by the same functions as the interim data and the invoice.</summary>
internal sealed partial class PeriodStore(NpgsqlDataSource database, BillingAccounts accounts, TimeProvider clock, ILogger<PeriodStore> log)
{
    /// <summary>In two round trips, however much there is.</summary>
    /// <param name="beside">What else the page shows.</param>
    public async Task<PeriodReading> Read(InstallationId id, Action<Loads>? beside, CancellationToken cancel)
    {
        var (first, now) = (new Loads(), clock.GetUtcNow());
        var open = BillingAccounts.Open(first, id);
        var balances = BalanceRows.Amounts(first, id);
        beside?.Invoke(first);
        await first.Read(database, cancel);

        var asOf = BillingAccounts.Life(open.Installation).NoLaterThan(now);
        var period = BillingPeriod.Containing(asOf, open.Installation.Anchor);
        var reading = new PeriodReading(open.Installation, open.Resources, period, asOf) { Balances = balances.Value };
        try
        {
            var second = new Loads();
            var billed = accounts.Billed(second, open, period.Start, KnownUsage.InTime, now);
            await second.Read(database, cancel);
            var known = billed();
            return reading with
            {
                Billed = known, Charges = BillingCharges.For(period, asOf, known), Usage = MetricUsage.Of(known, period, UsageDay.Of(asOf), asOf),
                Allowances = BillingLines.Allowances(period, asOf, known),
            };
        }
        catch (CatalogueMisfitException misfit)
        {
            // Operators hear of it from the statements too; the rest of the page is right all the same.
            LogMisfit(misfit, id.Value);
            return reading;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What installation {InstallationId} uses and costs cannot be shown")]
    private partial void LogMisfit(Exception fault, string installationId);
}

/// <param name="Resources">The uninstalled ones too, oldest first.</param>
/// <param name="AsOf">Now or, where the installation is being uninstalled, the moment at which that was asked for.</param>
internal sealed record PeriodReading(Installation Installation, Seq<Resource> Resources, BillingPeriod Period, DateTimeOffset AsOf)
{
    /// <summary>From which all else follows. Null where nobody can say, because the catalogue does not fit what was sold.</summary>
    public BilledInstallation? Billed { get; init; }

    /// <summary>Null likewise.</summary>
    public BillingCharges? Charges { get; init; }

    public Seq<MetricUsage> Usage { get; init; } = Seq<MetricUsage>.Empty;

    public Seq<Allowance> Allowances { get; init; } = Seq<Allowance>.Empty;

    public Seq<(Option<ResourceId> Balance, Usd Amount)> Balances { get; init; } = Seq<(Option<ResourceId> Balance, Usd Amount)>.Empty;

    public IEnumerable<Resource> Living => Resources.Where(resource => resource is not Resource.Uninstalled);

    public Resource? Find(ResourceId id) => Living.FirstOrDefault(resource => resource.Id == id);

    /// <summary>What is left of what was paid ahead for a resource or, with none, for the installation as a whole.</summary>
    public Usd CreditOf(Option<ResourceId> balance) =>
        Balances.Find(one => one.Balance == balance).Match(one => one.Amount, () => Usd.Zero);

    public Usd? TotalOf(PlanSubject subject) => Charges is null
        ? null
        : Usd.Sum(Charges.Lines.Filter(line => line.Subject == subject).Map(line => line.Total))
            - Usd.Sum(Charges.Discounts.Filter(discount => discount.Subject == subject).Map(discount => discount.Amount));
}
