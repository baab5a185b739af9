using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Properties.Resources;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Secrets;

public sealed class RotationLaws
{
    private static readonly LifeCycle<ResourceSecrets, SecretCommand, SecretEvent, SecretRejection> Life =
        new(AnySecrets.State, AnySecrets.Command, SecretTransitions.Apply);

    /// <summary>Secrets, a rotation of them that is new, and a moment not before it.</summary>
    private static readonly Gen<(ResourceSecrets Before, TimeSpan Delay, DateTimeOffset Now, ResourceSecrets After, DateTimeOffset Then)> Rotated =
        from before in AnySecrets.State
        from delay in AnySecrets.Delay
        from now in AnySecrets.MomentFor(before)
        let after = AnySecrets.Applied(before, new SecretCommand.Rotate(NewOperation, delay), now)
        from then in AnySecrets.MomentFor(after)
        select (before, delay, now, after, then);

    private static readonly OperationId NewOperation = new("op_new");

    [Fact]
    public void The_generators_know_every_stage_and_every_command()
    {
        Union.IsKnownTo(AnySecrets.Generation);
        Union.IsKnownTo(AnySecrets.Command);
    }

    [Fact]
    public void Every_command_has_an_answer() => Life.EveryCommandHasAnAnswerInEveryState();

    [Fact]
    public void Applying_a_command_twice_equals_applying_it_once() => Life.TwiceIsOnce();

    [Fact]
    public void Something_happened_if_and_only_if_something_changed() => Life.SomethingHappenedIfAndOnlyIfSomethingChanged();

    [Fact]
    public void The_moves_of_a_generation_are_those_of_the_diagram() =>
        Assert.Equal(
            Diagram.MovesIn("src/Core/Secrets/README.md"),
            (from secrets in AnySecrets.State
             from now in AnySecrets.MomentFor(secrets)
             from command in Gen.OneOf(AnySecrets.Command, Gen.Constant((SecretCommand)new SecretCommand.ConfirmEnd(secrets.DueAt(now))))
             select (secrets, After: AnySecrets.Applied(secrets, command, now)))
            .Sample(2000, 50)
            .SelectMany(given => given.secrets.Generations.Zip(given.After.Generations))
            .Select(pair => (pair.Item1.GetType().Name, pair.Item2.GetType().Name))
            .Where(move => move.Item1 != move.Item2)
            .Distinct()
            .Order());

    [Fact]
    public void The_newest_generation_is_the_current_one_and_the_only_one() =>
        Law.Holds(AnySecrets.State, secrets =>
            secrets.Generations.Last is SecretGeneration.Current
            && secrets.Generations.Count(generation => generation is SecretGeneration.Current) == 1
            && secrets.Generations.Map(generation => generation.MintedBy).Distinct().Count == secrets.Generations.Count);

    [Fact]
    public void At_every_moment_the_newest_credentials_work() =>
        Law.Holds(
            from secrets in AnySecrets.State from now in AnySecrets.MomentFor(secrets) select (secrets, now),
            given => given.secrets.WorkingAt(given.now).Exists(generation => generation == given.secrets.Current));

    [Fact]
    public void Rotated_credentials_work_exactly_until_the_delay_is_over() =>
        Law.Holds(Rotated, given =>
            IsWorking(given.After, given.Before.Current.MintedBy, given.Then) == (given.Then < given.Now + given.Delay));

    [Fact]
    public void A_later_rotation_never_lengthens_what_an_earlier_one_promised() =>
        Law.Holds(Rotated, given => given.Before.Generations.ForAll(old =>
            !IsWorking(given.After, old.MintedBy, given.Then) || IsWorking(given.Before, old.MintedBy, given.Then)));

    [Fact]
    public void A_rotation_without_delay_leaves_nothing_but_the_new_credentials() =>
        Law.Holds(
            Rotated.Where(given => given.Delay == TimeSpan.Zero),
            given => given.After.WorkingAt(given.Then).Map(generation => generation.MintedBy) == Seq1(NewOperation));

    [Fact]
    public void A_rotation_leaves_everything_that_worked_until_the_sooner_of_both_ends() =>
        Law.Holds(Rotated, given => given.Before.Generations.ForAll(old =>
            IsWorking(given.After, old.MintedBy, given.Then)
            == (IsWorking(given.Before, old.MintedBy, given.Then) && given.Then < given.Now + given.Delay)));

