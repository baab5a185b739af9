using System.Globalization;
using Marketplace.Core.Installations;
using Marketplace.Core.Time;

namespace Marketplace.Core.Invoices;

/// <summary>Our name for one invoice, unique for the installation. Source: contract §D.8, <c>externalId</c>, limit 5.</summary>
/// <remarks>It follows from what is invoiced alone, so that whoever tries again after a crash names the same invoice.</remarks>
public readonly record struct ExternalInvoiceId(string Value)
{
    /// <summary>The invoice of one period: <c>icfg_x-20270101T000000-1</c>; the final one ends in <c>final</c>.</summary>
    /// <param name="ordinal">1 for the period's own invoice; higher for what needs another one of its own.</param>
    public static ExternalInvoiceId For(InstallationId installation, BillingPeriod period, int ordinal) =>
        Of(installation, period.Start, ordinal.ToString(CultureInfo.InvariantCulture));

    public static ExternalInvoiceId Final(InstallationId installation, BillingPeriod period) =>
        Of(installation, period.Start, "final");

    /// <summary>Of plans that were taken up within a second: <c>icfg_x-20270110T120000-takeup</c>.</summary>
    public static ExternalInvoiceId TakenUp(InstallationId installation, DateTimeOffset at) => Of(installation, at, "takeup");

    /// <summary>What the provider charges beside its plans, asked for within a second: <c>icfg_x-20270110T120000-oneoff-1</c>.</summary>
    public static ExternalInvoiceId OneOff(InstallationId installation, DateTimeOffset at, int ordinal) =>
        Of(installation, at, $"oneoff-{ordinal.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>What is on record of a period and can be on no invoice.</summary>
    public static ExternalInvoiceId Unbillable(InstallationId installation, BillingPeriod period) =>
        Of(installation, period.Start, "unbillable");

    /// <summary>The name of a test of the same.</summary>
    public ExternalInvoiceId AsTest() => new($"{Value}-test");

    public override string ToString() => Value;

    // The parts after the installation's id contain no hyphen, so that two invoices never share a name.
    private static ExternalInvoiceId Of(InstallationId installation, DateTimeOffset start, string which) =>
        new(FormattableString.Invariant($"{installation.Value}-{start.UtcDateTime:yyyyMMdd'T'HHmmss}-{which}"));
}

/// <summary>Vercel's name for one invoice (<c>mi_…</c>); opaque. Source: contract §D.8, <c>invoiceId</c>.</summary>
public readonly record struct VercelInvoiceId(string Value)
{
    public override string ToString() => Value;
}
