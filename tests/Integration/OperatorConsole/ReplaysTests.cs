using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole;
using Marketplace.Shell.OperatorConsole.Queues;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>What the audit says of many messages that are sent once more together.</summary>
public sealed class ReplaysTests
{
    [Fact]
    public void The_first_ten_are_named_and_the_others_counted()
    {
        Assert.Equal(string.Join(", ", Enumerable.Range(1, 10).Select(number => $"icfg_1/{number}")), About(10));
        Assert.Equal($"{About(10)}, and 1 more", About(11));
        Assert.Equal($"{About(10)}, and 90 more", About(100));
    }

    /// <summary>A character of two halves lies across the place where it is cut.</summary>
    [Fact]
    public void A_name_that_no_list_of_ours_has_is_cut() =>
        Assert.Equal($"{new string('x', 99)}…", About([PageCursor.After($"{new string('x', 99)}😀😀")]));

    private static string About(int count) => About([.. Enumerable.Range(1, count).Select(number => PageCursor.After("icfg_1", PageCursor.Part(number)))]);

    private static string About(string[] chosen) => Replays.AboutChosen(
        new OperatorAction(null!, "replay messages", "of the test", new FormCollection(new Dictionary<string, StringValues>(StringComparer.Ordinal) { [Replays.ChosenField] = chosen })));
}
