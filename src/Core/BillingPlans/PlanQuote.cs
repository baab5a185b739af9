using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.BillingPlans;

/// <summary>What a plan costs for a whole period with the choices of a form: the very sum that a whole period is billed at.</summary>
/// <param name="Lines">In whole cents each; together they are the total, so that nobody adds up to something else.</param>
public sealed record PlanQuote(Seq<QuoteLine> Lines)
{
    public Usd Total => Usd.Sum(Lines.Map(line => line.Amount));

    /// <param name="form">Of the product, which knows what a choice is called.</param>
    public static PlanQuote Of(BillingPlan plan, MetadataSchema form, Map<string, MetadataValue> metadata)
    {
        var (lines, exact, quoted) = (Seq<QuoteLine>(), Usd.Zero, Usd.Zero);
        foreach (var (label, choice, amount) in Parts(plan, form, metadata))
        {
            exact += amount;
            lines = lines.Add(new QuoteLine(label, choice, exact.ToCents() - quoted));
            quoted = exact.ToCents();
        }

        return new PlanQuote(lines);
    }

    private static IEnumerable<(string Label, Option<string> Choice, Usd Amount)> Parts(
        BillingPlan plan, MetadataSchema form, Map<string, MetadataValue> metadata) =>
        plan.Pricing.Chosen(metadata)
            .Map(chosen => (form.LabelOf(chosen.Price.Property), Some(chosen.Price.Describe(chosen.Value)), chosen.Price.Of(chosen.Value)))
            .AsEnumerable()
            .Prepend((plan.Name, None, plan.Pricing.Base))
            .Where(part => part.Item2.IsSome || part.Item3 > Usd.Zero);
}

/// <summary>One part of a price.</summary>
/// <param name="Label">The plan's name for its base, or what the form calls the choice.</param>
/// <param name="Choice">What was chosen; none for the base.</param>
public sealed record QuoteLine(string Label, Option<string> Choice, Usd Amount);
