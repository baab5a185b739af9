using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;

namespace Marketplace.Jobs.Vercel;

/// <summary>
/// Something has changed on our side, and Vercel is to read it again. It carries no state, so that sending it twice does no harm.
/// Source: contract §D.4.
/// </summary>
public abstract record VercelEvent
{
    private VercelEvent() { }

    /// <param name="Plan">The installation's new plan, where that is what has changed.</param>
    public sealed record InstallationUpdated(Option<PlanId> Plan) : VercelEvent;

    public sealed record ResourceUpdated(ResourceId Resource, Option<ProductId> Product) : VercelEvent;
}
