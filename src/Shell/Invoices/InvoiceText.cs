using System.Diagnostics;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Invoices;

/// <summary>What invoices are made of, as the tables spell it.</summary>
internal static class InvoiceText
{
    public static string Of(LineKind kind) =>
        kind switch
        {
            LineKind.Base => "base",
            LineKind.Metered => "metered",
            LineKind.Minimum => "minimum",
            LineKind.OneTime => "one-time",
            LineKind.Correction => "correction",
            LineKind.OneOff => "one-off",
            _ => throw new UnreachableException(kind.ToString()),
        };

    public static LineKind Kind(string text) =>
        text switch
        {
            "base" => LineKind.Base,
            "metered" => LineKind.Metered,
            "minimum" => LineKind.Minimum,
            "one-time" => LineKind.OneTime,
            "correction" => LineKind.Correction,
            "one-off" => LineKind.OneOff,
            _ => throw new CorruptRowException("invoice_line", text, "no kind of line is called so"),
        };

    public static string? Of(SmallTotal? rest) =>
        rest switch
        {
            null => null,
            SmallTotal.Nothing => "nothing",
            SmallTotal.Carried => "carried",
            SmallTotal.Waived => "waived",
            _ => throw new UnreachableException(rest.ToString()),
        };

    public static SmallTotal? Rest(string? text) =>
        text switch
        {
            null => null,
            "nothing" => SmallTotal.Nothing,
            "carried" => SmallTotal.Carried,
            "waived" => SmallTotal.Waived,
            _ => throw new CorruptRowException("invoice", text, "nothing becomes of a small total that is called so"),
        };

    public static string? Of(InvoiceTestResult? result) =>
        result switch
        {
            null => null,
            InvoiceTestResult.Paid => "paid",
            InvoiceTestResult.NotPaid => "notpaid",
            InvoiceTestResult.Overdue => "overdue",
            _ => throw new UnreachableException(result.ToString()),
        };

    public static InvoiceTestResult? TestResult(string? text) =>
        text switch
        {
            null => null,
            "paid" => InvoiceTestResult.Paid,
            "notpaid" => InvoiceTestResult.NotPaid,
            "overdue" => InvoiceTestResult.Overdue,
            _ => throw new CorruptRowException("invoice", text, "no test ends so"),
        };

    public static string Of(CreditKind kind) =>
        kind switch
        {
            CreditKind.Unused => "unused",
            CreditKind.Correction => "correction",
            _ => throw new UnreachableException(kind.ToString()),
        };

    public static CreditKind Credit(string text) =>
        text switch
        {
            "unused" => CreditKind.Unused,
            "correction" => CreditKind.Correction,
            _ => throw new CorruptRowException("invoice_credit", text, "no kind of credit is called so"),
        };
}
