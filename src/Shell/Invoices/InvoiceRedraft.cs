using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Invoices;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Invoices;

/// <summary>
/// Has an invoice that Vercel refused sent once more, by the word of a person. What a mended catalogue would say otherwise is drafted anew
/// without anybody's word; this is for what was mended elsewhere.
/// </summary>
internal sealed class InvoiceRedraft(NpgsqlDataSource database, IInvoices invoices, TimeProvider clock)
{
    public async Task<RedraftAnswer> Redraft(InstallationId installation, ExternalInvoiceId id, Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (await Find(installation, id, cancel) is not { } known)
            return new RedraftAnswer.NoInvoice();
        if (known.Invoice is not Invoice.Refused refused)
            return new RedraftAnswer.NotRefused(InvoiceRows.StateOf(known.Invoice));
        if (known.Installation is Installation.Finalized)
            return new RedraftAnswer.InstallationFinal();

        var closed = await invoices.AsClosed(installation, refused.Content.BillingPeriod, now, cancel);
        var redraft = InvoiceDraft.Again(closed.Invoiced, refused.Content).IfNone(() => new InvoiceCommand.Redraft(refused.Content));
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // The installation first: whoever ends it at this moment has to be waited for.
        var isFinal = await InstallationRows.LoadForUpdate(transaction, installation, cancel) is Installation.Finalized;
        var current = await InvoiceRows.LoadForUpdate(transaction, installation, id, cancel) ?? known.Invoice;
        if (isFinal)
            return new RedraftAnswer.InstallationFinal();
        if (current is not Invoice.Refused)
            return new RedraftAnswer.NotRefused(InvoiceRows.StateOf(current));

        var writes = new Writes();
        InvoiceStore.Apply(writes, current, redraft, actor, now)
            .IfLeft(rejection => throw new System.Diagnostics.UnreachableException(rejection.GetType().Name));
        BillingScheduleRows.Schedule(writes, installation, BillingWork.Invoices, now);
        await writes.Commit(transaction, cancel);
        return new RedraftAnswer.Redrafted(redraft.Content != refused.Content, refused.Reasons) { IsSent = redraft.Rest.IsNone };
    }

    private async Task<(Installation Installation, Invoice Invoice)?> Find(
        InstallationId installation, ExternalInvoiceId id, CancellationToken cancel)
    {
        var loads = new Loads();
        var home = InstallationRows.Load(loads, installation);
        var invoice = InvoiceRows.Load(loads, installation, id);
        await loads.Read(database, cancel);
        return home.Value is { } known && invoice() is { } found ? (known, found) : null;
    }
}

/// <summary>What became of the wish.</summary>
internal abstract record RedraftAnswer
{
    private RedraftAnswer() { }

    /// <param name="SaysOtherwise">The catalogue was mended since; else the invoice is sent as it was.</param>
    /// <param name="Reasons">Why Vercel had refused it.</param>
    public sealed record Redrafted(bool SaysOtherwise, Seq<string> Reasons) : RedraftAnswer
    {
        /// <summary>Else it comes to too little by now, and ends as the catalogue says of small totals.</summary>
        public bool IsSent { get; init; } = true;
    }

    public sealed record NoInvoice : RedraftAnswer;

    public sealed record NotRefused(string State) : RedraftAnswer;

    /// <summary>The token is dead: nothing can be sent any more.</summary>
    public sealed record InstallationFinal : RedraftAnswer;
}
