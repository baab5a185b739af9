using Marketplace.Core.Installations;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Drift;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Drift.Pages;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.OperatorConsole.Tables;

namespace Marketplace.Shell.OperatorConsole.Drift;

/// <summary>
/// GET /ops/drift and of one installation: what the last comparisons have found. None is made by looking: it asks Vercel and the provisioners.
/// </summary>
internal static class DriftPages
{
    public static readonly RequestDelegate List = OperatorEndpoint.Page(ShowList);

    public static readonly RequestDelegate One = OperatorEndpoint.Page(ShowOne);

    private static readonly TableShape Shape = new("The last comparison of each installation", "-at")
    {
        Columns = [new("Installation"), new("Result"), new("Differences", IsNumber: true), new("Resources", IsNumber: true), new("Asked for by"), new("Compared", "at")],
        Filters =
        [
            TableFilter.Choice("result", "Result", new FilterChoice("differs", "Differs")),
            TableFilter.Text(Replays.InstallationField, "Installation"),
        ],
        Empty = new(
            "Nothing was compared yet",
            "Fill in an installation above to compare it. What is found is kept here until it is compared anew; the command drift compares everybody."),
    };

    private static async Task<IResult> ShowList(Operator person, HttpRequest request, DriftResults results, CancellationToken cancel)
    {
        var asked = TableQuery.Read(request, Shape);
        if (asked.Filter(Replays.InstallationField) is { } id)
            return new SeeOther(DriftPaths.Of(new InstallationId(id)));

        var found = await results.List(asked.Filter("result") is not null, Place(asked), !asked.IsDescending, TableQuery.Look, cancel);
        var (rows, table) = asked.Show(found.ToList(), result => NewestFirst.After(result.ComparedAt, result.Installation.Value));
        return OperatorPage.Of<DriftPage>(person.Frame, new DriftPageView(table, [.. rows.Select(Row)]));
    }

    private static async Task<IResult> ShowOne(
        string installationId, Operator person, DriftResults results, OperatorMessages messages, CancellationToken cancel)
    {
        var id = new InstallationId(installationId);
        var (last, isThere) = await results.Find(id, cancel);
        return isThere
            ? OperatorPage.Of<DriftResultPage>(
                person.Frame,
                new DriftResultView(
                    DriftPaths.Of(id), id.Value, OperatorPaths.Installation(id), last is null ? null : Row(last),
                    [.. (last?.Findings ?? []).Select(finding => DriftFindingRow.Of(id, finding))]))
            : messages.NoSuch(person.Frame, "Installation", DriftPaths.Root, "To the drift");
    }

    private static NewestFirst? Place(TableQuery asked) =>
        asked.After is not { } after ? null
        : after is { Parts: [var at, var id] } && PageCursor.Moment(at) is { } moment ? new NewestFirst(moment, id)
        : throw TableQuery.Stale();

    private static DriftRow Row(DriftResult result) => new(
        DriftPaths.Of(result.Installation), result.Installation.Value,
        result switch
        {
            { Differences: > 0 } => new Mark("Differs", Tone.Bad),
            { IsCompared: true } => new Mark("The same everywhere", Tone.Good),
            _ => new Mark("Not comparable", Tone.Quiet),
        },
        QueueWords.Number(result.Differences), QueueWords.Number(result.Resources), result.Actor, MomentView.Of(result.ComparedAt));
}
