using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Jobs.Settlement;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Settlement;

/// <summary>When Vercel is asked how an invoice stands; the installation's own turn is in the schedule of billing.</summary>
internal static class InvoiceLookRows
{
    private const string ExpectSql = """
        insert into invoice_look (installation_id, external_id, due_at) values ($1, $2, $3)
        on conflict (installation_id, external_id) do update set due_at = least(invoice_look.due_at, excluded.due_at),
            revision = invoice_look.revision + 1
        """;

    private const string DueSql = """
        select l.external_id, i.vercel_invoice_id, l.revision
        from invoice_look l join invoice i on i.installation_id = l.installation_id and i.external_id = l.external_id
        where l.installation_id = $1 and l.due_at <= $2 and i.vercel_invoice_id is not null
        order by l.due_at
        """;

    private const string RevisionSql = "select revision from invoice_look where installation_id = $1 and external_id = $2";

    private const string NextSql = """
        insert into invoice_look (installation_id, external_id, due_at) values ($1, $2, $3)
        on conflict (installation_id, external_id) do update set due_at = excluded.due_at
        """;

    private const string EndSql = "delete from invoice_look where installation_id = $1 and external_id = $2";

    private const string EarliestSql = "select min(due_at) from invoice_look where installation_id = $1";

    private const string EndAllSql = "delete from invoice_look where installation_id = $1";

    /// <summary>At this time at the latest.</summary>
    public static void Expect(Writes writes, InstallationId installation, ExternalInvoiceId id, DateTimeOffset dueAt) =>
        writes.Add(ExpectSql, installation.Value, id.Value, dueAt);

    public static async Task<IReadOnlyList<InvoiceLook>> Due(
        NpgsqlTransaction transaction, InstallationId installation, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = transaction.Command(DueSql, installation.Value, now);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var due = new List<InvoiceLook>();
        while (await reader.ReadAsync(cancel))
            due.Add(new InvoiceLook(
                installation, new ExternalInvoiceId(reader.GetString(0)), new VercelInvoiceId(reader.GetString(1)), reader.GetInt64(2)));
        return due;
    }

    /// <summary>
    /// Whether nothing was heard of the invoice since the look began: a hint that came meanwhile may tell of more than was seen. Asked under
    /// the lock of the installation, as hints are written.
    /// </summary>
    public static async Task<bool> IsLatest(NpgsqlTransaction transaction, InvoiceLook look, CancellationToken cancel)
    {
        await using var command = transaction.Command(RevisionSql, look.Installation.Value, look.Id.Value);
        return (await command.ExecuteScalarAsync(cancel) as long? ?? InvoiceLook.Unplanned) == look.Revision;
    }

    /// <summary>The look was taken: the next one is then.</summary>
    public static void Next(Writes writes, InvoiceLook look, DateTimeOffset dueAt) =>
        writes.Add(NextSql, look.Installation.Value, look.Id.Value, dueAt);

    /// <summary>The look was taken, and there is nothing more to see.</summary>
    public static void End(Writes writes, InvoiceLook look) => writes.Add(EndSql, look.Installation.Value, look.Id.Value);

    /// <summary>The token is dead: there is nobody to ask any more.</summary>
    public static void EndAll(Writes writes, InstallationId installation) => writes.Add(EndAllSql, installation.Value);

    public static async Task<DateTimeOffset?> Earliest(NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel)
    {
        await using var command = transaction.Command(EarliestSql, installation.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? reader.MomentOrNull(0) : null;
    }
}
