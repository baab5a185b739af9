using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Statements;
using Marketplace.Core.Usage;
using Marketplace.Shell.BillingPlans;

namespace Marketplace.Shell.Statements;

/// <summary>What statements say, in plain text: moments in UTC, amounts as plain decimals.</summary>
internal static class StatementText
{
    public static string Amount(Usd amount) => amount.Amount.ToString("0.00##########################", CultureInfo.InvariantCulture);

    public static string Negative(Usd amount) => Amount(Usd.Zero - amount);

    public static string Exact(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);

    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    public static string? Moment(Option<DateTimeOffset> at) => at.MatchUnsafe<string?>(Moment, () => null);

    public static string KindOf(BalanceEntry entry) =>
        entry.Burnt.IsSome ? "burn" : entry.Reason.IsSome ? "adjustment" : "purchase";

    public static string Of(MetricKind kind) =>
        kind switch
        {
            MetricKind.Total => "total",
            MetricKind.Interval => "interval",
            MetricKind.Rate => "rate",
            _ => throw new UnreachableException(kind.ToString()),
        };

    /// <summary>What differs, from what it should be to what it is, in words that programs can compare.</summary>
    public static DifferenceText Of(Difference difference) =>
        difference switch
        {
            Difference.OfInvoice one => new(
                "invoice", one.Invoice.Value, Amount(one.Said), Amount(one.Recorded), "the total that is on record is not what the lines come to"),
            Difference.OfCharges one => new(
                "charges", Name(one.Subject.ResourceId()), Amount(one.Charged), Amount(one.Billed), "what was billed is not what is charged"),
            Difference.OfCorrections one => new(
                "corrections", Name(one.Subject.ResourceId()), Amount(one.Late), Amount(one.Billed), "what was corrected is not what came late"),
            Difference.OfCarried one => new(
                "carried", one.Invoice.Value, Amount(one.Said), Amount(one.Found), "what was carried to a later invoice is not on it"),
            Difference.ChargesNotKnown one => new("charges-not-known", "", null, null, one.Reason),
            Difference.OutcomeNotTold one => new(
                "outcome-not-told", one.Invoice.Value, null, null, "Vercel has it, and its webhook never came: look there what became of it"),
            Difference.OfRefunds one => new(
                "refunds", one.Invoice.Value, Amount(one.Total), Amount(one.Refunded), "more was paid back than was invoiced"),
            Difference.OfCredit one => new(
                "credit", Name(one.Source.Subject.ResourceId()), Amount(one.Granted), Amount(one.Given), "more was given back than there was to give"),
            Difference.OfBalance one => new(
                "balance", Name(one.Balance), Amount(one.Entered), Amount(one.Recorded), "the balance is not the sum of its entries"),
            Difference.OfBurn one => new(
                "burn", Name(one.Use.Balance), Amount(one.Charged), Amount(one.Burnt), "what was burnt is not what the use costs"),
            _ => throw new UnreachableException(difference.GetType().Name),
        };

    private static string Name(Option<ResourceId> resource) => resource.Match(id => id.Value, () => "installation");

    private static string Name(string? resource) => resource ?? "installation";
}

/// <param name="Kind">Stable; programs compare it.</param>
/// <param name="About">An invoice, a resource, or the installation as a whole.</param>
internal sealed record DifferenceText(string Kind, string About, string? Expected, string? Found, string Detail);
