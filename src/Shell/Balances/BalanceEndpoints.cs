using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Statements;
using Npgsql;

namespace Marketplace.Shell.Balances;

/// <summary>
/// GET /provider/v1/installations/{id}/balances, and the ledger of one, the newest entry first: what is left of what was paid ahead, and how
/// it came to that.
/// </summary>
internal static class BalanceEndpoints
{
    /// <summary>How the path of a ledger names the balance of the installation as a whole.</summary>
    public const string WholeInstallation = "installation";

    public static readonly RequestDelegate List = ProviderEndpoint.Needing(ProviderScopes.BalancesRead, ListBalances);

    public static readonly RequestDelegate Ledger = ProviderEndpoint.Needing(ProviderScopes.BalancesRead, ListEntries);

    private static async Task<IResult> ListBalances(
        string installationId, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        if (new AskedQuery(request.Query).Problem() is { } problem)
            return problem;

        var (id, loads) = (new InstallationId(installationId), new Loads());
        var installation = InstallationRows.Load(loads, id);
        var balances = BalanceListRows.Last(loads, id);
        await loads.Read(database, cancel);
        return installation.Value is null
            ? ProviderInstallationEndpoints.Unknown(id)
            : TypedResults.Ok(new BalancesWire([.. balances.Value.Select(ListedBalanceWire.Of)]));
    }

    private static async Task<IResult> ListEntries(
        string installationId, string balance, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = new AskedQuery(request.Query);
        var page = asked.Page(NewestNumber.Start, NewestNumber.Read);
        if (asked.Problem() is { } problem)
            return problem;

        var (id, loads) = (new InstallationId(installationId), new Loads());
        var installation = InstallationRows.Load(loads, id);
        var resource = balance == WholeInstallation ? null : ResourceRows.Load(loads, id, new ResourceId(balance));
        var found = BalanceListRows.Page(loads, id, resource is null ? null : balance, page.From.Number, page.Look);
        await loads.Read(database, cancel);
        if (installation.Value is null)
            return ProviderInstallationEndpoints.Unknown(id);
        if (resource is { Value: null })
            return ProviderProblems.NotFound($"The installation has no resource {balance}.");

        var shown = found.Value.Take(page.Limit).Strict();
        return TypedResults.Ok(new LedgerWire(
            [.. shown.Select(ListedEntryWire.Of)], found.Value.Count > page.Limit ? NewestNumber.After(shown.Last.Position) : null));
    }

    private sealed record BalancesWire(ListedBalanceWire[] Balances);

    /// <param name="ResourceId">Absent for the balance of the installation as a whole.</param>
    /// <param name="EmptySince">Since when nothing is left; absent while something is.</param>
    private sealed record ListedBalanceWire(string? ResourceId, string Amount, int Entries, DateTime LastEntryAt, DateTime? EmptySince)
    {
        public static ListedBalanceWire Of(ListedBalance one) => new(
            one.Resource, StatementText.Amount(one.Amount), one.Entries, one.LastEntryAt.UtcDateTime, one.EmptySince?.UtcDateTime);
    }

    /// <param name="NextCursor">Absent on the last page.</param>
    private sealed record LedgerWire(ListedEntryWire[] Entries, string? NextCursor);

    /// <param name="Position">From 1, without a gap.</param>
    /// <param name="Kind">With what the cause begins.</param>
    /// <param name="Cause">What it was entered for: the invoice of a purchase, the plan and hour of a use, or an adjustment.</param>
    /// <param name="Balance">After it.</param>
    /// <param name="BillingPlanId">What was used, in which period and up to which hour; absent where nothing was.</param>
    private sealed record ListedEntryWire(
        int Position, string Kind, string Cause, string Amount, string Balance, DateTime At, string? BillingPlanId, DateTime? PeriodStart,
        DateTime? PeriodEnd, DateTime? Hour, string? Reason)
    {
        public static ListedEntryWire Of(ListedEntry one) => new(
            one.Position, one.Cause[..one.Cause.IndexOf(':', StringComparison.Ordinal)], one.Cause, StatementText.Amount(one.Amount), StatementText.Amount(one.After),
            one.At.UtcDateTime, one.Plan, one.PeriodStart?.UtcDateTime, one.PeriodEnd?.UtcDateTime, one.Hour?.UtcDateTime, one.Reason);
    }
}
