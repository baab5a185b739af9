using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;

namespace Marketplace.Shell.Dashboard;

/// <summary>Amounts, moments and states in a customer's words. Moments are in UTC, by which everything is billed.</summary>
internal static class Shown
{
    public static string Money(Usd amount) =>
        amount < Usd.Zero
            ? $"−{Money(Usd.Zero - amount)}"
            : $"${amount.Amount.ToString("#,0.00", CultureInfo.InvariantCulture)}";

    /// <summary>Of one unit, often with many decimals.</summary>
    public static string Price(Usd amount) => $"${amount.Amount.ToString("#,0.00##########", CultureInfo.InvariantCulture)}";

    public static string Quantity(decimal quantity) => quantity.ToString("#,0.###", CultureInfo.InvariantCulture);

    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The two largest parts of it: <c>2 days 4 h</c>, <c>3 h 20 min</c>, <c>45 s</c>.</summary>
    public static string Span(TimeSpan span)
    {
        var whole = TimeSpan.FromSeconds(Math.Max(0, Math.Ceiling(span.TotalSeconds)));
        return whole.Days > 0 ? $"{whole.Days} {(whole.Days == 1 ? "day" : "days")} {whole.Hours} h"
            : whole.Hours > 0 ? $"{whole.Hours} h {whole.Minutes} min"
            : whole.Minutes > 0 ? $"{whole.Minutes} min {whole.Seconds} s"
            : $"{whole.Seconds} s";
    }

    /// <summary>With a sign, whatever it is.</summary>
    public static string Difference(Usd amount) => amount > Usd.Zero ? $"+{Money(amount)}" : Money(amount);

    /// <summary>For programs that read the page.</summary>
    public static string Machine(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Both days belong to it.</summary>
    public static string Period(BillingPeriod period)
    {
        var (first, last) = (period.Start.UtcDateTime, period.End.UtcDateTime.AddTicks(-1));
        return first.Year != last.Year ? $"{Day(period.Start)} – {last.ToString("d MMM yyyy", CultureInfo.InvariantCulture)}"
            : first.Month != last.Month ? $"{first.ToString("d MMM", CultureInfo.InvariantCulture)} – {last.ToString("d MMM yyyy", CultureInfo.InvariantCulture)}"
            : first.Date == last.Date ? last.ToString("d MMM yyyy", CultureInfo.InvariantCulture)
            : $"{first.Day} – {last.ToString("d MMM yyyy", CultureInfo.InvariantCulture)}";
    }

    public static string Value(MetadataValue value) =>
        value switch
        {
            MetadataValue.Text text => text.Value,
            MetadataValue.Number number => Quantity(number.Value),
            MetadataValue.Flag flag => flag.Value ? "Yes" : "No",
            MetadataValue.Texts texts => string.Join(", ", texts.Values),
            MetadataValue.Numbers numbers => string.Join(", ", numbers.Values.Select(Quantity)),
            _ => throw new UnreachableException(value.GetType().Name),
        };

    public static Mark Status(Resource resource) =>
        resource switch
        {
            Resource.Pending => new Mark("Setting up", Tone.Busy),
            Resource.Onboarding or Resource.Ready or Resource.Resumed when resource.Facts.Fault.IsSome => new Mark("Not working", Tone.Bad),
            Resource.Onboarding => new Mark("Needs a step from you", Tone.Warn),
            Resource.Ready or Resource.Resumed => new Mark("Ready", Tone.Good),
            Resource.Suspended => new Mark("Suspended", Tone.Warn),
            Resource.Error => new Mark("Could not be set up", Tone.Bad),
            Resource.Uninstalled => new Mark("Deleted", Tone.Quiet),
            _ => throw new UnreachableException(resource.GetType().Name),
        };

    /// <summary>How an invoice stands for whoever pays it: what is between us and Vercel is none of their business.</summary>
    public static Mark Status(Invoice invoice) =>
        invoice switch
        {
            Invoice.Drafted or Invoice.Submitted or Invoice.Known or Invoice.Refused => new Mark("In preparation", Tone.Busy),
            Invoice.Accepted => new Mark("Open", Tone.Busy),
            Invoice.NotPaid => new Mark("Payment failed", Tone.Bad),
            Invoice.Overdue => new Mark("Overdue", Tone.Bad),
            Invoice.Paid => new Mark("Paid", Tone.Good),
            Invoice.RefundRequested => new Mark("Refund under way", Tone.Busy),
            Invoice.Refunded => new Mark("Refunded", Tone.Quiet),
            Invoice.Skipped { Rest: SmallTotal.Carried } => new Mark("On a later invoice", Tone.Quiet),
            Invoice.Skipped { Rest: SmallTotal.Waived } => new Mark("Waived", Tone.Quiet),
            Invoice.Skipped => new Mark("Nothing to pay", Tone.Quiet),
            _ => throw new UnreachableException(invoice.GetType().Name),
        };
}

/// <summary>A state in words, and how it feels.</summary>
public sealed record Mark(string Text, Tone Tone);

/// <summary>A colour, which never says anything that the words beside it do not.</summary>
public enum Tone
{
    Good,
    Busy,
    Warn,
    Bad,
    Quiet,
}
