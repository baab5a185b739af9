using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;

namespace Marketplace.Jobs.Vercel;

/// <summary>What was made elsewhere, as Vercel is told of it. Source: contract §D.5 PUT, §E.10.</summary>
public static class VercelImport
{
    /// <summary>It works: it did before it was imported. So it is ready there at once.</summary>
    public static ImportedResource Of(Resource resource, Seq<Secret> secrets)
    {
        var facts = resource.Facts;
        return new ImportedResource(facts.Id, facts.Product, facts.Name, Status(resource))
        {
            Ownership = Whose(facts.Ownership),
            Metadata = facts.Metadata,
            Notification = facts.Notices.Shown,
            Secrets = secrets,
        };
    }

    /// <summary>What was made here, and Vercel may not know any more.</summary>
    public static ImportedResource Of(Resource resource, HeldSecrets secrets, Option<PlanOffer> plan) => Of(resource, secrets.All) with
    {
        Status = ResourceStatus.Of(resource),
        Plan = plan,
        // Where we do not hold them all, those that Vercel has stay.
        Secrets = secrets.IsWhole ? secrets.All : Option<Seq<Secret>>.None,
    };

    private static string Status(Resource resource) =>
        resource is Resource.Pending pending ? ResourceStatus.Of(new Resource.Ready(pending.Profile)) : ResourceStatus.Of(resource);

    private static Ownership Whose(ResourceOwnership ownership) =>
        ownership switch
        {
            ResourceOwnership.Owned => Ownership.Owned,
            ResourceOwnership.Linked => Ownership.Linked,
            ResourceOwnership.Sandbox => Ownership.Sandbox,
            _ => throw new UnreachableException(ownership.GetType().Name),
        };
}
