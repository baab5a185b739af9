namespace Marketplace.Core.BillingPlans;

/// <summary>The provider's id of one billing plan of a product. Source: contract §C.1, <c>id</c>.</summary>
public readonly record struct PlanId(string Value)
{
    public override string ToString() => Value;
}
