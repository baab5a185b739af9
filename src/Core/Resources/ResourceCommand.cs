using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;

namespace Marketplace.Core.Resources;

/// <summary>What can be asked of a resource that exists.</summary>
public abstract record ResourceCommand
{
    private ResourceCommand() { }

    /// <summary>The provisioner has finished.</summary>
    public sealed record CompleteProvisioning : ResourceCommand;

    /// <summary>The provisioner said no, for good. The reason is for the customer to read.</summary>
    public sealed record FailProvisioning(string Reason) : ResourceCommand;

    /// <summary>The customer has a step to take (again) before it works: the provider says so of what works so far.</summary>
    public sealed record RequireOnboarding : ResourceCommand;

    /// <summary>Something does not work. The reason is for the customer to read; another one takes the place of the first.</summary>
    public sealed record ReportFault(string Reason) : ResourceCommand;

    /// <summary>Everything works again. Quiet where nothing else was said.</summary>
    public sealed record Recover : ResourceCommand;

    public sealed record Rename(string Name) : ResourceCommand;

    public sealed record ChangeMetadata(Map<string, MetadataValue> Metadata) : ResourceCommand;

    /// <summary>At once. A change that waits is withdrawn by it, also by the plan that the resource has already.</summary>
    public sealed record ChangePlan(PlanId Plan) : ResourceCommand;

    /// <summary>Whoever makes it says no to a change that was decided already: plan and form are as they were before. Source: contract §D.5.</summary>
    public sealed record TakeBackChange(PriorTerms Before) : ResourceCommand;

    /// <summary>No plan of its own any more, at once: the installation's covers it. A change that waits is withdrawn by it.</summary>
    public sealed record ComeUnderInstallation : ResourceCommand;

    /// <summary>Later; in place of a change that waits already.</summary>
    public sealed record SchedulePlan(NextPlan Next) : ResourceCommand;

    /// <summary>The plan that waits begins: as of its time, which has come.</summary>
    public sealed record BeginNextPlan : ResourceCommand;

    /// <summary>The customer opts in to experimentation, or moves it to another Edge Config. Source: contract §E.13.</summary>
    public sealed record OptInToExperiments(string EdgeConfigId) : ResourceCommand;

    /// <summary>The cause holds from now on. The reason is for the customer to read; another one takes the place of the first.</summary>
    public sealed record Suspend(SuspensionCause Cause, string Reason) : ResourceCommand;

    /// <summary>The cause does not hold any more. In service again where it was the last one.</summary>
    public sealed record Resume(SuspensionCause Cause) : ResourceCommand;

    /// <summary>Tells the customer this in place of what the same source told before, or nothing any more.</summary>
    public sealed record Notify(NoticeSource Source, Option<Notice> Notice) : ResourceCommand;

    public sealed record Uninstall : ResourceCommand;
}
