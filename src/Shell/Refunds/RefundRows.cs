using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Refunds;
using Marketplace.Jobs.Settlement;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Refunds;

/// <summary>Refunds with what became of them. Of one invoice one is under way at most, which a constraint keeps.</summary>
internal static class RefundRows
{
    private const string Columns =
        "r.refund_id, r.external_id, r.amount, r.reason, r.refunded_before, r.requested_at, r.state, r.changed_at, r.failure";

    private const string LoadForUpdateSql = $"""
        select {Columns} from invoice_refund r where installation_id = $1 and refund_id = $2 for no key update
        """;

    private const string OfInvoiceSql = $"""
        select {Columns} from invoice_refund r where installation_id = $1 and external_id = $2 order by requested_at, refund_id
        """;

    private const string OfInstallationSql = $"""
        select {Columns} from invoice_refund r where installation_id = $1 order by requested_at, refund_id
        """;

    private const string ByKeySql = $"select {Columns} from invoice_refund r where installation_id = $1 and idempotency_key = $2";

    private const string UnansweredSql = $"""
        select {Columns}, i.vercel_invoice_id, coalesce(l.revision, -1)
        from invoice_refund r
            join invoice i on i.installation_id = r.installation_id and i.external_id = r.external_id
            left join invoice_look l on l.installation_id = r.installation_id and l.external_id = r.external_id
        where r.installation_id = $1 and r.state in ('requested', 'sent')
        order by r.requested_at, r.refund_id
        """;

    private const string AnyUnansweredSql = """
        select exists (select from invoice_refund where installation_id = $1 and state in ('requested', 'sent'))
        """;

    private const string LongestSentSql = "select min(changed_at) from invoice_refund where installation_id = $1 and state = 'sent'";

    private const string InsertSql = """
        insert into invoice_refund (installation_id, refund_id, external_id, amount, reason, refunded_before, requested_at, state, changed_at,
            idempotency_key)
        values ($1, $2, $3, $4, $5, $6, $7, 'requested', $7, $8)
        """;

    private const string SaveSql = """
        update invoice_refund set state = $3, changed_at = $4, failure = $5 where installation_id = $1 and refund_id = $2
        """;

    public static async Task<Refund?> LoadForUpdate(
        NpgsqlTransaction transaction, InstallationId installation, RefundId id, CancellationToken cancel)
    {
        await using var command = transaction.Command(LoadForUpdateSql, installation.Value, id.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Read(reader) : null;
    }

    /// <summary>All of one invoice, oldest first.</summary>
    public static async Task<Seq<Refund>> Of(
        NpgsqlTransaction transaction, InstallationId installation, ExternalInvoiceId invoice, CancellationToken cancel)
    {
        await using var command = transaction.Command(OfInvoiceSql, installation.Value, invoice.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var refunds = new List<Refund>();
        while (await reader.ReadAsync(cancel))
            refunds.Add(Read(reader));
        return refunds.ToSeq().Strict();
    }

    /// <summary>All of an installation, oldest first: there are few.</summary>
    public static Loaded<Seq<Refund>> Of(Loads loads, InstallationId installation) => loads.Many(OfInstallationSql, Read, installation.Value);

    /// <summary>The one that was asked for under the key.</summary>
    public static Loaded<Refund?> ByKey(Loads loads, InstallationId installation, string? key) =>
        loads.One(ByKeySql, Read, installation.Value, key);

    public static Loaded<Seq<Refund>> Of(Loads loads, InstallationId installation, ExternalInvoiceId invoice) =>
        loads.Many(OfInvoiceSql, Read, installation.Value, invoice.Value);

    /// <summary>Those that Vercel has not answered yet.</summary>
    public static async Task<IReadOnlyList<(Refund Refund, InvoiceLook Invoice)>> Unanswered(
        NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel)
    {
        await using var command = transaction.Command(UnansweredSql, installation.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var open = new List<(Refund, InvoiceLook)>();
        while (await reader.ReadAsync(cancel))
        {
            var refund = Read(reader);
            open.Add((refund, new InvoiceLook(
                installation, refund.Terms.Invoice, new VercelInvoiceId(reader.GetString(9)), reader.GetInt64(10))));
        }

        return open;
    }

    /// <summary>When what has left without an answer can be sent again; null where nothing has.</summary>
    public static async Task<DateTimeOffset?> NextSend(NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel)
    {
        await using var command = transaction.Command(LongestSentSql, installation.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? reader.MomentOrNull(0) + Refund.Sent.OnItsWay : null;
    }

    /// <summary>Whether something is still to be asked of Vercel.</summary>
    public static Loaded<bool> AnyUnanswered(Loads loads, InstallationId installation) =>
        loads.One(false, AnyUnansweredSql, reader => reader.GetBoolean(0), installation.Value);

    /// <summary>The same by itself.</summary>
    public static async Task<bool> AnyUnanswered(NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel)
    {
        await using var command = transaction.Command(AnyUnansweredSql, installation.Value);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <param name="key">By which the caller asks again without asking twice.</param>
    public static void Insert(Writes writes, InstallationId installation, Refund refund, string? key)
    {
        var terms = refund.Terms;
        writes.Add(
            InsertSql, installation.Value, terms.Id.Value, terms.Invoice.Value, terms.Amount.Amount, terms.Reason,
            terms.RefundedBefore.Amount, terms.RequestedAt, key);
    }

    public static void Save(Writes writes, InstallationId installation, Refund refund)
    {
        var (state, changedAt, failure) = refund switch
        {
            Refund.Requested r => ("requested", r.Terms.RequestedAt, null),
            Refund.Sent r => ("sent", r.SentAt, null),
            Refund.Accepted r => ("accepted", r.AcceptedAt, null),
            Refund.Refunded r => ("refunded", r.RefundedAt, null),
            Refund.Failed r => ("failed", r.FailedAt, r.Reason),
            Refund.Unknown r => ("unknown", r.Since, null),
            _ => throw new UnreachableException(refund.GetType().Name),
        };
        writes.Add(SaveSql, installation.Value, refund.Terms.Id.Value, state, changedAt, failure);
    }

    private static Refund Read(NpgsqlDataReader reader)
    {
        var terms = new RefundTerms(
            new RefundId(reader.GetString(0)), new ExternalInvoiceId(reader.GetString(1)), new Usd(reader.GetDecimal(2)),
            reader.GetString(3), new Usd(reader.GetDecimal(4)), reader.Moment(5));
        var (state, at) = (reader.GetString(6), reader.Moment(7));
        return state switch
        {
            "requested" => new Refund.Requested(terms),
            "sent" => new Refund.Sent(terms, at),
            "accepted" => new Refund.Accepted(terms, at),
            "refunded" => new Refund.Refunded(terms, at),
            "failed" => new Refund.Failed(terms, reader.GetString(8), at),
            "unknown" => new Refund.Unknown(terms, at),
            _ => throw new CorruptRowException("invoice_refund", terms.Id.Value, $"no state is called '{state}'"),
        };
    }
}
