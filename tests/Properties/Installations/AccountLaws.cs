using FsCheck;
using FsCheck.Fluent;
using Marketplace.Core.Installations;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.Installations;

/// <summary>What Vercel says of a team when it is asked, and when it is asked again.</summary>
public sealed class AccountLaws
{
    [Fact]
    public void What_is_learnt_of_the_account_changes_the_account_alone_and_only_where_it_is_active() =>
        Law.Holds(
            from state in AnyInstallation.State
            from told in AnyInstallation.Registration
            from now in AnyTime.Moment
            select (state, told.Account, now),
            given => InstallationTransitions.Apply(given.state, new InstallationCommand.LearnAccount(given.Account), given.now).Match(
                Right: step => step.Next == (given.state is Installation.Active active
                    ? active with { Registration = active.Registration with { Account = given.Account } }
                    : given.state),
                Left: _ => false));

    [Fact]
    public void The_account_is_read_again_within_a_day_and_then_day_by_day() =>
        Law.Holds(
            from number in Gen.Choose(0, 10_000) from now in AnyTime.Moment select (new InstallationId($"icfg_{number}"), now),
            given =>
            {
                var (id, now) = given;
                var next = AccountReading.NextAt(id, now);
                return next > now && next <= now.AddDays(1) && AccountReading.NextAt(id, next) == next.AddDays(1);
            });

    [Fact]
    public void Many_that_were_read_at_one_moment_are_spread_over_the_next_day() =>
        Law.Holds(AnyTime.Moment, now => Enumerable.Range(0, 2400)
            .Select(number => AccountReading.NextAt(new InstallationId($"icfg_{number}"), now))
            .GroupBy(next => (int)(next - now).TotalHours)
            .All(hour => hour.Count() < 200));
}
