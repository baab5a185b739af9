using LanguageExt;
using Marketplace.Core.BillingPlans;
using static Marketplace.Core.Products.CatalogueRules;

namespace Marketplace.Core.Products;

/// <summary>What the billing policy of a catalogue must keep. Source: contract §E.14.</summary>
internal static class BillingPolicyRules
{
    internal static IEnumerable<CatalogueError> Check(BillingPolicy policy, string path)
    {
        var (degrade, suspend) = (policy.NonPayment.DegradeAfterDays, policy.NonPayment.SuspendAfterDays);
        return
        [
            .. When(degrade.Exists(days => days < 0), $"{path}.nonPayment.degradeAfterDays", "must not be negative"),
            .. When(suspend.Exists(days => days < NonPaymentPolicy.SuspendAfterDaysMin), $"{path}.nonPayment.suspendAfterDays",
                $"must be at least {NonPaymentPolicy.SuspendAfterDaysMin}: that long Vercel tries to charge"),
            .. When(degrade.Exists(first => suspend.Exists(then => then < first)), $"{path}.nonPayment.suspendAfterDays",
                "must not be less than degradeAfterDays"),
        ];
    }
}
