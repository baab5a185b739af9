using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Projects;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Projects;

/// <summary>What is known of a project, whatever the order of the news.</summary>
public sealed class ProjectLaws
{
    private static readonly ProjectId Project = new("prj_1");

    private static readonly Gen<ProjectConnection> News = Gen.OneOf(
        from told in AnyTold.Word
        from name in Gen.Elements(None, Some("shop"), Some("shop-renamed"))
        from targets in Gen.Elements(Seq1("production"), Seq("production", "preview"))
        select (ProjectConnection)new ProjectConnection.Connected(Project, name, targets, told),
        from told in AnyTold.Word
        select (ProjectConnection)new ProjectConnection.Disconnected(Project, told));

    [Fact]
    public void The_generator_knows_every_case() => Union.IsKnownTo(News);

    [Fact]
    public void The_latest_word_counts_in_any_order_and_any_number_of_times() =>
        Law.Holds(
            from news in News.NonEmptyListOf()
            let once = news.DistinctBy(one => one.Told).ToList()
            from again in Gen.Shuffle(once.Concat(once))
            select (once, again),
            given => Heard(given.again) == Heard(given.once)
                && Heard(given.once).Exists(left => left.Told == given.once.Max(one => one.Told)));

    [Fact]
    public void An_older_word_changes_nothing() =>
        Law.Holds(
            from known in News from told in News where told.Told <= known.Told select (known, told),
            given => ProjectConnection.Heard(Some(given.known), given.told) == given.known);

    private static Option<ProjectConnection> Heard(IEnumerable<ProjectConnection> news) =>
        news.Aggregate(Option<ProjectConnection>.None, (known, told) => Some(ProjectConnection.Heard(known, told)));
}
