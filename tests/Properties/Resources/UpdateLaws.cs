using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Properties.Installations;
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
        from scope in Gen.Elements(PlanScope.Resource, PlanScope.Installation)
        from id in scope == PlanScope.Resource ? AnyResource.Plan : AnyInstallation.Plan
        from plan in OrNone(AnyCatalogue.Plan(id.Value, scope))
        from edgeConfigId in OrNone(AnyResource.EdgeConfigId)
        from status in Gen.Frequency((4, Gen.Constant(Option<string>.None)), (1, Gen.Elements<string>(ResourceStatus.All).Select(Some)))
        select new UpdateResource(name, metadata, plan, edgeConfigId) { Status = status };

    private static readonly Gen<(Resource Resource, Installation Installation, UpdateResource Update, int OnPlan, bool IsUnpaid, DateTimeOffset Now)> Asked =
        from resource in AnyResource.State
        from installation in AnyInstallation.State
        from update in Update
        from onPlan in Gen.Choose(0, 4)
        from isUnpaid in Gen.Elements(false, false, true)
        from now in AnyTime.Moment
        select (resource, installation, update, onPlan, isUnpaid, now);

    [Fact]
    public void An_update_does_what_its_commands_do_one_by_one_or_nothing() =>
        Law.Holds(Asked, given =>
        {
            var oneByOne = OneByOne(given.Resource, given.Update, given.Now);
            given.Update.Decide(given.Resource, given.Installation, given.OnPlan, given.IsUnpaid, given.Now).Match(
                Right: done => Assert.Equal(Some(done.Resource), oneByOne),
                Left: rejection => Assert.True(
                    oneByOne.IsNone
                    || rejection is ResourceRejection.PlanHindered or ResourceRejection.InstallationRefuses or ResourceRejection.StatusNotForCustomers
                        or ResourceRejection.NotOurs));
        });

    [Fact]
    public void After_an_update_a_resource_is_as_it_was_asked_to_be() =>
        Law.Holds(Asked, given => given.Update.Decide(given.Resource, given.Installation, given.OnPlan, given.IsUnpaid, given.Now).Match(
            Right: done => given.Update.Name.ForAll(name => done.Resource.Next.Facts.Name == name)
                && given.Update.Metadata.ForAll(metadata => done.Resource.Next.Facts.Metadata == metadata)
                && given.Update.Plan.ForAll(plan => plan.Scope == PlanScope.Resource
                    ? done.Resource.Next.Facts.Plan == Some(plan.Id) && done.Installation.Next == given.Installation
                    : done.Resource.Next.Facts.Plan.IsNone && done.Installation.Next.OwnPlan == Some(plan.Id))
                && given.Update.EdgeConfigId.ForAll(id => done.Resource.Next.Facts.EdgeConfigId == Some(id))
                && done.Resource.Next.GetType() == given.Resource.GetType(),
            Left: _ => true));

    [Fact]
    public void Of_what_was_made_elsewhere_nobody_changes_the_form_or_the_plan() =>
        Law.Holds(
            Asked.Where(given => !given.Resource.Facts.IsOurs),
            given => given.Update.Decide(given.Resource, given.Installation, given.OnPlan, given.IsUnpaid, given.Now).Match(
                Right: done => done.Resource.Next.Facts.Metadata == given.Resource.Facts.Metadata && done.Installation.Next == given.Installation,
                Left: _ => true));

    [Fact]
    public void Nobody_changes_a_status_by_naming_another_one() =>
        Law.Holds(
            Asked.Where(given => given.Update.Status.IsSome),
            given => given.Update.Decide(given.Resource, given.Installation, given.OnPlan, given.IsUnpaid, given.Now).Match(
                Right: done => given.Update.Status == Some(ResourceStatus.Of(given.Resource)) && ResourceStatus.Of(done.Resource.Next) == ResourceStatus.Of(given.Resource),
                Left: _ => true));

    [Fact]
    public void The_statuses_are_those_of_the_stages() =>
        Assert.Equal(
            ResourceStatus.All.Order(StringComparer.Ordinal),
            AnyResource.State.Sample(1000, 50).Select(ResourceStatus.Of).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [Fact]
    public void An_update_that_arrives_again_changes_nothing() =>
        Law.Holds(Asked, given => given.Update.Decide(given.Resource, given.Installation, given.OnPlan, given.IsUnpaid, given.Now).Match(
            Right: done => given.Update.Decide(done.Resource.Next, done.Installation.Next, resourcesOnPlan: 4, isUnpaid: true, given.Now).Match(
                Right: again => again.Resource.Next == done.Resource.Next && again.Resource.Events.IsEmpty
                    && again.Installation.Next == done.Installation.Next && again.Installation.Events.IsEmpty,
                Left: _ => false),
            Left: _ => true));

    [Fact]
    public void Nobody_moves_to_a_plan_that_is_disabled_or_unpaid_for_or_full() =>
        Law.Holds(Asked, given => given.Update.Decide(given.Resource, given.Installation, given.OnPlan, given.IsUnpaid, given.Now).Match(
            Right: done => given.Update.Plan.ForAll(plan =>
                (given.Resource.Facts.Plan || given.Installation.OwnPlan) == Some(plan.Id)
                || ((given.Installation.OwnPlan == Some(plan.Id)
                        || (!plan.Display.Disabled && !(given.IsUnpaid && plan.Type == PlanType.Subscription && plan.PaymentMethodRequired)))
                    && plan.ResourcesMax.ForAll(max => given.OnPlan < max))),
            Left: _ => true));

    [Fact]
    public void Whoever_cannot_pay_may_always_move_to_what_is_free() =>
        Law.Holds(
            Asked.Where(given => given.Update.Plan.Exists(plan => !plan.PaymentMethodRequired)),
            given => given.Update.Decide(given.Resource, given.Installation, given.OnPlan, isUnpaid: true, given.Now)
                == given.Update.Decide(given.Resource, given.Installation, given.OnPlan, isUnpaid: false, given.Now));

    [Fact]
    public void A_request_names_every_field_that_is_wrong() =>
        Law.Holds(
            from catalogue in AnyCatalogue.Catalogue
            from product in Gen.Elements<Product>(catalogue.Products)
            from resource in AnyResource.State
            from wrong in Gen.SubListOf("name", "billingPlanId", "status")
            select (catalogue, product, resource, wrong),
            given =>
            {
                var request = new UpdateRequest(
                    given.wrong.Contains("name") ? Some("a b") : None, None, given.wrong.Contains("billingPlanId") ? Some("enterprise") : None,
                    given.wrong.Contains("status") ? Some("frozen") : None, None);
                Assert.Equal(
                    given.wrong.Order(StringComparer.Ordinal),
                    UpdateResource.Parse(request, given.product, given.catalogue, given.resource)
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
            .. update.Plan.Map<ResourceCommand>(plan => plan.Scope == PlanScope.Resource
                ? new ResourceCommand.ChangePlan(plan.Id) : new ResourceCommand.ComeUnderInstallation()),
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
