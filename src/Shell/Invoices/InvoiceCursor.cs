using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Marketplace.Core.Invoices;

namespace Marketplace.Shell.Invoices;

/// <summary>Where a page of invoices ended. Opaque to whoever sends it back.</summary>
internal sealed record InvoiceCursor(DateTimeOffset PeriodStart, ExternalInvoiceId Id)
{
    /// <summary>Before the first page: nothing is newer.</summary>
    public static readonly InvoiceCursor Start = new(DateTimeOffset.MaxValue.AddTicks(-9), new ExternalInvoiceId(""));

    public static InvoiceCursor After(Invoice invoice) => new(invoice.Content.Period.Start, invoice.Content.ExternalId);

    public string Text => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{PeriodStart.UtcTicks} {Id}")));

    /// <summary>Null when it is none of ours.</summary>
    public static InvoiceCursor? Read(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ', 2) is [var ticks, var id]
                && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= Start.PeriodStart.UtcTicks
                ? new InvoiceCursor(new DateTimeOffset(at, TimeSpan.Zero), new ExternalInvoiceId(id))
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
