using System.Globalization;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.CatalogueAsSold.Pages;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Products;

namespace Marketplace.Shell.OperatorConsole.CatalogueAsSold;

/// <summary>GET /ops/catalogue and one plan of it: what is sold and was ever sold, to how many, and what the file says otherwise.</summary>
internal static class CataloguePages
{
    public static readonly RequestDelegate Whole = OperatorEndpoint.Page(ShowWhole);

    public static readonly RequestDelegate One = OperatorEndpoint.Page(ShowPlan);

    private static readonly TableShape Holders = new("Who has the plan", "of")
    {
        Columns = [new("Who", "of"), new("Name"), new("State"), new("Changes to")],
        Empty = new("Nobody has it", "No resource and no installation is on this plan."),
    };

    private static async Task<IResult> ShowWhole(
        Operator person, CatalogueInForce inForce, OfferedPlans offered, Provisioners provisioners, CancellationToken cancel)
    {
        var standing = await offered.Standing(cancel);
        var check = await CatalogueCheck.Of(inForce.File.Path, provisioners, offered, cancel);
        var (sold, file) = (inForce.Now, CatalogueFile.Open(inForce.File.Path).ToOption());
        return OperatorPage.Of<CataloguePage>(
            person.Frame,
            new CatalogueView(
                State(inForce, file, check),
                [.. check.Problems.Select(problem => new ProblemRow(Place(problem), problem.Path, problem.Problem.TrimEnd('.')))],
                [.. file.Match(read => Changes(read.Catalogue, standing), () => [])],
                check.Notes,
                [
                    .. sold.Products.Select(product => Family(
                        product.Name, $"{product.Id}, made by {product.Provisioner}", product.Plans, standing.Filter(plan => plan.Offered.Product == product.Id), sold)),
                    .. sold.InstallationBilling.Match<IEnumerable<FamilyView>>(
                        billing => [Family("Whole installations", "Plans that cover an installation with all its resources", billing.Plans, standing.Filter(plan => plan.Offered.Product.IsNone), sold)],
                        () => []),
                    .. Gone(standing, sold),
                ]));
    }

    private static async Task<IResult> ShowPlan(
        Operator person, HttpRequest request, CatalogueInForce inForce, OfferedPlans offered, OperatorMessages messages, CancellationToken cancel)
    {
        var asked = TableQuery.Read(request, Holders, CataloguePaths.ProductName, CataloguePaths.PlanName);
        var (product, plan) = (request.Query[CataloguePaths.ProductName].ToString(), request.Query[CataloguePaths.PlanName].ToString());
        var standing = (await offered.Standing(cancel))
            .Find(one => one.Offered.Plan.Id.Value == plan && one.Offered.Product.Match(id => id.Value, () => "") == product);
        if (standing.Case is not SomeCase<StandingPlan>(var found))
            return messages.NoSuch(person.Frame, "Plan", CataloguePaths.Root, "To the catalogue");

        var looked = await offered.Holders(found.Offered, Place(asked), asked.IsDescending, TableQuery.Look, cancel);
        var (rows, table) = asked.Show(looked.ToList(), holder => PageCursor.After(holder.Installation, holder.Resource ?? ""));
        return OperatorPage.Of<PlanPage>(
            person.Frame,
            new PlanPageView(
                found.Offered.Name, found.Offered.Plan.Name, Mark(found.Offered, inForce.Now), Count(found.Holders), MomentView.Of(found.OfferedAt),
                [.. found.Offered.Terms.Map(term => new Fact(term.Path, term.Value))],
                [.. found.Corrections.Map(correction => new CorrectionRow(MomentView.Of(correction.At), correction.Reason))],
                table, [.. rows.Select(Row)]));
    }

    private static (string, string) Place(TableQuery asked) =>
        asked.After switch
        {
            null => ("", ""),
            { Parts: [var installation, var resource] } => (installation, resource),
            _ => throw TableQuery.Stale(),
        };

    private static NoticeView State(CatalogueInForce inForce, Option<Configuration.CatalogSettings> file, CatalogueCheck check) =>
        check.Problems.Count > 0
            ? new NoticeView(Tone.Bad, "The file would not take force", $"{Counted.Of(check.Problems.Count, "problem")} in {inForce.File.Path}. What was in force before stays so.", null)
        : file.Exists(read => read.Text != inForce.File.Text)
            ? new NoticeView(Tone.Warn, "The file was changed, and is not in force yet", $"{inForce.File.Path} is good. It takes force at the next look, or at the next start where nobody looks.", null)
            : new NoticeView(Tone.Good, "What the file says is in force", inForce.File.Path, null);

    private static string Place(PlacedProblem problem) => string.Create(CultureInfo.InvariantCulture, $"line {problem.At.Line}, column {problem.At.Column}");

    /// <summary>What the file says otherwise than what was offered.</summary>
    private static IEnumerable<ChangeRow> Changes(Catalogue file, Seq<StandingPlan> standing)
    {
        var history = CatalogueHistory.Of(file, standing.Map(one => one.Offered).Strict());
        foreach (var plan in history.New)
            yield return new ChangeRow(plan.Name, "New in the file", "", plan.Plan.Name, "Nobody: it was never offered");
        foreach (var edit in history.Edits)
        {
            var holders = standing.Find(one => one.Offered.IsSameAs(edit.Before)).Match(one => Count(one.Holders), () => "0");
            switch (edit)
            {
                case PlanEdit.Changed changed:
                    foreach (var change in changed.Changes)
                        yield return Change(edit, change, holders);
                    break;
                case PlanEdit.MeasuredOtherwise measured:
                    foreach (var change in measured.Changes)
                        yield return Change(edit, change, holders);
                    break;
                default:
                    yield return new ChangeRow(edit.Before.Name, "Gone from the file", edit.Before.Plan.Name, "", holders);
                    break;
            }
        }
    }

