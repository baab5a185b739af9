using System.Globalization;
using Marketplace.Core.Time;
using Marketplace.Shell.OperatorConsole.Tables;

namespace Marketplace.Shell.OperatorConsole.Billing;

/// <summary>The console's pages of what is billed.</summary>
internal static class BillingPaths
{
    public const string Root = $"{OperatorPaths.Root}/billing";
    public const string Slots = $"{Root}/slots";
    public const string Waiting = $"{Root}/waiting";
    public const string Invoices = $"{Root}/invoices";
    public const string Balances = $"{Root}/balances";
    public const string Revenue = $"{Root}/revenue";
    public const string Statements = $"{Root}/statements";

    private const string HourForm = "yyyy-MM-dd'T'HH";

    public static string Ledger(string installation) => $"{Root}?installation={Escaped(installation)}";

    public static string Hour(DateTimeOffset hour, string? state = null) =>
        $"{Slots}?hour={HourName(hour)}{(state is null ? null : $"&state={state}")}";

    public static string SlotsOf(string installation) => $"{Slots}?installation={Escaped(installation)}";

    public static string Resend(string installation, HourSlot hour) => $"{Slots}/{Escaped(installation)}/{HourName(hour.Start)}/resend";

    public static string InvoicesOf(string installation) => $"{Invoices}?q={Escaped(installation)}";

    public static string Invoice(string installation, string invoice) => $"{Invoices}/{Escaped(installation)}/{Escaped(invoice)}";

    public static string BalancesOf(string installation) => $"{Balances}/{Escaped(installation)}";

    public static string StatementsOf(string installation) => $"{Statements}/{Escaped(installation)}";

    public static string Statement(string installation, string period) => $"{StatementsOf(installation)}/{period}";

    /// <summary>What the other pages have of it.</summary>
    public static string Installation(string installation) => OperatorPaths.Installation(new(installation));

    /// <summary>As an address has it: <c>2027-01-31T20</c>.</summary>
    public static string HourName(DateTimeOffset hour) => hour.UtcDateTime.ToString(HourForm, CultureInfo.InvariantCulture);

    /// <summary>Null when it is none.</summary>
    public static HourSlot? ReadHour(string? text) =>
        TableQuery.TryTime(text, HourForm, out var hour) ? HourSlot.Of(hour) : null;

    private static string Escaped(string part) => Uri.EscapeDataString(part);
}
