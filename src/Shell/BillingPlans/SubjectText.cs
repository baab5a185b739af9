using System.Diagnostics;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;

namespace Marketplace.Shell.BillingPlans;

/// <summary>What has a plan, as the wire and the tables name it: by the resource, and by nothing for the installation. Source: contract §D.7.</summary>
internal static class SubjectText
{
    public static string? ResourceId(this PlanSubject subject) =>
        subject switch
        {
            PlanSubject.Resource resource => resource.Id.Value,
            PlanSubject.Installation => null,
            _ => throw new UnreachableException(subject.GetType().Name),
        };

    public static PlanSubject Read(string? resource) =>
        resource is null ? PlanSubject.WholeInstallation : PlanSubject.Of(new ResourceId(resource));
}
