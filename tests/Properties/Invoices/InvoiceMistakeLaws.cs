using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Xunit;

namespace Marketplace.Properties.Invoices;

public sealed class InvoiceMistakeLaws
{
    [Fact]
    public void A_reason_names_the_line_that_it_speaks_of() =>
        Law.Holds(
            from content in AnyInvoice.Content.Where(content => !content.Lines.IsEmpty)
            from index in Gen.Choose(0, content.Lines.Count - 1)
            select (content, index),
            given => InvoiceMistake.All(Prelude.Seq1($"items[{given.index}].total: is wrong"), given.content).Head.Line == Prelude.Some(given.index + 1)
                && InvoiceMistake.All(Prelude.Seq1("the period is not aligned"), given.content).Head.Line.IsNone);

    [Theory]
    [InlineData("pro: Queries: the total 3.00 is not 0.01 times 200", 2)]
    [InlineData("resource res_b on plan team: was not active in the period (limit 2)", 3)]
    [InlineData("items.1: duplicate", 2)]
    [InlineData("items[7]: duplicate", null)]
    [InlineData("resource res_a on plan pro: was billed for this period", null)]
    public void A_name_or_a_resource_is_enough_where_only_one_line_has_it(string reason, int? line)
    {
        var january = BillingPeriod.MonthOf(DateTimeOffset.Parse("2027-01-01T00:00:00Z"));
        var content = new InvoiceContent(
            ExternalInvoiceId.For(AnyInvoice.Installation, january, 1), AnyInvoice.Installation, january, january.LastSecond,
            Prelude.Seq(Line("res_a", "pro", "pro"), Line("res_a", "pro", "pro: Queries"), Line("res_b", "team", "Team seats")),
            Seq<BillingDiscount>.Empty, Final: false);

        var mistake = Assert.Single(InvoiceMistake.All(Prelude.Seq1(reason), content));
        Assert.Equal(line, mistake.Line.MatchUnsafe<int?>(at => at, () => null));
        Assert.Equal(line is null ? reason : $"line {line}: {reason}", mistake.ToString());
    }

    private static BillingLine Line(string resource, string plan, string name) =>
        new(PlanSubject.Of(new ResourceId(resource)), new PlanId(plan), LineKind.Base, name, resource, new(3m), 1m, "period", new(3m),
            Option<DateTimeOffset>.None, Option<DateTimeOffset>.None);
}
