using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Products;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Products;

/// <summary>
/// Holds a catalogue against everything that was sold before, so that nobody's plan ever changes under them: what is new is kept, what is
/// superseded comes along for those who have it, and what would change for somebody is refused.
/// </summary>
internal sealed class OfferedPlans(NpgsqlDataSource database)
{
    /// <summary>
    /// Puts a catalogue on record as what is sold from now on, and gives it with all that anybody has of it; or every plan that it would change
    /// under somebody.
    /// </summary>
    /// <param name="isAlone">
    /// Whether no other server of this deployment is selling by the file before: only then may a plan that nobody has say something else.
    /// </param>
    public async Task<Either<Seq<CatalogueError>, Catalogue>> Offer(CatalogSettings file, bool isAlone, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await OfferedPlanRows.Lock(transaction, cancel);
        var kept = await OfferedPlanRows.Load(transaction, cancel);
        var judged = await Judge(transaction, file, kept, isAlone, cancel);
        if (judged.IsRight)
        {
            await Keep(transaction, file, kept, cancel);
            await transaction.CommitAsync(cancel);
        }

        return judged;
    }

    /// <summary>The same without a trace: whether a server would start with the catalogue.</summary>
    /// <inheritdoc cref="Offer"/>
    public async Task<Either<Seq<CatalogueError>, Catalogue>> Check(CatalogSettings file, bool isAlone, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        return await Judge(transaction, file, await OfferedPlanRows.Load(transaction, cancel), isAlone, cancel);
    }

    /// <summary>Every plan that was ever offered, and how many have it.</summary>
    public async Task<Seq<StandingPlan>> Standing(CancellationToken cancel)
    {
        var loads = new Loads();
        var plans = OfferedPlanRows.Standing(loads, StandingPlan.HoldersMax + 1);
        await loads.Read(database, cancel);
        return plans.Value;
    }

    /// <summary>Who has a plan, by the name of the installation.</summary>
    /// <param name="after">Where the page before ended; nothing on the first.</param>
    public async Task<Seq<PlanHolder>> Holders(
        OfferedPlan plan, (string Installation, string Resource) after, bool isBackwards, int max, CancellationToken cancel)
    {
        var loads = new Loads();
        var holders = PlanHolderRows.List(loads, plan, after, isBackwards, max);
        await loads.Read(database, cancel);
        return holders.Value;
    }

    /// <summary>
    /// A catalogue as somebody sees it who does not offer it: a command, or a server that has not the latest file yet. What was sold, it finds;
    /// and where its file says otherwise, what was offered counts.
    /// </summary>
    public async Task<Catalogue> Know(CatalogSettings file, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        return file.Catalogue.Knowing((await OfferedPlanRows.Load(transaction, cancel)).Map(one => one.Offered).Strict());
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

    private static async Task<Either<Seq<CatalogueError>, Catalogue>> Judge(
        NpgsqlTransaction transaction, CatalogSettings file, Seq<KeptPlan> kept, bool isAlone, CancellationToken cancel)
    {
        var before = kept.Map(one => one.Offered).Strict();
        var history = CatalogueHistory.Of(file.Catalogue, before);
        var wrong = new List<CatalogueError>();
        foreach (var edit in history.Edits)
        {
            var holders = await OfferedPlanRows.Holders(transaction, edit.Before, cancel);
            if (holders.Any || (edit is PlanEdit.Changed && !isAlone))
                wrong.Add(PlanEditProblem.Of(edit, holders, file.Catalogue, before));
        }

        return wrong.Count == 0 ? file.Catalogue.With(history.Superseded) : wrong.ToSeq().Strict();
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
