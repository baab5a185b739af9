using System.Globalization;
using LanguageExt;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Statements;

/// <summary>The periods of an installation, each named by the day on which it begins: <c>2027-01-31</c>, or its month, <c>2027-01</c>.</summary>
public static class StatedPeriods
{
    /// <summary>Those in which it lived so far, newest first.</summary>
    public static Seq<BillingPeriod> Of(Lifetime life, BillingAnchor anchor, DateTimeOffset now) =>
        BillingPeriod.Overlapping(
            // The period in which it begins is there from that moment on.
            TimeRange.Between(life.Start, life.AsOf(now).NoLaterThan(now)).IfNone(new TimeRange(life.Start, life.Start.AddTicks(1))), anchor)
            .Rev()
            .Strict();

    /// <summary>None where it is no name, or where it names a period in which the installation did not live.</summary>
    public static Option<BillingPeriod> Named(string name, Lifetime life, BillingAnchor anchor, DateTimeOffset now) =>
        Of(life, anchor, now).Find(period => NameOf(period) == name || NameOf(period)[..^"-31".Length] == name);

    public static string NameOf(BillingPeriod period) =>
        period.Start.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