    private static ChangeRow Change(PlanEdit edit, TermChange change, string holders) => new(
        edit.Before.Name, change.Path, change.Was.Match(was => was, () => "not said"), change.Is.Match(now => now, () => "not said"), holders);

    private static FamilyView Family(string name, string about, Seq<BillingPlan> sold, Seq<StandingPlan> standing, Catalogue catalogue) => new(
        name, about,
        [
            .. standing
                .OrderBy(one => one.Offered.Plan.Id.Name, StringComparer.Ordinal).ThenByDescending(one => one.Offered.Plan.Id.Version)
                .Select(one => Plan(one, sold, catalogue)),
        ]);

    /// <summary>Products of which nothing is sold any more.</summary>
    private static IEnumerable<FamilyView> Gone(Seq<StandingPlan> standing, Catalogue sold) =>
        standing
            .Filter(one => one.Offered.Product.Match(id => sold.Product(id).IsNone, () => sold.InstallationBilling.IsNone))
            .GroupBy(one => one.Offered.Product.Match(id => id.Value, () => "Whole installations"), StringComparer.Ordinal)
            .Select(gone => Family(gone.Key, "Not in the catalogue any more", Seq<BillingPlan>.Empty, gone.ToSeq().Strict(), sold));

    private static PlanRow Plan(StandingPlan standing, Seq<BillingPlan> sold, Catalogue catalogue)
    {
        var plan = standing.Offered.Plan;
        var card = sold.Find(one => one.Id == plan.Id).Match(one => one, () => plan);
        return new PlanRow(
            CataloguePaths.Of(standing.Offered), card.Name, plan.Id.Value, plan.Id.Version.ToString(CultureInfo.InvariantCulture), Mark(standing.Offered, catalogue),
            Price(standing.Offered), plan.Type == PlanType.Subscription ? "Subscription" : "Prepaid", Count(standing.Holders),
            standing.Corrections.Count > 0 ? $"Corrected {Counted.Of(standing.Corrections.Count, "time")}" : null, MomentView.Of(standing.OfferedAt));
    }

    /// <summary>The parts of a price that are not nothing, in words.</summary>
    private static IReadOnlyList<string> Price(OfferedPlan offered)
    {
        var pricing = offered.Plan.Pricing;
        List<string> parts = [];
        if (pricing.Base > Usd.Zero)
            parts.Add($"{DisplayedAmount.Of(pricing.Base)} a month");
        if (pricing.OneTime > Usd.Zero)
            parts.Add($"{DisplayedAmount.Of(pricing.OneTime)} once");
        if (pricing.Minimum > Usd.Zero)
            parts.Add($"at least {DisplayedAmount.Of(pricing.Minimum)}");
        if (!pricing.Metered.IsEmpty)
            parts.Add($"by use: {string.Join(", ", pricing.Metered.Map(price => price.Metric.Value))}");
        if (!pricing.Choices.IsEmpty)
            parts.Add($"by choice: {string.Join(", ", pricing.Choices.Map(choice => choice.Property))}");
        if (!pricing.Discounts.IsEmpty)
            parts.Add(Counted.Of(pricing.Discounts.Count, "discount"));
        return parts.Count == 0 ? ["Free"] : parts;
    }

    private static Mark Mark(OfferedPlan offered, Catalogue sold)
    {
        var plans = offered.Product.Match(
            id => sold.Product(id).Match(product => product.Plans, () => Seq<BillingPlan>.Empty),
            () => sold.InstallationBilling.Match(billing => billing.Plans, () => Seq<BillingPlan>.Empty));
        var retired = offered.Product.Match(
            id => sold.Product(id).Match(product => product.RetiredPlans, () => Seq<string>.Empty),
            () => sold.InstallationBilling.Match(billing => billing.RetiredPlans, () => Seq<string>.Empty));
        return plans.Find(plan => plan.Id == offered.Plan.Id).Case is SomeCase<BillingPlan>(var known)
            ? known.Display.Disabled ? new Mark("Shown, not sold", Tone.Warn) : new Mark("Sold", Tone.Good)
            : retired.Exists(name => name == offered.Plan.Id.Name) ? new Mark("Retired", Tone.Quiet)
            : new Mark("Superseded", Tone.Quiet);
    }

    private static string Count(long holders) =>
        holders > StandingPlan.HoldersMax ? $"{QueueWords.Number(StandingPlan.HoldersMax)}+" : QueueWords.Number(holders);

    private static HolderRow Row(PlanHolder holder)
    {
        var installation = new Core.Installations.InstallationId(holder.Installation);
        return new HolderRow(
            holder.Resource is { } resource ? OperatorPaths.Resource(installation, resource) : OperatorPaths.Installation(installation),
            holder.Resource ?? holder.Installation, holder.Installation, holder.Name, QueueWords.Kind(holder.Status),
            holder.NextPlan is { } next ? holder.NextPlanAt is { } at ? $"{next} on {Shown.Day(at)}" : next : null);
    }
}
