using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.Settlement;
using Npgsql;

namespace Marketplace.Shell.Webhooks;

/// <summary>Webhooks in PostgreSQL, and their effects: each in one transaction with the end of its webhook.</summary>
internal sealed class WebhookStore(NpgsqlDataSource database) : IWebhooks
{
    public async Task<IReadOnlyList<ClaimedWebhook>> Claim(int webhooksMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await WebhookRows.Claim(connection, webhooksMax, lease, cancel);
    }

    public async Task Process(ClaimedWebhook webhook, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var writes = new Writes();
        var remark = InvoiceNews.Read(webhook) is { } news
            ? await Observe(transaction, writes, webhook, news, now, cancel)
            : webhook.Type == "marketplace.member.changed" ? ReadAccount(writes, webhook, now)
            : "kept: this type has no effect yet";
        WebhookRows.Close(writes, webhook, remark);
        await writes.Commit(transaction, cancel);
    }

    public async Task GiveBack(ClaimedWebhook webhook, string reason, bool dead, TimeSpan delay, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await WebhookRows.GiveBack(connection, webhook, reason, dead, delay, cancel);
    }

    /// <summary>Whoever has come, gone or changed: the contact may be another one now.</summary>
    private static string? ReadAccount(Writes writes, ClaimedWebhook webhook, DateTimeOffset now)
    {
        AccountRows.Due(writes, webhook.Installation, now);
        return null;
    }

    private static async Task<string?> Observe(
        NpgsqlTransaction transaction, Writes writes, ClaimedWebhook webhook, InvoiceNews news, DateTimeOffset now,
        CancellationToken cancel)
    {
        if (await InstallationRows.LoadForUpdate(transaction, webhook.Installation, cancel) is not { } installation)
            return "we know of no such installation";
        var id = news.ExternalId
            ?? await InvoiceRows.Find(transaction, webhook.Installation, news.VercelId, cancel);
        if (id is not { } known || await InvoiceRows.LoadForUpdate(transaction, webhook.Installation, known, cancel) is not { } invoice)
            return "we know of no such invoice";

        var refunds = await RefundRows.Of(transaction, webhook.Installation, known, cancel);
        var applied = InvoiceNewsEffect.Write(
            writes, invoice, refunds, news.VercelId, Prelude.Seq1(news.Observation), Actor.Worker($"webhook {webhook.Id}"), now);
        // A webhook is only a hint, as long as Vercel can be asked.
        if (applied.IsRight && news.MovesMoney && installation is not Installation.Finalized)
        {
            InvoiceLookRows.Expect(writes, webhook.Installation, known, now);
            BillingScheduleRows.Schedule(writes, webhook.Installation, BillingWork.Settlement, now);
        }

        return applied.MatchUnsafe<string?>(Right: _ => null, Left: rejection => rejection.GetType().Name);
    }
}
