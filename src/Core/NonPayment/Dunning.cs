using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using static LanguageExt.Prelude;

namespace Marketplace.Core.NonPayment;

/// <summary>
/// From unpaid invoices to a suspension, by the catalogue's policy. What holds is a function of the invoices and the clock, so that it
/// makes no difference which webhook came first, or how late anybody looks. Source: contract §E.14.
/// </summary>
public static class Dunning
{
    /// <summary>What holds at a moment. Of several unpaid invoices the one that has waited longest counts.</summary>
    public static PaymentStanding At(Seq<Invoice> invoices, NonPaymentPolicy policy, DateTimeOffset now) =>
        Arrears.Of(invoices).Match<PaymentStanding>(
            owed => Reached(policy.SuspendAfterDays, owed, now) ? new PaymentStanding.Suspended(owed)
                : Reached(policy.DegradeAfterDays, owed, now) ? new PaymentStanding.Degraded(owed)
                : new PaymentStanding.Warned(owed),
            () => new PaymentStanding.Good());

    /// <summary>When time alone leads on, if nothing is heard before; none where it does not.</summary>
    public static Option<DateTimeOffset> NextChange(Seq<Invoice> invoices, NonPaymentPolicy policy, DateTimeOffset now) =>
        Arrears.Of(invoices).Bind(owed =>
            Seq(policy.DegradeAfterDays, policy.SuspendAfterDays)
                .Bind(days => days.Map(after => owed.Since.AddDays(after)).ToSeq())
                .Filter(at => at > now)
                .OrderBy(at => at)
                .HeadOrNone());

    /// <summary>The moment from which service is cut, where the policy does that; it may have passed.</summary>
    public static Option<DateTimeOffset> SuspendsAt(Arrears arrears, NonPaymentPolicy policy) =>
        policy.SuspendAfterDays.Map(days => arrears.Since.AddDays(days));

    /// <summary>From one standing to another that holds now. The same one again is no event.</summary>
    public static Transition<PaymentStanding, PaymentEvent> Follow(
        PaymentStanding before, PaymentStanding holds, InstallationId id, DateTimeOffset now)
    {
        if (before == holds)
        {
            return new(before, Empty);
        }

        return new(holds, Seq1<PaymentEvent>(holds switch
        {
            PaymentStanding.Good => new PaymentEvent.Restored(id, now),
            PaymentStanding.Warned warned when before is PaymentStanding.Warned => new PaymentEvent.ArrearsChanged(id, warned.Arrears, now),
            PaymentStanding.Warned warned => new PaymentEvent.Warned(id, warned.Arrears, now),
            PaymentStanding.Degraded degraded when before is PaymentStanding.Degraded =>
                new PaymentEvent.ArrearsChanged(id, degraded.Arrears, now),
            PaymentStanding.Degraded degraded => new PaymentEvent.Degraded(id, degraded.Arrears, now),
            PaymentStanding.Suspended suspended when before is PaymentStanding.Suspended =>
                new PaymentEvent.ArrearsChanged(id, suspended.Arrears, now),
            PaymentStanding.Suspended suspended => new PaymentEvent.Suspended(id, suspended.Arrears, now),
            _ => throw new UnreachableException(holds.GetType().Name),
        }));
    }

    private static bool Reached(Option<int> days, Arrears arrears, DateTimeOffset now) =>
        days.Exists(after => arrears.Since.AddDays(after) <= now);
}
