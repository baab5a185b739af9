using Marketplace.Core.Products;
using Microsoft.AspNetCore.Http.Extensions;

namespace Marketplace.Shell.OperatorConsole.CatalogueAsSold;

/// <summary>Where the catalogue as sold is in the console.</summary>
internal static class CataloguePaths
{
    public const string Root = OperatorPaths.Root + "/catalogue";

    /// <summary>Of one plan: its terms, and who has it.</summary>
    public const string Plan = Root + "/plan";

    public const string ProductName = "product";

    public const string PlanName = "plan";

    public static string Of(OfferedPlan plan)
    {
        var query = new QueryBuilder();
        plan.Product.IfSome(product => query.Add(ProductName, product.Value));
        query.Add(PlanName, plan.Plan.Id.Value);
        return Plan + query;
    }
}
