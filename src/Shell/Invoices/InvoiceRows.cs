using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Invoices;

/// <summary>Invoices with their lines. What was billed stays on record when the installation is gone.</summary>
internal static class InvoiceRows
{
    private const string Columns = """
        external_id, period_start, period_end, invoice_date, final, state, changed_at, vercel_invoice_id, last_attempt_at, reasons,
        refunded_amount, refund_reason
        """;

    private const string LoadAllSql = $"select {Columns} from invoice where installation_id = $1 order by period_start, external_id";

    private const string LoadForUpdateSql = $"""
        select {Columns} from invoice where installation_id = $1 and external_id = $2 for no key update
        """;

    private const string LineColumns =
        "external_id, resource_id, billing_plan_id, name, details, price, quantity, units, total, starts_at, ends_at, kind";

    private const string LinesSql = $"""
        select {LineColumns} from invoice_line where installation_id = $1 order by external_id, line_number
        """;

    private const string LinesOfOneSql = $"""
        select {LineColumns} from invoice_line where installation_id = $1 and external_id = $2 order by line_number
        """;

    private const string DiscountColumns = "external_id, resource_id, billing_plan_id, name, details, amount, starts_at, ends_at";

    private const string DiscountsSql = $"""
        select {DiscountColumns} from invoice_discount where installation_id = $1 order by external_id, discount_number
        """;

    private const string DiscountsOfOneSql = $"""
        select {DiscountColumns} from invoice_discount where installation_id = $1 and external_id = $2 order by discount_number
        """;

    private const string ByVercelIdSql = """
        select external_id from invoice where installation_id = $1 and vercel_invoice_id = $2
        """;

    private const string AnyUnpaidSql = """
        select exists (select from invoice where installation_id = $1 and state in ('notpaid', 'overdue'))
        """;

    // Vercel counts an overdue invoice as closed: it has stopped trying.
    private const string PeriodsSql = """
        select period_start, period_end, state in ('paid', 'overdue', 'refunded', 'skipped') from invoice where installation_id = $1
        """;

