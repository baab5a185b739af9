using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Products;
using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.Products;

/// <summary>
/// Holds a catalogue against everything that was sold before, so that nobody's plan ever changes under them: what is new is kept, what is
/// superseded comes along for those who have it, and what would change for somebody is refused.
/// </summary>
internal sealed class OfferedPlans(NpgsqlDataSource database)
{
    /// <summary>The catalogue with all that anybody has of it, or every plan that it would change under somebody.</summary>
    /// <param name="isOffered">Whether it is sold by from now on, so that it is kept; else it is only looked at.</param>
    public async Task<Either<Seq<CatalogueError>, Catalogue>> Accept(CatalogSettings file, bool isOffered, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (isOffered)
            await OfferedPlanRows.Lock(transaction, cancel);
        var kept = await OfferedPlanRows.Load(transaction, cancel);
        var history = CatalogueHistory.Of(file.Catalogue, kept.Map(one => one.Offered));
        var wrong = await Wrong(transaction, file.Catalogue, kept, history, cancel);
        if (!wrong.IsEmpty)
            return wrong;

        if (isOffered)
        {
            await Keep(transaction, file, kept, cancel);
            await transaction.CommitAsync(cancel);
        }

        return file.Catalogue.With(history.Superseded);
    }

    /// <summary>
    /// Has a plan mean what the file says, also to those who have it: a mistake in a price is mended so, and nothing else. Null when it was
    /// never offered or says the same already.
    /// </summary>
    /// <param name="plan">As <see cref="OfferedPlan.Name"/>.</param>
    public async Task<(Seq<TermChange> Changes, PlanHolders Holders)?> Correct(
        CatalogSettings file, string plan, string reason, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await OfferedPlanRows.Lock(transaction, cancel);
        var history = CatalogueHistory.Of(file.Catalogue, (await OfferedPlanRows.Load(transaction, cancel)).Map(one => one.Offered));
        if (history.Edits.OfType<PlanEdit.Changed>().FirstOrDefault(edit => edit.Is.Name == plan) is not { } changed)
            return null;

        var holders = await OfferedPlanRows.Holders(transaction, changed.Is, cancel);
        using var text = JsonDocument.Parse(file.Text);
        await OfferedPlanRows.Correct(transaction, changed.Is, OfferedPlanJson.Of(changed.Is, text.RootElement), reason, cancel);
        await transaction.CommitAsync(cancel);
        return (changed.Changes, holders);
    }

    private static async Task<Seq<CatalogueError>> Wrong(
        NpgsqlTransaction transaction, Catalogue catalogue, Seq<KeptPlan> kept, CatalogueHistory history, CancellationToken cancel)
    {
        var wrong = new List<CatalogueError>();
        foreach (var edit in history.Edits)
        {
            var holders = await OfferedPlanRows.Holders(transaction, edit.Before, cancel);
            if (holders.Any)
                wrong.Add(PlanEditProblem.Of(edit, holders, catalogue, kept.Map(one => one.Offered)));
        }

        return wrong.ToSeq().Strict();
    }

    /// <summary>What nobody has may still say something else, and what a card says of a plan may change at any time.</summary>
    private static async Task Keep(NpgsqlTransaction transaction, CatalogSettings file, Seq<KeptPlan> kept, CancellationToken cancel)
    {
        using var text = JsonDocument.Parse(file.Text);
        foreach (var offered in file.Catalogue.Offered)
        {
            var json = OfferedPlanJson.Of(offered, text.RootElement);
            if (!kept.Exists(one => one.Offered.IsSameAs(offered) && one.Json == json))
                await OfferedPlanRows.Save(transaction, offered, json, cancel);
        }
    }
}
