using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Installations;
using Marketplace.Shell.Balances;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.OperatorConsole.Billing.Pages;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.OperatorConsole.Billing;

/// <summary>/ops/billing/balances: what was paid ahead, given and taken; of one installation with what is left, and credit to give or take.</summary>
internal static class OperatorBalanceEndpoints
{
    public static readonly RequestDelegate List = OperatorEndpoint.Page(ListMoves);

    public static readonly RequestDelegate OfOne = OperatorEndpoint.Page(ShowBalances);

    public static readonly RequestDelegate Adjust = OperatorEndpoint.Action("adjust balance", AdjustOne, action => action.Filled("resource", "amount"));

    private const int EntriesMax = 50;

    private static readonly TableShape Shape = new("Purchases and adjustments", "-at")
    {
        Columns = [new("When", "at"), new("Installation"), new("Balance of"), new("What"), new("Amount", IsNumber: true), new("Left now", IsNumber: true)],
        Search = "Installation",
        Filters = [TableFilter.Choice("what", "What", new("purchase", "Purchases"), new("adjustment", "Adjustments"))],
        Empty = new("Nobody has paid ahead yet", "Purchases of prepaid plans and credits that you give come here."),
    };

    private static async Task<IResult> ListMoves(Operator person, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = TableQuery.Read(request, Shape);
        if (asked.Search is { } installation)
            return new SeeOther(BillingPaths.BalancesOf(installation));

        var loads = new Loads();
        var found = BalanceMoveRows.Page(
            loads, Place(asked), asked.Filter("what") is { } what ? what == "adjustment" : null, TableQuery.Look);
        await loads.Read(database, cancel);
        var (rows, table) = asked.Show(
            [.. found.Value],
            one => PageCursor.After(PageCursor.Part(one.At), one.Installation, one.Balance, PageCursor.Part(one.Position)));
        return OperatorPage.Of<BalancesPage>(person.Frame, new BalancesView(table, [.. rows.Select(View)]));
    }

    private static async Task<IResult> ShowBalances(
        Operator person, string installationId, NpgsqlDataSource database, OperatorMessages messages, CancellationToken cancel)
    {
        var (id, loads) = (new InstallationId(installationId), new Loads());
        var installation = InstallationRows.Load(loads, id);
        var last = BalanceListRows.Last(loads, id);
        await loads.Read(database, cancel);
        if (installation.Value is null)
            return messages.NoSuch(person.Frame, "Installation", BillingPaths.Balances, "All balances");

        var pages = new Loads();
        var ledgers = last.Value.Map(balance => (Balance: balance, Entries: BalanceListRows.Page(pages, id, balance.Resource, long.MaxValue, EntriesMax))).Strict();
        await pages.Read(database, cancel);
        return OperatorPage.Of<BalancesOfOnePage>(person.Frame, new BalancesOfOneView(
            installationId, BillingPaths.Ledger(installationId), $"{BillingPaths.BalancesOf(installationId)}/adjust",
            [.. ledgers.Select(ledger => View(ledger.Balance, ledger.Entries.Value))], Guid.NewGuid().ToString("N")));
    }

    private static Task<IResult> AdjustOne(
        OperatorAction action, string installationId, ProviderDecisions decisions, CatalogueInForce catalogue, TimeProvider clock,
        CancellationToken cancel)
    {
        var (id, back) = (new InstallationId(installationId), BillingPaths.BalancesOf(installationId));
        return AdjustBalance.Parse(Optional(action.Field("resource"))!, AdjustmentEndpoints.Amount(action.Field("amount")), action.Reason).Match(
            Succ: async asked => (IResult)Told(
                back, asked, await AdjustmentEndpoints.Decide(id, asked, Call(action, installationId), action.Actor, decisions, catalogue, clock, cancel)),
            Fail: errors => Task.FromResult<IResult>(OperatorAnswer.Refused(back, string.Join(' ', errors.Select(error => error.Message)))));
    }

    /// <summary>One form is one adjustment, however often it is sent.</summary>
    private static ProviderCall Call(OperatorAction action, string installation) => new(
        action.Actor.Name,
        new KeyedCall(
            action.Field(OperatorInvoiceEndpoints.KeyField) is { } key ? $"\nconsole {key}" : null,
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', installation, action.Field("resource"), action.Field("amount"))))));

    private static OperatorAnswer Told(string back, AdjustBalance asked, IResult answer) =>
        answer is ProviderAnswer { Answer: { StatusCode: < StatusCodes.Status400BadRequest } }
            ? OperatorAnswer.Done(back, $"{Shown.Money(asked.Amount)} are entered, and Vercel is told within seconds where a worker runs.")
            : OperatorAnswer.Refused(back, Detail(answer));

    private static string Detail(IResult answer) =>
        answer switch
        {
            ProviderAnswer { Answer.Body: var body } => JsonNode.Parse(body.Span)?["detail"]?.GetValue<string>(),
            ProblemResult problem => problem.Problem.Detail,
            _ => null,
        } ?? "This form was sent before with something else, or it is being answered. Look at what came of it.";

    private static BalancePlace Place(TableQuery asked) =>
        asked.After switch
        {
            null => asked.IsDescending ? BalancePlace.Newest : BalancePlace.Oldest,
            { Parts: [var at, var installation, var balance, var position] } => new BalancePlace(
                PageCursor.Moment(at) ?? throw TableQuery.Stale(), installation, balance,
                (int)Math.Min(PageCursor.Number(position) ?? throw TableQuery.Stale(), int.MaxValue), !asked.IsDescending),
            _ => throw TableQuery.Stale(),
        };

    private static BalanceMoveRow View(BalanceMove move) => new(
        MomentView.Of(move.At), move.Installation, BillingPaths.BalancesOf(move.Installation), Subject(move.Resource),
        move.Reason is { } reason ? $"Adjustment: {reason}" : "Purchase", Shown.Money(move.Amount), Shown.Money(move.Left));

    private static BalanceOfOneView View(ListedBalance balance, Seq<ListedEntry> entries) => new(
        balance.Resource, Subject(balance.Resource), Shown.Money(balance.Amount),
        balance.EmptySince is { } since ? Shown.Moment(since) : null,
        [.. entries.Select(entry => new BalanceEntryRow(
            MomentView.Of(entry.At),
            entry.Reason is { } reason ? $"Adjustment: {reason}" : entry.Plan is { } plan ? $"Use by plan {plan}" : "Purchase", entry.Cause,
            Shown.Money(entry.Amount), Shown.Money(entry.After)))],
        balance.Entries > entries.Count);

    private static string Subject(string? resource) => resource ?? "The installation as a whole";
}

public sealed record BalancesView(TableView Table, IReadOnlyList<BalanceMoveRow> Rows);

public sealed record BalanceMoveRow(
    MomentView At, string Installation, string Address, string Balance, string What, string Amount, string Left);

/// <param name="Adjust">Where credit is given or taken.</param>
/// <param name="FormKey">By which a second click is known again.</param>
public sealed record BalancesOfOneView(
    string Installation, string InstallationAddress, string Adjust, IReadOnlyList<BalanceOfOneView> Balances, string FormKey);

/// <param name="Resource">Null for the installation as a whole.</param>
/// <param name="EmptySince">Null while something is left.</param>
/// <param name="HasMore">Older entries than are shown.</param>
public sealed record BalanceOfOneView(
    string? Resource, string Name, string Left, string? EmptySince, IReadOnlyList<BalanceEntryRow> Entries, bool HasMore);

public sealed record BalanceEntryRow(MomentView At, string What, string Cause, string Amount, string After);
