using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Properties.Products;
using Marketplace.Properties.Time;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Resources;

public sealed class UpdateLaws
{
    private static readonly Gen<UpdateResource> Update =
        from name in OrNone(AnyResource.Name)
        from metadata in OrNone(AnyResource.Metadata)
        from id in AnyResource.Plan
        from plan in OrNone(AnyCatalogue.Plan(id.Value, PlanScope.Resource))
        from edgeConfigId in OrNone(AnyResource.EdgeConfigId)
        select new UpdateResource(name, metadata, plan, edgeConfigId);

    private static readonly Gen<(Resource Resource, UpdateResource Update, int OnPlan, DateTimeOffset Now)> Asked =
        from resource in AnyResource.State
        from update in Update
        from onPlan in Gen.Choose(0, 4)
        from now in AnyTime.Moment
        select (resource, update, onPlan, now);

    [Fact]
    public void An_update_does_what_its_commands_do_one_by_one_or_nothing() =>
        Law.Holds(Asked, given =>
        {
            var oneByOne = OneByOne(given.Resource, given.Update, given.Now);
            given.Update.Decide(given.Resource, given.OnPlan, given.Now).Match(
                Right: done => Assert.Equal(Some(done), oneByOne),
                Left: rejection => Assert.True(
                    oneByOne.IsNone || rejection is ResourceRejection.PlanDisabled or ResourceRejection.PlanIsFull));
        });

    [Fact]
    public void After_an_update_a_resource_is_as_it_was_asked_to_be() =>
        Law.Holds(Asked, given => given.Update.Decide(given.Resource, given.OnPlan, given.Now).Match(
            Right: done => given.Update.Name.ForAll(name => done.Next.Facts.Name == name)
                && given.Update.Metadata.ForAll(metadata => done.Next.Facts.Metadata == metadata)
                && given.Update.Plan.ForAll(plan => done.Next.Facts.Plan == Some(plan.Id))
                && given.Update.EdgeConfigId.ForAll(id => done.Next.Facts.EdgeConfigId == Some(id))
                && done.Next.GetType() == given.Resource.GetType(),
            Left: _ => true));

    [Fact]
    public void An_update_that_arrives_again_changes_nothing() =>
        Law.Holds(Asked, given => given.Update.Decide(given.Resource, given.OnPlan, given.Now).Match(
            Right: done => given.Update.Decide(done.Next, resourcesOnPlan: 4, given.Now).Match(
                Right: again => again.Next == done.Next && again.Events.IsEmpty,
                Left: _ => false),
            Left: _ => true));

    [Fact]
    public void Nobody_moves_to_a_plan_that_is_disabled_or_full() =>
        Law.Holds(Asked, given => given.Update.Decide(given.Resource, given.OnPlan, given.Now).Match(
            Right: done => given.Update.Plan.ForAll(plan =>
                given.Resource.Facts.Plan == Some(plan.Id)
                || (!plan.Display.Disabled && plan.ResourcesMax.ForAll(max => given.OnPlan < max))),
            Left: _ => true));

    [Fact]
    public void A_request_names_every_field_that_is_wrong() =>
        Law.Holds(
            from product in AnyCatalogue.Product("acme-postgres")
            from resource in AnyResource.State
            from wrong in Gen.SubListOf("name", "billingPlanId")
            select (product, resource, wrong),
            given =>
            {
                var request = new UpdateRequest(
                    given.wrong.Contains("name") ? Some("a b") : None, None, given.wrong.Contains("billingPlanId") ? Some("enterprise") : None, None);
                Assert.Equal(
                    given.wrong.Order(StringComparer.Ordinal),
                    UpdateResource.Parse(request, given.product, given.resource)
                        .Match(_ => [], errors => errors.Select(error => error.Key).ToArray())
                        .Order(StringComparer.Ordinal));
            });

    private static Option<Transition<Resource, ResourceEvent>> OneByOne(Resource resource, UpdateResource update, DateTimeOffset now)
    {
        var (state, events) = (resource, Seq<ResourceEvent>());
        ResourceCommand[] commands =
        [
            .. update.Name.Map(name => new ResourceCommand.Rename(name)),
            .. update.Metadata.Map(metadata => new ResourceCommand.ChangeMetadata(metadata)),
            .. update.Plan.Map(plan => new ResourceCommand.ChangePlan(plan.Id)),
            .. update.EdgeConfigId.Map(id => new ResourceCommand.OptInToExperiments(id)),
        ];
        foreach (var command in commands)
        {
            var decided = ResourceTransitions.Apply(state, command, now);
            if (decided.IsLeft)
            {
                return None;
            }

            var step = decided.IfLeft(() => throw new InvalidOperationException());
            (state, events) = (step.Next, events + step.Events);
        }

        return new Transition<Resource, ResourceEvent>(state, events.Strict());
    }

    private static Gen<Option<T>> OrNone<T>(Gen<T> generator) => Gen.OneOf(Gen.Constant(Option<T>.None), generator.Select(Some));
}
