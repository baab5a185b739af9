using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Installations;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Installations;

/// <summary>What is known of a person, whatever the order of the news.</summary>
public sealed class MembershipLaws
{
    [Fact]
    public void The_latest_word_on_a_member_counts_in_any_order() =>
        Law.Holds(
            from news in (from told in AnyTold.Word
                          from role in Gen.Elements(TeamRole.None, TeamRole.User, TeamRole.Admin)
                          select new Membership("user_1", role, told)).NonEmptyListOf()
            let once = news.DistinctBy(one => one.Told).ToList()
            from again in Gen.Shuffle(once.Concat(once))
            select (once, again),
            given => Heard(given.again).Exists(left => left == given.once.MaxBy(one => one.Told)) && Heard(given.once) == Heard(given.again));

    private static Option<Membership> Heard(IEnumerable<Membership> news) =>
        news.Aggregate(Option<Membership>.None, (known, told) => Some(Membership.Heard(known, told)));
}
