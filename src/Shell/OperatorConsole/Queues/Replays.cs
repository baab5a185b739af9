using Marketplace.Core.Installations;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Outbox;
using Microsoft.AspNetCore.Http.Extensions;

namespace Marketplace.Shell.OperatorConsole.Queues;

/// <summary>The fields of the forms that have something sent or processed once more: made with a page, read when it comes back.</summary>
internal static class Replays
{
    /// <summary>The boxes in the rows.</summary>
    public const string ChosenField = "chosen";

    /// <summary>The oldest of those that a filter found.</summary>
    public const string FromField = "from";

    public const string InstallationField = "installation";

    /// <summary>When the page was made: what was given up since is not meant.</summary>
    public const string ShownField = "shown";

    /// <summary>So many of those that were chosen are named in the audit.</summary>
    private const int NamedMax = 10;

    /// <param name="count">At most one more than is replayed at once.</param>
    public static string FoundLabel(int count) =>
        count > ReplayRange.TogetherMax ? $"Replay the newest {ReplayRange.TogetherMax} in this list"
        : count == 1 ? "Replay the one in this list"
        : $"Replay all {count} in this list";

    /// <summary>What the forms of a list carry along: when it was shown, and what it was narrowed by.</summary>
    public static IReadOnlyList<HiddenField> Fields(DateTimeOffset shownAt, InstallationId? installation, string kindField, string? kind) =>
    [
        new(ShownField, PageCursor.Part(shownAt)),
        .. installation is { } of ? (HiddenField[])[new(InstallationField, of.Value)] : [],
        .. kind is null ? (HiddenField[])[] : [new(kindField, kind)],
    ];

    /// <summary>Back to the list of what is dead, narrowed as it was.</summary>
    public static string BackTo(string list, OperatorAction action, string kindField)
    {
        var query = new QueryBuilder { { "state", OutboxView.Dead } };
        foreach (var name in new[] { InstallationField, kindField })
        {
            if (action.Field(name) is { } value)
                query.Add(name, value);
        }

        return list + query;
    }

    /// <summary>What the boxes name, for the audit: the first of them by name, and how many more.</summary>
    public static string AboutChosen(OperatorAction action)
    {
        var chosen = action.Form[ChosenField].OfType<string>().Select(PageCursor.Read).OfType<PageCursor>().Select(one => string.Join('/', one.Parts)).ToList();
        var named = string.Join(", ", chosen.Take(NamedMax).Select(OperatorAction.Storable));
        return chosen.Count <= NamedMax ? named : $"{named}, and {Counted.Of(chosen.Count - NamedMax, "more", "more")}";
    }

    /// <summary>What a filter finds, for the audit: which filter, and when the page was made.</summary>
    public static string AboutFound(OperatorAction action, string kindField)
    {
        var filter = action.Filled(InstallationField, kindField);
        var shown = action.Field(ShownField) is { } text && PageCursor.Moment(text) is { } moment ? $", as of {Shown.Moment(moment)}" : "";
        return filter.Length == 0 ? $"everything that was dead{shown}" : $"everything that was dead of {filter}{shown}";
    }

    public static DateTimeOffset ShownAt(OperatorAction action) =>
        action.Field(ShownField) is { } text && PageCursor.Moment(text) is { } moment ? moment : throw Foreign();

    public static InstallationId? Installation(OperatorAction action) =>
        action.Field(InstallationField) is { } id ? new InstallationId(id) : null;

    /// <summary>What the boxes name; empty where none is ticked.</summary>
    public static IReadOnlyList<PageCursor> Chosen(OperatorAction action) =>
    [
        .. action.Form[ChosenField].OfType<string>().Where(text => text.Length > 0).Take(ReplayRange.TogetherMax)
            .Select(text => PageCursor.Read(text) ?? throw Foreign()),
    ];

    public static PageCursor From(OperatorAction action) =>
        action.Field(FromField) is { } text && PageCursor.Read(text) is { } from ? from : throw Foreign();

    public static BadHttpRequestException Foreign() => new("This form is none of ours. Open the page again.");

    /// <param name="one">Such as <c>message</c>.</param>
    /// <param name="done">What becomes of them: <c>sent</c>.</param>
    public static OperatorAnswer Answer(string back, int replayed, string one, string done) =>
        replayed == 0
            ? OperatorAnswer.Refused(back, $"Nothing was {done} once more: what you saw waits already, or is over. Look at the list as it is now.")
            : OperatorAnswer.Done(back, $"{Counted.Of(replayed, $"{one} is", $"{one}s are")} {done} once more, within seconds where a worker runs.");

    public static OperatorAnswer NothingChosen(string back, string what) =>
        OperatorAnswer.Refused(back, $"No {what} were chosen. Tick the boxes in their rows first.");
}
