using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;

namespace Marketplace.Core.Balances;

/// <summary>What one prepayment plan is used for by one subject in one period: what is burnt is counted for each by itself.</summary>
public sealed record PrepaidUse(PlanSubject Subject, PlanId Plan, BillingPeriod Period)
{
    /// <summary>The balance that pays for it: of the resource or, with none, of the installation as a whole.</summary>
    public Option<ResourceId> Balance => Subject.Single;
}

/// <summary>What a use comes to so far: the sum of its lines, each in whole cents and not negative.</summary>
public sealed record PrepaidCharge(PrepaidUse Use, Usd Total);

/// <summary>How much of a use is burnt: after the entry of an hour as much as it had cost by then.</summary>
/// <param name="Hour">The last one for which something was entered.</param>
/// <param name="SoFar">The sum of all that was entered for the use.</param>
public sealed record Burnt(PrepaidUse Use, HourSlot Hour, Usd SoFar);
