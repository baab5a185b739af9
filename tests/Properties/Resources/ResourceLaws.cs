using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;
using Marketplace.Properties.Time;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Resources;

public sealed class ResourceLaws
{
    private static readonly LifeCycle<Resource, ResourceCommand, ResourceEvent, ResourceRejection> Life =
        new(AnyResource.State, AnyResource.Command, ResourceTransitions.Apply);

    [Fact]
    public void The_generators_know_every_state_every_command_and_every_value()
    {
        Union.IsKnownTo(AnyResource.State);
        Union.IsKnownTo(AnyResource.Command);
        Union.IsKnownTo(AnyResource.Value);
        Union.IsKnownTo(Gen.OneOf(AnyResource.Profile, AnyResource.Linked).Select(profile => profile.Ownership));
    }

    [Fact]
    public void Every_command_has_an_answer_in_every_state() => Life.EveryCommandHasAnAnswerInEveryState();

    [Fact]
    public void Applying_a_command_twice_equals_applying_it_once() => Life.TwiceIsOnce();

    [Fact]
    public void Something_happened_if_and_only_if_something_changed() => Life.SomethingHappenedIfAndOnlyIfSomethingChanged();

    [Fact]
    public void An_uninstalled_resource_stays_as_it_is() => Life.NothingLeaves<Resource.Uninstalled>();

    [Fact]
    public void The_moves_are_those_of_the_diagram() =>
        Assert.Equal(Diagram.MovesIn("src/Core/Resources/README.md"), Life.Moves());

    [Fact]
    public void What_a_resource_was_born_with_it_keeps() =>
        Life.Always((before, after) =>
            before.Id == after.Id
            && after.Facts == after.Facts with
            {
                Id = before.Facts.Id,
                Product = before.Facts.Product,
                ExternalId = before.Facts.ExternalId,
                CreatedAt = before.Facts.CreatedAt,
                Ownership = before.Facts.Ownership,
            });

    [Fact]
    public void A_stage_and_a_profile_never_change_in_one_step() =>
        Life.Always((before, after) => before.GetType() == after.GetType() || before.Facts == after.Facts);

    /// <summary>Only its name, its form and what is told beside it are ours; and that it is here.</summary>
    [Fact]
    public void What_was_made_elsewhere_never_has_a_plan_and_is_never_suspended() =>
        Life.Always((before, after) =>
            before.Facts.IsOurs || (after is not Resource.Suspended && after.Facts is { Plan.IsNone: true, NextPlan.IsNone: true }));

    [Fact]
    public void A_resource_can_be_uninstalled_from_every_stage() =>
        Law.Holds(
            from state in AnyResource.State from now in AnyTime.Moment select (state, now),
            given => ResourceTransitions.Apply(given.state, new ResourceCommand.Uninstall(), given.now).Match(
                Right: done => done.Next is Resource.Uninstalled, Left: _ => false));

    [Fact]
    public void A_resource_comes_back_from_a_suspension_as_it_went() =>
        Law.Holds(
            from profile in AnyResource.Profile
            from cause in AnyResource.Cause
            from reason in AnyResource.Reason
            from now in AnyTime.Moment
            select (profile, cause, reason, now),
            given => ResourceTransitions.Apply(new Resource.Ready(given.profile), new ResourceCommand.Suspend(given.cause, given.reason), given.now)
                .Bind(suspended => ResourceTransitions.Apply(suspended.Next, new ResourceCommand.Resume(given.cause), given.now))
                .Match(Right: resumed => resumed.Next == new Resource.Resumed(given.profile), Left: _ => false));

    /// <summary>Whatever is suspended and lifted, and in which order: what counts is what holds at the end.</summary>
    [Fact]
    public void A_resource_is_suspended_while_any_cause_holds() =>
        Law.Holds(
            from profile in AnyResource.Profile
            from asked in (from cause in AnyResource.Cause from reason in Gen.OneOf(Gen.Constant(Option<string>.None), AnyResource.Reason.Select(Some))
                           select (cause, reason)).ListOf()
            from now in AnyTime.Moment
            select (profile, asked, now),
            given =>
            {
                var holding = given.asked.Aggregate(Map<SuspensionCause, string>(), (causes, one) => one.reason.Match(
                    reason => causes.AddOrUpdate(one.cause, reason), () => causes.Remove(one.cause)));
                var lived = given.asked.Aggregate((Resource)new Resource.Ready(given.profile), (resource, one) => ResourceTransitions.Apply(
                    resource,
                    one.reason.Match<ResourceCommand>(
                        reason => new ResourceCommand.Suspend(one.cause, reason), () => new ResourceCommand.Resume(one.cause)),
                    given.now).Match(Right: step => step.Next, Left: _ => resource));
                return lived is Resource.Suspended suspended
                    ? suspended.Causes == holding && !holding.IsEmpty
                    : lived is Resource.Ready or Resource.Resumed && holding.IsEmpty;
            });

