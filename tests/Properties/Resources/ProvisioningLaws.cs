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

public sealed class ProvisioningLaws
{
    /// <summary>A request whose every field is good, and what it was made for.</summary>
    private static readonly Gen<(Catalogue Catalogue, Installation Installation, ProvisionRequest Request)> Good =
        from catalogue in AnyCatalogue.Catalogue
        from installation in AnyInstallation.State
        from product in Gen.Elements<Product>(catalogue.Products)
        from plan in Gen.Elements<BillingPlan>(product.Plans + catalogue.InstallationBilling.Match(billing => billing.Plans, () => Seq<BillingPlan>()))
        from values in Gen.CollectToList(product.Metadata.Fields, field => AnyMetadata.Fitting(field.Control))
        from name in AnyResource.Name
        from externalId in Gen.Elements(None, Some("from-a-button"))
        select (catalogue, installation, new ProvisionRequest(
            product.Id.Value, name, SentMetadata.Of(toMap(product.Metadata.Fields.Select((field, at) => (field.Key, values[at])))), plan.Id.Value, externalId,
            None));

    private static readonly Gen<(ProvisionResource Asked, Installation Installation, int OnPlan, bool IsUnpaid, DateTimeOffset Now)> Parsed =
        from good in Good
        from onPlan in Gen.Choose(0, 4)
        from isUnpaid in Gen.Elements(false, true)
        from now in AnyTime.Moment
        select (Parse(good).Match(asked => asked, errors => throw new InvalidOperationException(string.Join('\n', errors))),
                good.Installation, onPlan, isUnpaid, now);

    private static readonly ResourceId NewId = new("res_new");

    [Fact]
    public void What_was_asked_is_what_begins() =>
        Law.Holds(Parsed, given => given.Asked.Decide(given.Installation, given.OnPlan, given.IsUnpaid, NewId, given.Now).Match(
            Right: begun =>
            {
                var pending = Assert.IsType<Resource.Pending>(begun.Resource.Next);
                Assert.Equal(
                    new ResourceProfile(
                        NewId, given.Asked.Product.Id, given.Asked.Name, given.Asked.Metadata,
                        given.Asked.Plan.Filter(plan => plan.Scope == PlanScope.Resource).Map(plan => plan.Id),
                        given.Asked.ExternalId, given.Asked.EdgeConfigId, given.Now),
                    pending.Profile);
                Assert.IsType<ResourceEvent.ProvisioningRequested>(Assert.Single(begun.Resource.Events));
            },
            Left: _ => { }));

    [Fact]
    public void Nothing_begins_in_an_installation_that_is_not_active() =>
        Law.Holds(
            Parsed.Where(given => given.Installation is not Installation.Active),
            given => given.Asked.Decide(given.Installation, given.OnPlan, given.IsUnpaid, NewId, given.Now).Match(
                Right: _ => false,
                Left: rejection => rejection
                    is ProvisioningRejection.InstallationBeingUninstalled or ProvisioningRejection.InstallationFinalized));

    [Fact]
    public void A_plan_for_the_whole_installation_takes_it_over_and_a_resource_s_own_plan_leaves_it_alone() =>
        Law.Holds(Parsed, given => given.Asked.Decide(given.Installation, given.OnPlan, given.IsUnpaid, NewId, given.Now).Match(
            Right: begun => given.Asked.Plan.Match(
                plan => plan.Scope == PlanScope.Installation
                    ? begun.Installation.Next is Installation.Active active && active.Plan == Some(plan.Id)
                    : begun.Installation.Next == given.Installation && begun.Installation.Events.IsEmpty,
                () => false),
            Left: _ => true));

    [Fact]
    public void In_an_active_installation_only_the_plan_can_be_in_the_way() =>
        Law.Holds(
            Parsed.Where(given => given.Installation is Installation.Active),
            given =>
            {
                var installation = (Installation.Active)given.Installation;
                var plan = given.Asked.Plan.Match(plan => plan, () => throw new InvalidOperationException("no plan"));
                var isIn = installation.Plan == Some(plan.Id);
                var inTheWay = (plan.Display.Disabled && !isIn)
                    || (given.IsUnpaid && plan.Type == PlanType.Subscription && plan.PaymentMethodRequired && !isIn)
                    || (plan.Scope == PlanScope.Installation && installation.Plan.IsNone)
                    || plan.ResourcesMax.Exists(max => given.OnPlan >= max);
                return given.Asked.Decide(given.Installation, given.OnPlan, given.IsUnpaid, NewId, given.Now).IsLeft == inTheWay;
            });

    [Fact]
    public void Exactly_the_fields_that_are_wrong_are_named() =>
        Law.Holds(
            from good in Good
            from wrong in Gen.SubListOf<(string Key, Func<ProvisionRequest, ProvisionRequest> Make)>(Mistakes)
            select (good, wrong),
            given =>
            {
                var request = given.wrong.Aggregate(given.good.Request, (soFar, mistake) => mistake.Make(soFar));
                Assert.Equal(
                    given.wrong.Select(mistake => mistake.Key).Order(StringComparer.Ordinal),
                    Keys(Parse(given.good with { Request = request })).Order(StringComparer.Ordinal));
            });

    [Fact]
    public void An_unknown_product_is_named_with_a_bad_name_as_well() =>
        Law.Holds(Good, good => Assert.Equal(
            ["productId", "name"],
            Keys(Parse(good with { Request = good.Request with { ProductId = "acme-mysql", Name = None } }))));

    [Fact]
    public void Without_a_plan_a_resource_begins_only_where_the_installation_has_one() =>
        Law.Holds(Good, good =>
            Parse(good with { Request = good.Request with { BillingPlanId = None } }).IsSuccess
            == good.Installation is Installation.Active { Plan.IsSome: true });

    private static readonly (string, Func<ProvisionRequest, ProvisionRequest>)[] Mistakes =
    [
        ("name", request => request with { Name = "no spaces" }),
        ("billingPlanId", request => request with { BillingPlanId = "enterprise" }),
    ];

    private static Validation<FieldError, ProvisionResource> Parse(
        (Catalogue Catalogue, Installation Installation, ProvisionRequest Request) given) =>
        ProvisionResource.Parse(given.Request, given.Catalogue, given.Installation);

    private static string[] Keys<T>(Validation<FieldError, T> result) =>
        result.Match(_ => [], errors => errors.Select(error => error.Key).ToArray());
}
