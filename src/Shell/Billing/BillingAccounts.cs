using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
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
using Marketplace.Shell.Resources;
using Marketplace.Shell.Usage;
using Npgsql;

namespace Marketplace.Shell.Billing;

/// <summary>Reads everything from which an installation's reports and invoices follow.</summary>
internal sealed class BillingAccounts(Catalogue catalogue, InvoiceSettings settings)
{
    private readonly MetricId[] metrics =
        [.. catalogue.Products.SelectMany(product => product.Metrics).Select(metric => metric.Id).Distinct()];

    /// <param name="since">From when on measurements and the slot ledger are needed, by the installation's invoices so far.</param>
    public async Task<BillingAccount> Load(
        NpgsqlTransaction transaction, InstallationId id, Func<BillingAccount, DateTimeOffset> since, DateTimeOffset now,
        CancellationToken cancel)
    {
        var installation = await InstallationRows.Load(transaction, id, cancel)
            ?? throw new CorruptRowException("installation", id.Value, "it has billing to do, but it is gone");
        var bare = new BillingAccount(
            id, Life(installation), installation.Anchor, BilledInstallation.PerResource(Seq<BilledResource>.Empty), Seq<UsageSlot>.Empty,
            await InvoiceRows.LoadAll(transaction, id, cancel))
        {
            Policy = catalogue.Billing, Test = settings.Test,
        };

        // A plan begins when Vercel is told of the resource. One that has none yet would be unknown there.
        var start = since(bare);
        var plans = await PlanPeriodRows.LoadAll(transaction, id, cancel);
        var measurements = await MeasurementRows.Load(transaction, id, metrics, start, now, cancel);
        var resources = (await ResourceRows.LoadAll(transaction, id, cancel))
            .Filter(resource => resource is not Resource.Uninstalled gone || gone.UninstalledAt >= start)
            .Filter(resource => plans.Exists(span => span.Subject == PlanSubject.Of(resource.Id)))
            .Map(resource => Billed(resource, Settled(resource, plans, now), measurements))
            .Strict();
        var whole = await PlanPeriodRows.LoadWhole(transaction, id, cancel);
        return bare with
        {
            Billed = Billed(installation, whole, resources), Slots = await UsageSlotRows.Load(transaction, id, start, cancel),
        };
    }

    public static Lifetime Life(Installation installation) =>
        installation switch
        {
            Installation.Active active => Lifetime.Since(active.InstalledAt),
            Installation.Uninstalling going => new Lifetime(going.InstalledAt, going.UninstallRequestedAt),
            Installation.Finalized gone => throw new CorruptRowException(
                "installation", gone.Id.Value, "it has billing to do, but it is finalized"),
            _ => throw new System.Diagnostics.UnreachableException(installation.GetType().Name),
        };

    private BilledInstallation Billed(Installation installation, Seq<PlanPeriod> plans, Seq<BilledResource> resources) =>
        BilledInstallation.Of(NameOf(installation), catalogue, plans, resources).IfLeft(rejection => throw new CorruptRowException(
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

    private BilledResource Billed(Resource resource, Seq<PlanPeriod> plans, Seq<Measurement> measurements)
    {
        var facts = resource.Facts;
        var product = catalogue.Product(facts.Product).IfNone(() => throw new CorruptRowException(
            "resource", facts.Id.Value, $"its product '{facts.Product}' is not in the catalogue any more"));
        return BilledResource.Of(facts.Id, facts.Name, product, catalogue.InstallationBilling, plans, measurements)
            .IfLeft(rejection => throw new CorruptRowException(
                "plan_period", facts.Id.Value, $"the catalogue does not fit what was sold: {rejection}"));
    }
}
