using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Invoices;

/// <summary>Invoices and how far they have come. What was billed stays on record when the installation is gone.</summary>
internal static class InvoiceRows
{
    private const string Columns = """
        external_id, period_start, period_end, invoice_date, final, state, changed_at, vercel_invoice_id, last_attempt_at, reasons,
        refunded_amount, refund_reason, billing_period_start, billing_period_end, take_up, rest, test_result, test_validate, one_off
        """;

    private const string LoadAllSql = $"""
        select {Columns} from invoice where installation_id = $1 order by billing_period_start, invoice_date, external_id
        """;

    private const string LoadForUpdateSql = $"""
        select {Columns} from invoice where installation_id = $1 and external_id = $2 for no key update
        """;

    private const string ByVercelIdSql = """
        select external_id from invoice where installation_id = $1 and vercel_invoice_id = $2
        """;

    private const string NamedSql = """
        select external_id from invoice where installation_id = $1 and (external_id = $2 or vercel_invoice_id = $2) limit 1
        """;

    private const string AnyUnpaidSql = """
        select exists (
            select from invoice where installation_id = $1 and state in ('notpaid', 'overdue') and test_result is null)
        """;

    // Vercel counts an overdue invoice as closed: it has stopped trying. What is carried waits for a later invoice.
    private const string PeriodsSql = """
        select billing_period_start, billing_period_end,
            state in ('paid', 'overdue', 'refunded') or test_result is not null or (state = 'skipped' and (rest <> 'carried' or exists (
                select from invoice_carry c where c.installation_id = $1 and c.carried_id = invoice.external_id))),
            not take_up and not one_off
        from invoice where installation_id = $1
        """;

    private const string PageSql = $"""
        select {Columns} from invoice where installation_id = $1 and (period_start, external_id) < ($2, $3)
        order by period_start desc, external_id desc limit $4
        """;

    private const string OneSql = $"select {Columns} from invoice where installation_id = $1 and external_id = $2";

    private const string InsertSql = """
        insert into invoice (installation_id, external_id, period_start, period_end, invoice_date, final, total, state, changed_at,
            billing_period_start, billing_period_end, take_up, rest, test_result, test_validate, one_off)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """;

    private const string SaveSql = """
        update invoice set state = $3, changed_at = $4, vercel_invoice_id = $5, last_attempt_at = $6, reasons = $7,
            refunded_amount = $8, refund_reason = $9, total = $10, rest = $11
        where installation_id = $1 and external_id = $2
        """;

    private const string UnsentSql = """
        select external_id, state from invoice
        where installation_id = $1 and state in ('drafted', 'submitted', 'refused') order by period_start limit 1
        """;

    /// <summary>Whether one could not be charged. A test never is.</summary>
    public static Loaded<bool> AnyUnpaid(Loads loads, InstallationId installation) =>
        loads.One(false, AnyUnpaidSql, reader => reader.GetBoolean(0), installation.Value);

    /// <summary>Which periods have an invoice, and whether anybody still waits for it.</summary>
    public static Loaded<Seq<PeriodInvoice>> Periods(Loads loads, InstallationId installation) => loads.Many(
        PeriodsSql,
        reader => new PeriodInvoice(new BillingPeriod(reader.Moment(0), reader.Moment(1)), reader.GetBoolean(2), reader.GetBoolean(3)),
        installation.Value);

    public static async Task<Seq<Invoice>> LoadAll(NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel)
    {
        var loads = new Loads();
        var all = LoadAll(loads, installation);
        await loads.Send(transaction, cancel);
        return all();
    }

    /// <summary>The same with what else is asked, once the loads are sent.</summary>
    public static Func<Seq<Invoice>> LoadAll(Loads loads, InstallationId installation)
    {
        var rows = loads.Many(LoadAllSql, Read, installation.Value);
        var said = InvoiceContentRows.OfAll(loads, installation);
        return () => rows.Value.Map(row => row(installation, said)).Strict();
    }

    public static async Task<Invoice?> LoadForUpdate(
        NpgsqlTransaction transaction, InstallationId installation, ExternalInvoiceId id, CancellationToken cancel)
    {
        // The lock first: what an invoice says may be drafted anew.
        var loads = new Loads();
        var row = loads.One(LoadForUpdateSql, Read, installation.Value, id.Value);
        var said = InvoiceContentRows.Of(loads, installation, id);
        await loads.Send(transaction, cancel);
        return row.Value?.Invoke(installation, said);
    }

