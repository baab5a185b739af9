using System.Globalization;
using System.Text.RegularExpressions;
using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>One thing that Vercel does not take of an invoice, and the line that it speaks of. Source: contract §D.8, <c>validationErrors</c>.</summary>
/// <param name="Reason">Vercel's own words.</param>
/// <param name="Line">From 1; none where the words fit no line, or several.</param>
public sealed partial record InvoiceMistake(string Reason, Option<int> Line)
{
    public static Seq<InvoiceMistake> All(Seq<string> reasons, InvoiceContent invoice) =>
        reasons.Map(reason => new InvoiceMistake(reason, LineOf(reason, invoice))).Strict();

    public override string ToString() => Line.Match(line => FormattableString.Invariant($"line {line}: {Reason}"), () => Reason);

    /// <summary>By its place, <c>items[2]</c>, which Vercel counts from 0; else by its name at the beginning, or by the resource that only it bills.</summary>
    private static Option<int> LineOf(string reason, InvoiceContent invoice)
    {
        if (Place().Match(reason) is { Success: true } place
            && int.TryParse(place.Groups["index"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < invoice.Lines.Count)
        {
            return index + 1;
        }

        // The longest name that it begins with: the name of a plan begins those of its metered lines.
        var named = invoice.Lines
            .Map((at, line) => (Number: at + 1, line.Name))
            .Filter(line => reason.StartsWith($"{line.Name}:", StringComparison.Ordinal))
            .ToArray();
        var longest = named.Where(line => line.Name.Length == named.Max(one => one.Name.Length)).ToArray();
        return longest.Length == 1 ? longest[0].Number : OfResource(reason, invoice);
    }

    private static Option<int> OfResource(string reason, InvoiceContent invoice)
    {
        var lines = invoice.Lines
            .Map((at, line) => (Number: at + 1, line))
            .Filter(one => reason.Contains(one.line.Subject.ToString()!, StringComparison.Ordinal))
            .ToArray();
        return lines.Length == 1 ? Some(lines[0].Number) : None;
    }

    [GeneratedRegex(@"items?[\[.](?<index>\d{1,4})", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();
}
