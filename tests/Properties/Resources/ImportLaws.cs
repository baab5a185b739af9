using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Properties.Installations;
using Marketplace.Properties.Products;
using Marketplace.Properties.Time;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Resources;

public sealed class ImportLaws
{
    private static readonly Product Product = new(
        new ProductId("acme-postgres"), "Acme Postgres", "postgres", MetadataSchema.Nothing, Empty,
        Seq1(AnyCatalogue.Free("free", PlanScope.Resource)));

    private static readonly Catalogue Sold = Catalogue.Of(Seq1(Product), None).IfFail(
        errors => throw new InvalidOperationException(string.Join('\n', errors)));

    private static readonly Gen<ImportResource> Import =
        from name in AnyResource.Name
        from metadata in AnyResource.Metadata
        from ownership in AnyResource.Elsewhere
        select new ImportResource(Product, name, metadata, ownership, Seq1(Plain("URL", "postgres://orders")));

    [Fact]
    public void What_is_imported_again_is_the_same_thing_as_it_is_now() =>
        Law.Holds(
            from first in Import
            from again in Import
            from installation in AnyInstallation.State.Where(state => state is Installation.Active)
            from now in AnyTime.Moment
            select (first, again, installation, now),
            given => given.first.Decide(given.installation, None, new ResourceId("res_1"), given.now)
                .Bind(born => given.again.Decide(given.installation, born.Next, new ResourceId("res_2"), given.now.AddHours(1)))
                .Bind(second => given.again.Decide(given.installation, second.Next, new ResourceId("res_3"), given.now.AddHours(2))
                    .Map(third => (second, third)))
                .Match(
                    Right: lived => lived.third.Next == lived.second.Next && lived.third.Events.IsEmpty
                        && lived.third.Next.Id == new ResourceId("res_1")
                        && lived.third.Next.Facts.Name == given.again.Name && lived.third.Next.Facts.Metadata == given.again.Metadata,
                    Left: _ => false));

    [Fact]
    public void What_is_imported_is_never_ours_and_waits_for_Vercel() =>
        Law.Holds(
            from asked in Import from installation in AnyInstallation.State from now in AnyTime.Moment select (asked, installation, now),
            given => given.asked.Decide(given.installation, None, new ResourceId("res_1"), given.now).Match(
                Right: born => given.installation is Installation.Active
                    && born.Next is Resource.Pending { Facts: { IsOurs: false, Plan.IsNone: true } }
                    && born.Events.Exists(happened => happened is ResourceEvent.ImportRequested),
                Left: _ => given.installation is not Installation.Active));

    [Fact]
    public void Exactly_the_wrong_fields_of_an_import_are_named() =>
        Law.Holds(
            from product in Gen.Elements(None, Some("unknown"), Some(Product.Id.Value))
            from name in Gen.Elements(None, Some("not a name"), Some("orders"))
            from ownership in Gen.Elements(None, Some("linked"), Some("sandbox"), Some("owned"), Some("mine"))
            from reference in Gen.Elements(None, Some(""), Some("orders"), Some(new string('x', 501)))
            from secrets in Gen.Elements(
                Empty, Seq1(Plain("", "x")), Seq1(Plain("X", "")), Seq(Plain("X", "1"), Plain("X", "2")), Seq1(Plain("X", "1")))
            select new ImportRequest(product, name, None, ownership, reference, secrets),
            asked =>
            {
                var wrong = new (string Key, bool IsWrong)[]
                {
                    ("productId", asked.ProductId != Some(Product.Id.Value)),
                    ("name", asked.Name != Some("orders")),
                    ("ownership", asked.Ownership.Exists(named => named is "owned" or "mine")),
                    ("externalReference", asked.Reference != Some("orders")),
                    ("secrets", asked.Secrets.Count != 1 || asked.Secrets.Head is { Name: "" } or { Value: "" }),
                }.Where(field => field.IsWrong).Select(field => field.Key).ToArray();
                return ImportResource.Parse(asked, Sold).Match(
                    Succ: _ => wrong.Length == 0,
                    Fail: errors => errors.Select(error => error.Key).Order().SequenceEqual(wrong.Order()));
            });

    private static Secret Plain(string name, string value) => new(name, value, None, EnvironmentOverrides.None);
}
