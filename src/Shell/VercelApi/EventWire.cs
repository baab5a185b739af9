using System.Diagnostics;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>Source: contract §D.4.</summary>
internal sealed record EventWire(EventBodyWire Event)
{
    public static EventWire Of(VercelEvent happened) => new(
        happened switch
        {
            VercelEvent.InstallationUpdated updated =>
                new EventBodyWire("installation.updated", updated.Plan.MatchUnsafe<string?>(plan => plan.Value, () => null), null, null),
            VercelEvent.ResourceUpdated updated => new EventBodyWire(
                "resource.updated", null, updated.Resource.Value, updated.Product.MatchUnsafe<string?>(product => product.Value, () => null)),
            _ => throw new UnreachableException(happened.GetType().Name),
        });
}

internal sealed record EventBodyWire(string Type, string? BillingPlanId, string? ResourceId, string? ProductId);