    private const string InsertSql = """
        insert into invoice (installation_id, external_id, period_start, period_end, invoice_date, final, total, state, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    private const string InsertLineSql = """
        insert into invoice_line (installation_id, external_id, line_number, resource_id, billing_plan_id, name, details, price,
            quantity, units, total, starts_at, ends_at, kind)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """;

    private const string InsertDiscountSql = """
        insert into invoice_discount (installation_id, external_id, discount_number, resource_id, billing_plan_id, name, details, amount,
            starts_at, ends_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string CoverSql = """
        insert into invoice_coverage (installation_id, resource_id, billing_plan_id, period_start, external_id)
        values ($1, $2, $3, $4, $5)
        """;

    private const string SaveSql = """
        update invoice set state = $3, changed_at = $4, vercel_invoice_id = $5, last_attempt_at = $6, reasons = $7,
            refunded_amount = $8, refund_reason = $9
        where installation_id = $1 and external_id = $2
        """;

    private const string UnsentSql = """
        select external_id, state from invoice
        where installation_id = $1 and state in ('drafted', 'submitted', 'refused') order by period_start limit 1
        """;

    /// <summary>Whether one could not be charged.</summary>
    public static Loaded<bool> AnyUnpaid(Loads loads, InstallationId installation) =>
        loads.One(false, AnyUnpaidSql, reader => reader.GetBoolean(0), installation.Value);

    /// <summary>Which periods have an invoice, and whether anybody still waits for it.</summary>
    public static Loaded<Seq<PeriodInvoice>> Periods(Loads loads, InstallationId installation) => loads.Many(
        PeriodsSql, reader => new PeriodInvoice(new BillingPeriod(reader.Moment(0), reader.Moment(1)), reader.GetBoolean(2)), installation.Value);

    public static async Task<Seq<Invoice>> LoadAll(NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel)
    {
        var lines = await LoadLines(transaction.Command(LinesSql, installation.Value), cancel);
        var discounts = await LoadDiscounts(transaction.Command(DiscountsSql, installation.Value), cancel);
        await using var command = transaction.Command(LoadAllSql, installation.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var invoices = new List<Invoice>();
        while (await reader.ReadAsync(cancel))
            invoices.Add(Read(installation, reader, lines, discounts));
        return invoices.ToSeq().Strict();
    }

    public static async Task<Invoice?> LoadForUpdate(
        NpgsqlTransaction transaction, InstallationId installation, ExternalInvoiceId id, CancellationToken cancel)
    {
        // Lines are written with their invoice and never again, so that they need no lock.
        var lines = await LoadLines(transaction.Command(LinesOfOneSql, installation.Value, id.Value), cancel);
        var discounts = await LoadDiscounts(transaction.Command(DiscountsOfOneSql, installation.Value, id.Value), cancel);
        await using var command = transaction.Command(LoadForUpdateSql, installation.Value, id.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Read(installation, reader, lines, discounts) : null;
    }

    /// <summary>Our name for an invoice that Vercel names; null when we know of none.</summary>
    public static async Task<ExternalInvoiceId?> Find(
        NpgsqlTransaction transaction, InstallationId installation, VercelInvoiceId id, CancellationToken cancel)
    {
        await using var command = transaction.Command(ByVercelIdSql, installation.Value, id.Value);
        return await command.ExecuteScalarAsync(cancel) is string external ? new ExternalInvoiceId(external) : null;
    }

    /// <summary>An invoice that Vercel does not have yet though something is billed by it, and why; null when there is none.</summary>
    public static async Task<string?> Unsent(NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel)
    {
        await using var command = transaction.Command(UnsentSql, installation.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? $"invoice {reader.GetString(0)} is {reader.GetString(1)}" : null;
    }

    /// <summary>Writes a new invoice with its lines. A second one that bills the same subject for the same plan and period breaks a constraint.</summary>
    public static void Insert(Writes writes, Invoice invoice, DateTimeOffset now)
    {
        var content = invoice.Content;
        var installation = content.Installation.Value;
        writes.Add(
            InsertSql, installation, content.ExternalId.Value, content.Period.Start, content.Period.End, content.InvoiceDate,
            content.Final, content.Total.Amount, invoice is Invoice.Skipped ? "skipped" : "drafted", now);
        foreach (var (line, number) in content.Lines.Select((line, at) => (line, at + 1)))
        {
            writes.Add(
                InsertLineSql, installation, content.ExternalId.Value, number, line.Subject.ResourceId(), line.Plan.Value, line.Name,
                line.Details, line.Price.Amount, line.Quantity, line.Units, line.Total.Amount, line.Start.OrNull(), line.End.OrNull(),
                Text(line.Kind));
        }

        foreach (var (discount, number) in content.Discounts.Select((discount, at) => (discount, at + 1)))
        {
            writes.Add(
                InsertDiscountSql, installation, content.ExternalId.Value, number, discount.Subject.ResourceId(), discount.Plan.Value,
                discount.Name, discount.Details, discount.Amount.Amount, discount.Start.OrNull(), discount.End.OrNull());
        }

        // What is skipped does not exist at Vercel and bills nothing.
        if (invoice is Invoice.Skipped)
            return;
        foreach (var (subject, plan) in content.Lines.Select(line => (line.Subject, line.Plan)).Distinct())
            writes.Add(CoverSql, installation, subject.ResourceId(), plan.Value, content.Period.Start, content.ExternalId.Value);
    }

    public static void Save(Writes writes, Invoice invoice)
    {
        var stage = Stage(invoice);
        writes.Add(
            SaveSql, invoice.Content.Installation.Value, invoice.Content.ExternalId.Value, stage.State, stage.ChangedAt,
            stage.VercelId?.Value, stage.LastAttemptAt, stage.Reasons, stage.RefundedAmount, stage.RefundReason);
    }

    private static StoredStage Stage(Invoice invoice) =>
        invoice switch
        {
            Invoice.Drafted i => new StoredStage("drafted", i.DraftedAt),
            Invoice.Skipped i => new StoredStage("skipped", i.SkippedAt),
            Invoice.Submitted i => new StoredStage("submitted", i.SubmittedAt),
            Invoice.Refused i => new StoredStage("refused", i.RefusedAt) { Reasons = [.. i.Reasons] },
            // Nothing more is known of it than that Vercel has it; its date says as of when it bills.
            Invoice.Accepted i => new StoredStage("accepted", i.Content.InvoiceDate) { VercelId = i.VercelId },
            Invoice.NotPaid i => new StoredStage("notpaid", i.Since) { VercelId = i.VercelId, LastAttemptAt = i.LastAttemptAt },
            Invoice.Overdue i => new StoredStage("overdue", i.Since) { VercelId = i.VercelId, LastAttemptAt = i.OverdueAt },
            Invoice.Paid i => new StoredStage("paid", i.PaidAt) { VercelId = i.VercelId },
            Invoice.RefundRequested i => new StoredStage("refund_requested", i.RequestedAt) { VercelId = i.VercelId },
            Invoice.Refunded i => new StoredStage("refunded", i.RefundedAt)
            {
                VercelId = i.VercelId, RefundedAmount = i.Amount.Amount, RefundReason = i.Reason,
            },
            _ => throw new UnreachableException(invoice.GetType().Name),
        };

    private static Invoice Read(
        InstallationId installation, NpgsqlDataReader reader, ILookup<string, BillingLine> lines, ILookup<string, BillingDiscount> discounts)
    {
        var content = new InvoiceContent(
            new ExternalInvoiceId(reader.GetString(0)), installation, new BillingPeriod(reader.Moment(1), reader.Moment(2)),
            reader.Moment(3), lines[reader.GetString(0)].ToSeq().Strict(), discounts[reader.GetString(0)].ToSeq().Strict(),
            reader.GetBoolean(4));
        var (state, at) = (reader.GetString(5), reader.Moment(6));
        var vercelId = new VercelInvoiceId(reader.TextOrNull(7) ?? "");
        return state switch
        {
            "drafted" => new Invoice.Drafted(content, at),
            "skipped" => new Invoice.Skipped(content, at),
            "submitted" => new Invoice.Submitted(content, at),
            "refused" => new Invoice.Refused(content, reader.GetFieldValue<string[]>(9).ToSeq().Strict(), at),
            "accepted" => new Invoice.Accepted(content, vercelId),
            "notpaid" => new Invoice.NotPaid(content, vercelId, at, reader.Moment(8)),
            "overdue" => new Invoice.Overdue(content, vercelId, at, reader.MomentOrNull(8) ?? at),
            "paid" => new Invoice.Paid(content, vercelId, at),
            "refund_requested" => new Invoice.RefundRequested(content, vercelId, at),
            "refunded" => new Invoice.Refunded(content, vercelId, at, new Usd(reader.GetDecimal(10)), reader.GetString(11)),
            _ => throw new CorruptRowException("invoice", content.ExternalId.Value, $"no state is called '{state}'"),
        };
    }

    private static async Task<ILookup<string, BillingLine>> LoadLines(NpgsqlCommand command, CancellationToken cancel)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var lines = new List<(string Invoice, BillingLine Line)>();
            while (await reader.ReadAsync(cancel))
            {
                lines.Add((reader.GetString(0), new BillingLine(
                    SubjectText.Read(reader.TextOrNull(1)), new PlanId(reader.GetString(2)), Kind(reader.GetString(11)), reader.GetString(3), reader.GetString(4),
                    new Usd(reader.GetDecimal(5)), reader.GetDecimal(6), reader.GetString(7), new Usd(reader.GetDecimal(8)),
                    Moment(reader, 9), Moment(reader, 10))));
            }

            return lines.ToLookup(line => line.Invoice, line => line.Line, StringComparer.Ordinal);
        }
    }

    private static async Task<ILookup<string, BillingDiscount>> LoadDiscounts(NpgsqlCommand command, CancellationToken cancel)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var discounts = new List<(string Invoice, BillingDiscount Discount)>();
            while (await reader.ReadAsync(cancel))
            {
                discounts.Add((reader.GetString(0), new BillingDiscount(
                    SubjectText.Read(reader.TextOrNull(1)), new PlanId(reader.GetString(2)), reader.GetString(3), reader.GetString(4),
                    new Usd(reader.GetDecimal(5)), Moment(reader, 6), Moment(reader, 7))));
            }

            return discounts.ToLookup(discount => discount.Invoice, discount => discount.Discount, StringComparer.Ordinal);
        }
    }

    private static string Text(LineKind kind) =>
        kind switch
        {
            LineKind.Base => "base",
            LineKind.Metered => "metered",
            LineKind.Minimum => "minimum",
            LineKind.OneTime => "one-time",
            _ => throw new UnreachableException(kind.ToString()),
        };

    private static LineKind Kind(string text) =>
        text switch
        {
            "base" => LineKind.Base,
            "metered" => LineKind.Metered,
            "minimum" => LineKind.Minimum,
            "one-time" => LineKind.OneTime,
            _ => throw new CorruptRowException("invoice_line", text, "no kind of line is called so"),
        };

    private static Option<DateTimeOffset> Moment(NpgsqlDataReader reader, int column) =>
        reader.MomentOrNull(column) is { } moment ? moment : Option<DateTimeOffset>.None;

    private sealed record StoredStage(string State, DateTimeOffset ChangedAt)
    {
        public VercelInvoiceId? VercelId { get; init; }

        public DateTimeOffset? LastAttemptAt { get; init; }

        public string[]? Reasons { get; init; }

        public decimal? RefundedAmount { get; init; }

        public string? RefundReason { get; init; }
    }
}