    [Fact]
    public void What_is_due_is_what_works_no_longer_and_was_not_ended() =>
        Law.Holds(
            from secrets in AnySecrets.State from now in AnySecrets.MomentFor(secrets) select (secrets, now),
            given => given.secrets.DueAt(given.now) == given.secrets.Generations
                .Filter(generation => generation is not SecretGeneration.Ended)
                .Filter(generation => !IsWorking(given.secrets, generation.MintedBy, given.now))
                .Map(generation => generation.MintedBy));

    [Fact]
    public void Nothing_is_due_before_the_next_due_moment_and_something_is_then() =>
        Law.Holds(AnySecrets.State, secrets => secrets.NextDueAt.Match(
            due => secrets.DueAt(due.AddTicks(-1)).IsEmpty && !secrets.DueAt(due).IsEmpty,
            () => secrets.DueAt(DateTimeOffset.MaxValue).IsEmpty));

    [Fact]
    public void Once_confirmed_nothing_is_due_and_everything_that_worked_still_does() =>
        Law.Holds(
            from secrets in AnySecrets.State from now in AnySecrets.MomentFor(secrets) select (secrets, now),
            given =>
            {
                var after = AnySecrets.Applied(given.secrets, new SecretCommand.ConfirmEnd(given.secrets.DueAt(given.now)), given.now);
                return after.DueAt(given.now).IsEmpty && after.WorkingAt(given.now) == given.secrets.WorkingAt(given.now);
            });

    [Fact]
    public void Nothing_that_works_can_be_confirmed_as_ended() =>
        Law.Holds(
            from secrets in AnySecrets.State
            from now in AnySecrets.MomentFor(secrets)
            from asked in Gen.SubListOf(secrets.Generations.AsEnumerable())
            select (secrets, now, asked),
            given => SecretTransitions
                .Apply(given.secrets, new SecretCommand.ConfirmEnd(given.asked.Select(generation => generation.MintedBy).ToSeq().Strict()), given.now)
                .IsLeft == given.asked.Any(generation => IsWorking(given.secrets, generation.MintedBy, given.now)));

    [Fact]
    public void An_operation_that_is_repeated_after_its_credentials_ended_mints_nothing() =>
        Law.Holds(
            from secrets in AnySecrets.State
            from old in Gen.Elements<SecretGeneration>(secrets.Generations)
            from delay in AnySecrets.Delay
            from now in AnySecrets.MomentFor(secrets)
            select (secrets, old, delay, now),
            given => AnySecrets.Applied(given.secrets, new SecretCommand.Rotate(given.old.MintedBy, given.delay), given.now) == given.secrets);

    [Fact]
    public void A_delay_is_taken_from_nought_to_720_hours_to_the_minute_and_finer() =>
        Law.Holds(Gen.Choose(0, 720 * 60), minutes =>
        {
            // Vercel writes hours with as many decimals as it likes, so a minute arrives as 0.0166…
            var hours = Math.Round(minutes / 60m, 12);
            return RotateSecrets.ParseDelay(hours).Match(
                delay => (delay - TimeSpan.FromMinutes(minutes)).Duration() <= TimeSpan.FromMicroseconds(1), _ => false);
        });

    [Theory]
    [InlineData("-0.000001")]
    [InlineData("720.000001")]
    [InlineData("79228162514264337593543950335")]
    public void A_delay_outside_is_a_field_error(string hours) =>
        Assert.Equal(
            "delayOldSecretsExpirationHours",
            RotateSecrets.ParseDelay(decimal.Parse(hours)).Match(_ => "", errors => errors[0].Key));

    [Fact]
    public void No_delay_said_is_none() => Assert.True(RotateSecrets.ParseDelay(None) == TimeSpan.Zero);

    [Fact]
    public void Only_what_is_made_here_and_in_service_can_be_rotated() =>
        Law.Holds(AnyResource.State, resource =>
            RotateSecrets.Allowed(resource).IsRight
                == resource is { Facts.IsOurs: true } and (Resource.Onboarding or Resource.Ready or Resource.Resumed));

    private static bool IsWorking(ResourceSecrets secrets, OperationId mintedBy, DateTimeOffset now) =>
        secrets.WorkingAt(now).Exists(generation => generation.MintedBy == mintedBy);
}
