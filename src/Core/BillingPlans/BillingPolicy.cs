using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.BillingPlans;

/// <summary>What the catalogue lays down for the billing of every installation.</summary>
public sealed record BillingPolicy(PeriodPolicy Period, SmallTotalPolicy SmallTotals, LateUsagePolicy LateUsage, NonPaymentPolicy NonPayment)
{
    /// <summary>What holds where the catalogue says nothing.</summary>
    public static readonly BillingPolicy Default = new(
        PeriodPolicy.CalendarMonth, SmallTotalPolicy.Carry, LateUsagePolicy.Carry, NonPaymentPolicy.WarnOnly);

    /// <summary>Where the billing periods of an installation begin.</summary>
    public BillingAnchor AnchorOf(DateTimeOffset installedAt) =>
        Period switch
        {
            PeriodPolicy.CalendarMonth => BillingAnchor.CalendarMonth,
            PeriodPolicy.Anniversary => BillingAnchor.Anniversary(installedAt),
            _ => throw new UnreachableException(Period.ToString()),
        };
}

/// <summary>When the billing periods of an installation begin.</summary>
public enum PeriodPolicy
{
    /// <summary>With each month in UTC.</summary>
    CalendarMonth,

    /// <summary>With each monthly return of the hour of its install.</summary>
    Anniversary,
}

/// <summary>What becomes of a period that comes to less than Vercel sends. Source: contract §D.8.</summary>
public enum SmallTotalPolicy
{
    /// <summary>It is billed with the next one.</summary>
    Carry,

    /// <summary>It is given away.</summary>
    Waive,
}

/// <summary>What becomes of usage that arrives when its period is invoiced already.</summary>
public enum LateUsagePolicy
{
    /// <summary>It is billed with the next period.</summary>
    Carry,

    /// <summary>It is not taken.</summary>
    Refuse,
}

/// <summary>What an unpaid invoice leads to, beyond a warning. Source: contract §E.14.</summary>
/// <param name="DegradeAfterDays">Days since the first failed payment; never when absent.</param>
/// <param name="SuspendAfterDays">Likewise; at least <see cref="SuspendAfterDaysMin"/>.</param>
public sealed record NonPaymentPolicy(Option<int> DegradeAfterDays, Option<int> SuspendAfterDays)
{
    /// <summary>As long as Vercel goes on trying to charge, a provider must not suspend.</summary>
    public const int SuspendAfterDaysMin = 15;

    public static readonly NonPaymentPolicy WarnOnly = new(None, None);
}
