using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Refunds;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Refunds;

/// <summary>Refunds that somebody asks for: the intent is committed, and the worker sends it. Asked again under the same key it is the same refund.</summary>
internal sealed class RefundRequests(NpgsqlDataSource database, TimeProvider clock)
{
    /// <param name="key">By which the caller asks again without asking twice; no two callers have the same.</param>
    public async Task<RefundAnswer> Request(
        InstallationId id, ExternalInvoiceId external, RequestRefund asked, string? key, Actor actor, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var loads = new Loads();
        var locked = InstallationRows.LoadForUpdate(loads, id);
        var known = InvoiceRows.LoadForUpdate(loads, id, external);
        var refunds = RefundRows.Of(loads, id, external);
        var before = RefundRows.ByKey(loads, id, key);
        await loads.Begin(connection, cancel);

        if (locked.Value is not { } installation)
            return new RefundAnswer.NoInstallation();
        if (known() is not { } invoice)
            return new RefundAnswer.NoInvoice();
        if (before.Value is { } same)
            return IsTheSame(same.Terms, external, asked) ? new RefundAnswer.Accepted(same) : new RefundAnswer.KeyReused();

        var now = clock.GetUtcNow();
        return await asked.Decide(installation, invoice, refunds.Value, Ids.Refund(), now).MatchAsync<RefundAnswer>(
            LeftAsync: rejection => Task.FromResult<RefundAnswer>(new RefundAnswer.Refused(rejection)),
            RightAsync: async transition =>
            {
                var writes = new Writes();
                RefundRows.Insert(writes, id, transition.Next, key);
                EventRows.Append(writes, id, transition.Events, actor);
                BillingScheduleRows.Schedule(writes, id, BillingWork.Settlement, now);
                await writes.Commit(connection, cancel);
                return new RefundAnswer.Accepted(transition.Next);
            });
    }

    private static bool IsTheSame(RefundTerms terms, ExternalInvoiceId invoice, RequestRefund asked) =>
        terms.Invoice == invoice && terms.Reason == asked.Reason && asked.Amount.ForAll(amount => amount == terms.Amount);
}

/// <summary>What became of the wish.</summary>
internal abstract record RefundAnswer
{
    private RefundAnswer() { }

    /// <summary>Now, or when it was asked for the first time.</summary>
    public sealed record Accepted(Refund Refund) : RefundAnswer;

    public sealed record NoInstallation : RefundAnswer;

    public sealed record NoInvoice : RefundAnswer;

    /// <summary>Another refund was asked for under the same key.</summary>
    public sealed record KeyReused : RefundAnswer;

    public sealed record Refused(RefundRejection Rejection) : RefundAnswer;
}
