using LanguageExt;
using Marketplace.Core.Money;

namespace Marketplace.Core.BillingPlans;

/// <summary>A range of quantities with a price of its own.</summary>
/// <param name="UpTo">The last quantity in it; absent for the last step.</param>
/// <param name="UnitPrice">Exact; not negative.</param>
/// <param name="Flat">Once, as soon as anything lies in the step; not negative.</param>
public sealed record PriceStep(Option<decimal> UpTo, Usd UnitPrice, Usd Flat)
{
    public bool Costs => UnitPrice > Usd.Zero || Flat > Usd.Zero;
}

/// <summary>A step with what lies before it.</summary>
/// <param name="From">The end of the step before: the first quantity above it is in this one.</param>
public readonly record struct PriceRange(decimal From, PriceStep Step)
{
    /// <summary>Where the step lies, as a quote and an invoice name it.</summary>
    public string Text =>
        (From, Step.UpTo.Case) switch
        {
            (0m, SomeCase<decimal>(var most)) => $"up to {QuantityPrice.Text(most)}",
            (0m, _) => "any quantity",
            (_, SomeCase<decimal>(var most)) => $"{QuantityPrice.Text(From)} to {QuantityPrice.Text(most)}",
            _ => $"above {QuantityPrice.Text(From)}",
        };
}

public static class PriceSteps
{
    /// <summary>The ranges of steps, in their order; together they hold every quantity once.</summary>
    public static Seq<PriceRange> Ranges(this Seq<PriceStep> steps)
    {
        var (ranges, from) = (Seq<PriceRange>.Empty, 0m);
        foreach (var step in steps)
        {
            ranges = ranges.Add(new PriceRange(from, step));
            from = step.UpTo.IfNone(from);
        }

        return ranges;
    }
}
