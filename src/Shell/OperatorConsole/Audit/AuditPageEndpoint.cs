using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Pages;
using Marketplace.Shell.OperatorConsole.SignIn;
using Marketplace.Shell.OperatorConsole.Tables;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Audit;

/// <summary>GET /ops/audit: what operators did, and tried to do.</summary>
internal static class AuditPageEndpoint
{
    public static readonly RequestDelegate Route = OperatorEndpoint.Page(Handle);

    private static readonly TableShape Shape = new("What operators did", "-at")
    {
        Columns =
        [
            new("When", "at"), new("Who"), new("What"), new("About"), new("Reason"), new("Outcome"),
        ],
        Search = "Words, ids, reasons",
        Filters =
        [
            TableFilter.Text("person", "Person"),
            TableFilter.Text("action", "Action"),
            TableFilter.Choice("outcome", "Outcome", new("done", "Done"), new("refused", "Refused"), new("failed", "Failed"), new("begun", "No end known")),
            TableFilter.Day("since", "From day"),
            TableFilter.Day("until", "To day"),
        ],
        Empty = new("Nobody has done anything yet", "Every sign-in and every action of an operator is written here, with its reason."),
    };

    private static async Task<IResult> Handle(Operator person, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = TableQuery.Read(request, Shape);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var found = await OperatorActionRows.List(connection, Asked(asked), cancel);
        var (rows, table) = asked.Show(found, action => PageCursor.After(PageCursor.Part(action.Number)));
        return OperatorPage.Of<AuditPage>(person.Frame, new AuditView(table, [.. rows.Select(View)]));
    }

    private static AskedActions Asked(TableQuery asked)
    {
        var from = asked.After switch
        {
            null => asked.IsDescending ? long.MaxValue : 0,
            { Parts: [var number] } => PageCursor.Number(number) ?? throw TableQuery.Stale(),
            _ => throw TableQuery.Stale(),
        };
        return new AskedActions(
            asked.IsDescending, from, asked.Filter("person"), asked.Filter("action"),
            asked.Filter("outcome") is { } outcome ? OperatorActionRows.Outcome(outcome) : null, asked.Search,
            asked.Day("since"), asked.Day("until")?.AddDays(1), TableQuery.Look);
    }

    private static AuditRow View(RecordedAction action) => new(
        MomentView.Of(action.At), action.Person.Name, Account(action.Person), action.Action, action.About, action.Reason,
        action.Outcome switch
        {
            ActionOutcome.Done => new Mark("Done", Tone.Good),
            ActionOutcome.Refused => new Mark("Refused", Tone.Warn),
            ActionOutcome.Failed => new Mark("Failed", Tone.Bad),
            _ => new Mark("No end known", Tone.Busy),
        },
        action.Told, action.Origin);

    /// <summary>Null where it says no more than the name.</summary>
    private static string? Account(OperatorPerson person) => person.Issuer.Length == 0 ? null : $"{person.Subject} at {person.Issuer}";
}

public sealed record AuditView(TableView Table, IReadOnlyList<AuditRow> Rows);

/// <param name="Account">By which the issuer knows the person, however they are called.</param>
/// <param name="Told">What the person was told of it.</param>
/// <param name="Origin">From which address it came.</param>
public sealed record AuditRow(MomentView At, string Person, string? Account, string Action, string About, string Reason, Mark Outcome, string Told, string Origin);
