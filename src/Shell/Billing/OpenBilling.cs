using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Billing;

/// <summary>How an installation was sold, there once its loads are sent: itself, its plans and its resources.</summary>
internal sealed class OpenBilling(
    InstallationId id, Loaded<Installation?> installation, Loaded<Seq<PlanPeriod>> plans, Loaded<Seq<PlanPeriod>> wholePlans,
    Loaded<Seq<Resource>> resources)
{
    public InstallationId Id => id;

    public Installation Installation => installation.Value
        ?? throw new CorruptRowException("installation", id.Value, "it has billing to do, but it is gone");

    /// <summary>Of every resource that ever had one.</summary>
    public Seq<PlanPeriod> Plans => plans.Value;

    /// <summary>Of the installation itself.</summary>
    public Seq<PlanPeriod> WholePlans => wholePlans.Value;

    /// <summary>The uninstalled ones too.</summary>
    public Seq<Resource> Resources => resources.Value;
}
