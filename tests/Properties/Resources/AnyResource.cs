using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Properties.Notifications;
using Marketplace.Properties.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Resources;

/// <summary>Resources as they can be, and what can be asked of them. Few different values, so that some are equal.</summary>
internal static class AnyResource
{
    public static readonly Gen<ResourceId> Id = Gen.Choose(1, 3).Select(number => new ResourceId($"res_{number}"));

    public static readonly Gen<PlanId> Plan = Gen.Elements("free", "pro", "prepaid").Select(id => new PlanId(id));

    public static readonly Gen<string> Name = Gen.Elements("db", "orders-db", "Orders_2");

    public static readonly Gen<string> Reason = Gen.Elements("unpaid", "no room left");

    public static readonly Gen<SuspensionCause> Cause = Gen.Elements(Enum.GetValues<SuspensionCause>());

    public static readonly Gen<Map<SuspensionCause, string>> Causes =
        from causes in Gen.SubListOf(Enum.GetValues<SuspensionCause>()).Where(some => some.Count > 0)
        from reasons in Reason.ListOf(causes.Count)
        select toMap(causes.Zip(reasons));

    public static readonly Gen<string> EdgeConfigId = Gen.Elements("ecfg_1", "ecfg_2");

    public static readonly Gen<MetadataValue> Value = Gen.OneOf(
        Gen.Elements("iad1", "fra1", "").Select(text => (MetadataValue)new MetadataValue.Text(text)),
        Gen.Choose(-5, 5).Select(number => (MetadataValue)new MetadataValue.Number(number / 2m)),
        Gen.Elements(true, false).Select(flag => (MetadataValue)new MetadataValue.Flag(flag)),
        Gen.Elements("x", "y").ListOf().Select(texts => (MetadataValue)new MetadataValue.Texts(texts.ToSeq().Strict())),
        Gen.Choose(0, 3).ListOf().Select(numbers =>
            (MetadataValue)new MetadataValue.Numbers(numbers.Select(number => (decimal)number).ToSeq().Strict())));

    public static readonly Gen<Map<string, MetadataValue>> Metadata =
        from keys in Gen.SubListOf(["region", "size", "tags"])
        from values in Value.ListOf(keys.Count)
        select toMap(keys.Zip(values));

    public static Gen<PriorTerms> Prior =>
        from plan in Gen.OneOf(Gen.Constant(Option<PlanId>.None), Plan.Select(Some))
        from metadata in Metadata
        from until in AnyTime.Moment
        select new PriorTerms(plan, metadata, until);

    private static Gen<NextPlan> Next => from plan in Plan from at in AnyTime.Moment select new NextPlan(plan, at);

    public static readonly Gen<ResourceProfile> Profile =
        from id in Id
        from name in Name
        from metadata in Metadata
        from plan in Gen.OneOf(Gen.Constant(Option<PlanId>.None), Plan.Select(Some))
        from externalId in Gen.Elements(None, Some("from-a-button"))
        from edgeConfigId in Gen.OneOf(Gen.Constant(Option<string>.None), EdgeConfigId.Select(Some))
        from created in AnyTime.Moment
        from next in Gen.OneOf(Gen.Constant(Option<NextPlan>.None), Next.Select(Some))
        from notices in AnyNotice.Notices
        from fault in Gen.Frequency((3, Gen.Constant(Option<string>.None)), (1, Reason.Select(Some)))
        select new ResourceProfile(id, new ProductId("acme-postgres"), name, metadata, plan, externalId, edgeConfigId, created)
        {
            NextPlan = next, Notices = notices, Fault = fault,
        };

    public static readonly Gen<ResourceOwnership> Elsewhere =
        from reference in Gen.Elements("orders", "Orders")
        from ownership in Gen.Elements<ResourceOwnership>(new ResourceOwnership.Linked(reference), new ResourceOwnership.Sandbox(reference))
        select ownership;

    /// <summary>Of what was made elsewhere: it has no plan, and waits for none.</summary>
    public static readonly Gen<ResourceProfile> Linked =
        from profile in Profile
        from ownership in Elsewhere
        select profile with { Plan = None, NextPlan = None, Ownership = ownership };

    private static readonly Gen<ResourceProfile> OursOrNot = Gen.Frequency((3, Profile), (1, Linked));

    public static readonly Gen<Resource> State = Gen.OneOf(
        OursOrNot.Select(profile => (Resource)new Resource.Pending(profile)),
        OursOrNot.Select(profile => (Resource)new Resource.Onboarding(profile)),
        OursOrNot.Select(profile => (Resource)new Resource.Ready(profile)),
        OursOrNot.Select(profile => (Resource)new Resource.Resumed(profile)),
        from profile in Profile from causes in Causes select (Resource)new Resource.Suspended(profile, causes),
        from profile in OursOrNot from reason in Reason select (Resource)new Resource.Error(profile, reason),
        from profile in OursOrNot from at in AnyTime.Moment select (Resource)new Resource.Uninstalled(profile, at));

    public static readonly Gen<ResourceCommand> Command = Gen.OneOf(
        Gen.Constant((ResourceCommand)new ResourceCommand.CompleteProvisioning()),
        Reason.Select(reason => (ResourceCommand)new ResourceCommand.FailProvisioning(reason)),
        Gen.Constant((ResourceCommand)new ResourceCommand.RequireOnboarding()),
        Reason.Select(reason => (ResourceCommand)new ResourceCommand.ReportFault(reason)),
        Gen.Constant((ResourceCommand)new ResourceCommand.Recover()),
        Name.Select(name => (ResourceCommand)new ResourceCommand.Rename(name)),
        Metadata.Select(metadata => (ResourceCommand)new ResourceCommand.ChangeMetadata(metadata)),
        Plan.Select(plan => (ResourceCommand)new ResourceCommand.ChangePlan(plan)),
        Prior.Select(before => (ResourceCommand)new ResourceCommand.TakeBackChange(before)),
        Gen.Constant((ResourceCommand)new ResourceCommand.ComeUnderInstallation()),
        Next.Select(next => (ResourceCommand)new ResourceCommand.SchedulePlan(next)),
        Gen.Constant((ResourceCommand)new ResourceCommand.BeginNextPlan()),
        EdgeConfigId.Select(id => (ResourceCommand)new ResourceCommand.OptInToExperiments(id)),
        from source in AnyNotice.Source from notice in AnyNotice.NoticeOrNone select (ResourceCommand)new ResourceCommand.Notify(source, notice),
        from cause in Cause from reason in Reason select (ResourceCommand)new ResourceCommand.Suspend(cause, reason),
        Cause.Select(cause => (ResourceCommand)new ResourceCommand.Resume(cause)),
        Gen.Constant((ResourceCommand)new ResourceCommand.Uninstall()));

    public static readonly Gen<Transition<Resource, ResourceEvent>> Birth =
        Profile.Select(profile => ResourceTransitions.Request(profile with { NextPlan = None, Fault = None }));
}
