using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Usage;
using Npgsql;

namespace Marketplace.Shell.Billing;

/// <summary>Reads everything from which an installation's reports and invoices follow.</summary>
internal sealed class BillingAccounts(CatalogueInForce catalogue, InvoiceSettings settings)
{
    /// <param name="since">From when on measurements and the slot ledger are needed, by the installation's invoices so far.</param>
    public Task<BillingAccount> Load(
        NpgsqlTransaction transaction, InstallationId id, Func<BillingAccount, DateTimeOffset> since, DateTimeOffset now,
        CancellationToken cancel) => Load(transaction, id, since, KnownUsage.InTime, now, cancel);

    /// <summary>The same, as far as it is to be known.</summary>
    /// <param name="owing">Since when something is owed that no invoice has billed: also who is gone since is billed for it.</param>
    public async Task<BillingAccount> Load(
        NpgsqlTransaction transaction, InstallationId id, Func<BillingAccount, DateTimeOffset> since, KnownUsage known, DateTimeOffset now,
        CancellationToken cancel, DateTimeOffset? owing = null)
    {
        var loads = new Loads();
        var open = Open(loads, id);
        var invoices = InvoiceRows.LoadAll(loads, id);
        await loads.Send(transaction, cancel);

        var bare = Bare(open) with { Invoices = invoices() };
        var start = since(bare);
        var gone = new[] { start, owing ?? start, bare.Invoiced.CarriedSince.IfNone(start) }.Min();
        var rest = new Loads();
        var billed = Billed(rest, open, start, gone, known, now, now);
        var slots = UsageSlotRows.Load(rest, id, start);
        await rest.Send(transaction, cancel);
        return bare with { Billed = billed(), Slots = slots.Value };
    }

    /// <summary>How it was sold, which is asked for first: from when on its use is needed follows from it.</summary>
    public static OpenBilling Open(Loads loads, InstallationId id) => new(
        id, InstallationRows.Load(loads, id), PlanPeriodRows.LoadAll(loads, id), PlanPeriodRows.LoadWhole(loads, id),
        ResourceRows.LoadAll(loads, id));

    /// <summary>The account without what was used, reported and invoiced.</summary>
    public BillingAccount Bare(OpenBilling open) => new(
        open.Id, Life(open.Installation), open.Installation.Anchor, BilledInstallation.PerResource(Seq<BilledResource>.Empty),
        Seq<UsageSlot>.Empty, Seq<Core.Invoices.Invoice>.Empty)
    {
        Policy = catalogue.Now.Billing, Test = settings.Test,
    };

    /// <summary>What is billed from a start on, once the loads are sent, whatever has become of the installation since.</summary>
    /// <exception cref="CatalogueMisfitException">The catalogue does not fit what was sold.</exception>
    public Func<BilledInstallation> Billed(Loads loads, OpenBilling open, DateTimeOffset start, KnownUsage known, DateTimeOffset now) =>
        Billed(loads, open, start, known, now, now);

    /// <summary>The same where it is billed for each hour since a moment, as reports do.</summary>
    /// <param name="hourly">A full hour.</param>
    /// <exception cref="CatalogueMisfitException">The catalogue does not fit what was sold.</exception>
    public Func<BilledInstallation> Billed(
        Loads loads, OpenBilling open, DateTimeOffset start, KnownUsage known, DateTimeOffset hourly, DateTimeOffset now) =>
        Billed(loads, open, start, start, known, hourly, now);

    /// <param name="gone">Resources that were gone before are left out; of those that went before the start nothing but their plans is known.</param>
    private Func<BilledInstallation> Billed(
        Loads loads, OpenBilling open, DateTimeOffset start, DateTimeOffset gone, KnownUsage known, DateTimeOffset hourly, DateTimeOffset now)
    {
        // One catalogue for all of it, also when another takes its place meanwhile.
        var sold = catalogue.Now;
        var used = MeteredUsageRows.Load(
            loads, open.Id, MetricsOf(sold), HourSlot.Of(start).Start, now, Cut(open.Plans + open.WholePlans, start), hourly, known);
        return () =>
        {
            var metered = used();
            // A plan begins when Vercel is told of the resource. One that has none yet would be unknown there.
            var resources = open.Resources
                .Filter(resource => resource is not Resource.Uninstalled ended || ended.UninstalledAt >= gone)
                .Filter(resource => open.Plans.Exists(span => span.Subject == PlanSubject.Of(resource.Id)))
                .Map(resource => Billed(sold, resource, Settled(resource, open.Plans, now), metered))
                .Strict();
            return Billed(sold, open.Installation, open.WholePlans, resources);
        };
    }

    /// <summary>Puts the days before a moment together, of which no report is made any more.</summary>
    public void JoinDays(Writes writes, OpenBilling open, DateTimeOffset until) =>
        PastDayRows.Join(writes, open.Id, MetricsOf(catalogue.Now), open.Installation.Anchor, until);