    /// <summary>The same among other loads; null when there is none.</summary>
    public static Func<Invoice?> LoadForUpdate(Loads loads, InstallationId installation, ExternalInvoiceId id)
    {
        var row = loads.One(LoadForUpdateSql, Read, installation.Value, id.Value);
        var said = InvoiceContentRows.Of(loads, installation, id);
        return () => row.Value?.Invoke(installation, said);
    }

    public static Func<Invoice?> Load(Loads loads, InstallationId installation, ExternalInvoiceId id)
    {
        var row = loads.One(OneSql, Read, installation.Value, id.Value);
        var said = InvoiceContentRows.Of(loads, installation, id);
        return () => row.Value?.Invoke(installation, said);
    }

    /// <summary>Our name for an invoice that somebody names by it, or by Vercel's; none when there is no such invoice.</summary>
    public static Loaded<ExternalInvoiceId?> Named(Loads loads, InstallationId installation, string name) => loads.One<ExternalInvoiceId?>(
        null, NamedSql, reader => new ExternalInvoiceId(reader.GetString(0)), installation.Value, name);

    /// <summary>Newest period first, from after the given one on: which they are, and what they say once that is loaded too.</summary>
    public static Loaded<Seq<PagedInvoice>> LoadPage(
        Loads loads, InstallationId installation, DateTimeOffset beforePeriod, ExternalInvoiceId before, int invoicesMax) => loads.Many(
        PageSql, reader => new PagedInvoice(new ExternalInvoiceId(reader.GetString(0)), Read(reader)), installation.Value, beforePeriod,
        before.Value, invoicesMax);

    /// <summary>The state by its name in the table, which is Vercel's own where Vercel has one.</summary>
    public static string StateOf(Invoice invoice) => Stage(invoice).State;

    /// <summary>Our name for an invoice that Vercel names; null when we know of none.</summary>
    public static Loaded<ExternalInvoiceId?> Find(Loads loads, InstallationId installation, VercelInvoiceId id) =>
        loads.One<ExternalInvoiceId?>(
            null, ByVercelIdSql, reader => new ExternalInvoiceId(reader.GetString(0)), installation.Value, id.Value);

