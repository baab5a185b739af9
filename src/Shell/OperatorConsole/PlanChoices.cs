using Marketplace.Core.BillingPlans;
using Marketplace.Core.Products;
using Marketplace.Shell.OperatorConsole.Tables;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>The plans that anybody may have, by their names without a version, for the filter of a list.</summary>
internal static class PlanChoices
{
    public static IEnumerable<FilterChoice> Of(Catalogue sold) =>
        sold.InstallationBilling.ToSeq().Bind(whole => (whole.Plans + whole.Superseded).Strict())
            .Concat(sold.Products.Bind(product => (product.Plans + product.Superseded).Strict()))
            .Select(plan => plan.Id.Name)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(name => new FilterChoice(name, name));
}