    [Fact]
    public void The_events_of_a_life_tell_its_stage_its_name_and_its_plan() =>
        Life.EveryHistoryKeeps(AnyResource.Birth, (state, events) =>
        {
            var born = Assert.IsType<ResourceEvent.ProvisioningRequested>(events[0]);
            Assert.Equal(StageAfter(events), state.GetType());
            Assert.Equal(events.Aggregate(born.Plan, PlanAfter), state.Facts.Plan);
            if (events.OfType<ResourceEvent.Renamed>().LastOrDefault() is { } renamed)
            {
                Assert.Equal(renamed.To, state.Facts.Name);
            }
        });

    [Fact]
    public void Each_change_of_plan_begins_where_the_last_one_ended() =>
        Life.EveryHistoryKeeps(AnyResource.Birth, (state, events) =>
            events.Aggregate(((ResourceEvent.ProvisioningRequested)events[0]).Plan, (plan, happened) =>
            {
                Assert.Equal(plan, happened switch
                {
                    ResourceEvent.PlanChanged changed => changed.From,
                    ResourceEvent.CameUnderInstallation came => came.From,
                    _ => plan,
                });
                return PlanAfter(plan, happened);
            }));

    [Fact]
    public void A_plan_that_waits_begins_at_its_own_instant_and_not_before() =>
        Law.Holds(
            from state in AnyResource.State from now in AnyTime.Moment select (state, now),
            given => ResourceTransitions.Apply(given.state, new ResourceCommand.BeginNextPlan(), given.now).Match(
                Right: begun => given.state.Facts.NextPlan
                    .Filter(next => next.EffectiveAt <= given.now && given.state is not (Resource.Error or Resource.Uninstalled))
                    .Match(
                        next => begun.Next.Facts.Plan == Some(next.Plan) && begun.Next.Facts.NextPlan.IsNone
                            && begun.Events.ForAll(happened => happened.At == next.EffectiveAt),
                        () => begun.Next == given.state && begun.Events.IsEmpty),
                Left: _ => given.state.Facts.NextPlan.Exists(next => next.EffectiveAt > given.now)));

    [Fact]
    public void Whatever_plan_is_chosen_at_once_withdraws_the_one_that_waits() =>
        Law.Holds(
            from state in AnyResource.State from plan in AnyResource.Plan from now in AnyTime.Moment select (state, plan, now),
            given => ResourceTransitions.Apply(given.state, new ResourceCommand.ChangePlan(given.plan), given.now).Match(
                Right: changed => changed.Next.Facts.NextPlan.IsNone && changed.Next.Facts.Plan == Some(given.plan),
                Left: _ => true));

    [Fact]
    public void A_change_that_is_taken_back_leaves_what_was_before() =>
        Law.Holds(
            from profile in AnyResource.Profile
            from plan in AnyResource.Plan
            from metadata in AnyResource.Metadata
            from causes in AnyResource.Causes
            from isSuspended in Gen.Elements(true, false)
            from now in AnyTime.Moment
            select (profile: profile with { Plan = Some(new PlanId("first")), NextPlan = None }, plan, metadata, causes, isSuspended, now),
            given =>
            {
                var changed = ResourceTransitions.Apply(new Resource.Ready(given.profile), new ResourceCommand.ChangePlan(given.plan), given.now)
                    .Bind(step => ResourceTransitions.Apply(step.Next, new ResourceCommand.ChangeMetadata(given.metadata), given.now))
                    .Map(step => given.isSuspended ? new Resource.Suspended(step.Next.Facts, given.causes) : step.Next);
                return changed.Bind(after => ResourceTransitions.Apply(
                        after, new ResourceCommand.TakeBackChange(PriorTerms.Of(given.profile, given.now)), given.now))
                    .Match(Right: back => back.Next.Facts == given.profile && back.Next is Resource.Suspended == given.isSuspended, Left: _ => false);
            });

    private static Option<PlanId> PlanAfter(Option<PlanId> before, ResourceEvent happened) =>
        happened switch
        {
            ResourceEvent.PlanChanged changed => changed.To,
            ResourceEvent.CameUnderInstallation => None,
            _ => before,
        };

    private static Type StageAfter(Seq<ResourceEvent> events) => events.Aggregate(
        typeof(Resource.Pending),
        (stage, happened) => happened switch
        {
            ResourceEvent.OnboardingAwaited => typeof(Resource.Onboarding),
            ResourceEvent.BecameReady or ResourceEvent.Onboarded => typeof(Resource.Ready),
            ResourceEvent.ProvisioningFailed => typeof(Resource.Error),
            ResourceEvent.Suspended => typeof(Resource.Suspended),
            ResourceEvent.Resumed => typeof(Resource.Resumed),
            ResourceEvent.Uninstalled => typeof(Resource.Uninstalled),
            _ => stage,
        });
}