    /// <summary>An invoice that Vercel does not have yet though something is billed by it, and why; null when there is none.</summary>
    public static async Task<string?> Unsent(NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel)
    {
        await using var command = transaction.Command(UnsentSql, installation.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? $"invoice {reader.GetString(0)} is {reader.GetString(1)}" : null;
    }

    /// <summary>Writes a new invoice with all that it says. One that bills what another has billed breaks a constraint.</summary>
    public static void Insert(Writes writes, Invoice invoice, DateTimeOffset now)
    {
        var content = invoice.Content;
        var rest = (invoice as Invoice.Skipped)?.Rest;
        var test = content.Test.MatchUnsafe<InvoiceTest?>(given => given, () => null);
        writes.Add(
            InsertSql, content.Installation.Value, content.ExternalId.Value, content.Period.Start, content.Period.End, content.InvoiceDate,
            content.Final, content.Total.Amount, rest is null ? "drafted" : "skipped", now, content.BillingPeriod.Start,
            content.BillingPeriod.End, content.IsTakeUp, InvoiceText.Of(rest), InvoiceText.Of(test?.Result), test?.Validate,
            content.IsOneOff);
        InvoiceContentRows.Insert(writes, content);
        // What is skipped does not exist at Vercel and bills nothing, and a test bills nobody.
        if (rest is null && test is null)
            InvoiceContentRows.Cover(writes, content);
    }

    /// <summary>How far it has come; and what it says, where it was drafted anew.</summary>
    public static void Save(Writes writes, Invoice before, Invoice invoice)
    {
        var (content, stage) = (invoice.Content, Stage(invoice));
        writes.Add(
            SaveSql, content.Installation.Value, content.ExternalId.Value, stage.State, stage.ChangedAt, stage.VercelId?.Value,
            stage.LastAttemptAt, stage.Reasons, stage.RefundedAmount, stage.RefundReason, content.Total.Amount,
            InvoiceText.Of(stage.Rest));
        if (before.Content != content)
            InvoiceContentRows.Replace(writes, content);
        if (stage.Rest is not null)
            InvoiceContentRows.Uncover(writes, content);
    }

    private static StoredStage Stage(Invoice invoice) =>
        invoice switch
        {
            Invoice.Drafted i => new StoredStage("drafted", i.DraftedAt),
            Invoice.Skipped i => new StoredStage("skipped", i.SkippedAt) { Rest = i.Rest },
            Invoice.Submitted i => new StoredStage("submitted", i.SubmittedAt),
            Invoice.Known i => new StoredStage("known", i.KnownSince),
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

    /// <summary>The row is an invoice once what it says is there too, which is read after it.</summary>
    private static Func<InstallationId, StoredContents, Invoice> Read(NpgsqlDataReader reader)
    {
        var id = new ExternalInvoiceId(reader.GetString(0));
        var (period, date, final) = (new BillingPeriod(reader.Moment(1), reader.Moment(2)), reader.Moment(3), reader.GetBoolean(4));
        var (billingPeriod, isTakeUp, isOneOff) = (new BillingPeriod(reader.Moment(12), reader.Moment(13)), reader.GetBoolean(14), reader.GetBoolean(18));
        var test = InvoiceText.TestResult(reader.TextOrNull(16)) is { } result
            ? new InvoiceTest(reader.GetBoolean(17), result) : Option<InvoiceTest>.None;
        var stage = new StoredStage(reader.GetString(5), reader.Moment(6))
        {
            VercelId = new VercelInvoiceId(reader.TextOrNull(7) ?? ""),
            LastAttemptAt = reader.MomentOrNull(8),
            Reasons = reader.IsDBNull(9) ? null : reader.GetFieldValue<string[]>(9),
            RefundedAmount = reader.IsDBNull(10) ? null : reader.GetDecimal(10),
            RefundReason = reader.TextOrNull(11),
            Rest = InvoiceText.Rest(reader.TextOrNull(15)),
        };
        return (installation, said) => Invoice(stage, new InvoiceContent(
            id, installation, period, date, said.Lines(id), said.Discounts(id), final)
        {
            BillingPeriod = billingPeriod, IsTakeUp = isTakeUp, IsOneOff = isOneOff, Credits = said.Credits(id), Granted = said.Granted(id),
            Carries = said.Carries(id), Test = test,
        });
    }

    private static Invoice Invoice(StoredStage stage, InvoiceContent content)
    {
        var (at, vercelId) = (stage.ChangedAt, stage.VercelId ?? default);
        return stage.State switch
        {
            "drafted" => new Invoice.Drafted(content, at),
            "skipped" => new Invoice.Skipped(content, stage.Rest ?? SmallTotal.Nothing, at),
            "submitted" => new Invoice.Submitted(content, at),
            "known" => new Invoice.Known(content, at),
            "refused" => new Invoice.Refused(content, (stage.Reasons ?? []).ToSeq().Strict(), at),
            "accepted" => new Invoice.Accepted(content, vercelId),
            "notpaid" => new Invoice.NotPaid(content, vercelId, at, stage.LastAttemptAt ?? at),
            "overdue" => new Invoice.Overdue(content, vercelId, at, stage.LastAttemptAt ?? at),
            "paid" => new Invoice.Paid(content, vercelId, at),
            "refund_requested" => new Invoice.RefundRequested(content, vercelId, at),
            "refunded" => new Invoice.Refunded(content, vercelId, at, new Usd(stage.RefundedAmount ?? 0m), stage.RefundReason ?? ""),
            _ => throw new CorruptRowException("invoice", content.ExternalId.Value, $"no state is called '{stage.State}'"),
        };
    }

    private sealed record StoredStage(string State, DateTimeOffset ChangedAt)
    {
        public VercelInvoiceId? VercelId { get; init; }

        public DateTimeOffset? LastAttemptAt { get; init; }

        public string[]? Reasons { get; init; }

        public decimal? RefundedAmount { get; init; }

        public string? RefundReason { get; init; }

        public SmallTotal? Rest { get; init; }
    }
}

/// <summary>An invoice of a page, whose content is loaded with that of the others.</summary>
internal sealed record PagedInvoice(ExternalInvoiceId Id, Func<InstallationId, StoredContents, Invoice> Read);