    /// <summary>
    /// The periods of which something came when they were closed already, and is billed with the one that begins at the moment: each as it
    /// was known without it, and as it is known with it.
    /// </summary>
    public async Task<Seq<(BillingPeriod Period, BilledInstallation Without, BilledInstallation With)>> LateIn(
        NpgsqlTransaction transaction, InstallationId id, DateTimeOffset start, DateTimeOffset now, CancellationToken cancel)
    {
        var late = Seq<(BillingPeriod, BilledInstallation, BilledInstallation)>.Empty;
        var installation = await InstallationRows.Load(transaction, id, cancel)
            ?? throw new CorruptRowException("installation", id.Value, "it has billing to do, but it is gone");
        foreach (var period in LateUsage.PeriodsOf(
            await MeteredUsageRows.LateHours(transaction, id, start, cancel), start, installation.Anchor))
        {
            var loads = new Loads();
            var open = Open(loads, id);
            await loads.Send(transaction, cancel);
            var used = new Loads();
            var without = Billed(used, open, period.Start, KnownUsage.BilledBefore(start), now);
            var with = Billed(used, open, period.Start, KnownUsage.BilledWith(start), now);
            await used.Send(transaction, cancel);
            late = late.Add((period, without(), with()));
        }

        return late;
    }

    private static string[] MetricsOf(Catalogue sold) =>
        [.. sold.Products.SelectMany(product => product.Metrics).Select(metric => metric.Id.Value).Distinct(StringComparer.Ordinal)];

    /// <summary>The hours in which a plan begins or ends: what happened in them is read one by one.</summary>
    private static DateTimeOffset[] Cut(Seq<PlanPeriod> plans, DateTimeOffset since) =>
    [
        .. plans.SelectMany(span => span.End.ToSeq().Add(span.Start))
            .Select(edge => HourSlot.Of(edge))
            .Where(hour => hour.End > since)
            .Select(hour => hour.Start)
            .Distinct(),
    ];

    public static Lifetime Life(Installation installation) =>
        installation switch
        {
            Installation.Active active => Lifetime.Since(active.InstalledAt),
            Installation.Uninstalling going => new Lifetime(going.InstalledAt, going.UninstallRequestedAt),
            Installation.Finalized gone => throw new CorruptRowException(
                "installation", gone.Id.Value, "it has billing to do, but it is finalized"),
            _ => throw new System.Diagnostics.UnreachableException(installation.GetType().Name),
        };

    private static BilledInstallation Billed(Catalogue sold, Installation installation, Seq<PlanPeriod> plans, Seq<BilledResource> resources) =>
        BilledInstallation.Of(NameOf(installation), sold, plans, resources).IfLeft(rejection => throw new CatalogueMisfitException(
            "installation_plan_period", installation.Id.Value, $"the catalogue does not fit what was sold: {rejection}"));

    /// <summary>As the customer knows the team; it may have no name.</summary>
    private static string NameOf(Installation installation) =>
        installation switch
        {
            Installation.Active active => active.Registration.Account.Name.IfNone(""),
            Installation.Uninstalling going => going.Registration.Account.Name.IfNone(""),
            Installation.Finalized => "",
            _ => throw new System.Diagnostics.UnreachableException(installation.GetType().Name),
        };

    /// <summary>A plan whose time has come has begun, though nobody has written it down yet: what is billed does not wait for that.</summary>
    private static Seq<PlanPeriod> Settled(Resource resource, Seq<PlanPeriod> plans, DateTimeOffset now) =>
        resource is Resource.Uninstalled || resource.Facts.NextPlan.IsNone
            ? plans
            : PlanSettlement.Of(
                resource, new PlanPeriods(PlanSubject.Of(resource.Id), plans.Filter(span => span.Subject == PlanSubject.Of(resource.Id)).Strict()),
                now).Plans.Spans;

    private static BilledResource Billed(Catalogue sold, Resource resource, Seq<PlanPeriod> plans, MeteredUsage used)
    {
        var facts = resource.Facts;
        var product = sold.Product(facts.Product).IfNone(() => throw new CatalogueMisfitException(
            "resource", facts.Id.Value, $"its product '{facts.Product}' is not in the catalogue any more"));
        return BilledResource.Of(facts.Id, facts.Name, product, sold.InstallationBilling, plans, used)
            .IfLeft(rejection => throw new CatalogueMisfitException(
                "plan_period", facts.Id.Value, $"the catalogue does not fit what was sold: {rejection}"));
    }
}

/// <summary>What was sold is not in the catalogue any more, so that nobody can say what it costs.</summary>
internal sealed class CatalogueMisfitException(string table, string key, string reason) : CorruptRowException(table, key, reason);
