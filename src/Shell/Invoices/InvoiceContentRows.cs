using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Invoices;

/// <summary>What invoices say: lines, deductions, what they give back and what they carry; and the time for which they bill somebody.</summary>
internal static class InvoiceContentRows
{
    private const string LineColumns =
        "external_id, resource_id, billing_plan_id, name, details, price, quantity, units, total, starts_at, ends_at, kind";

    private const string DiscountColumns = "external_id, resource_id, billing_plan_id, name, details, amount, starts_at, ends_at";

    private const string CreditColumns = """
        external_id, resource_id, billing_plan_id, period_start, kind, name, amount, on_resource_id, on_billing_plan_id
        """;

    private const string LinesSql = $"""
        select {LineColumns} from invoice_line where installation_id = $1 order by external_id, line_number
        """;

    private const string LinesOfTheseSql = $"""
        select {LineColumns} from invoice_line where installation_id = $1 and external_id = any ($2) order by external_id, line_number
        """;

    private const string LinesOfOneSql = $"""
        select {LineColumns} from invoice_line where installation_id = $1 and external_id = $2 order by line_number
        """;

    private const string DiscountsSql = $"""
        select {DiscountColumns} from invoice_discount where installation_id = $1 order by external_id, discount_number
        """;

    private const string DiscountsOfTheseSql = $"""
        select {DiscountColumns} from invoice_discount where installation_id = $1 and external_id = any ($2) order by external_id, discount_number
        """;

    private const string DiscountsOfOneSql = $"""
        select {DiscountColumns} from invoice_discount where installation_id = $1 and external_id = $2 order by discount_number
        """;

    private const string CreditsSql = $"""
        select {CreditColumns} from invoice_credit where installation_id = $1 order by external_id, entry_number
        """;

    private const string CreditsOfTheseSql = $"""
        select {CreditColumns} from invoice_credit where installation_id = $1 and external_id = any ($2) order by external_id, entry_number
        """;

    private const string CreditsOfOneSql = $"""
        select {CreditColumns} from invoice_credit where installation_id = $1 and external_id = $2 order by entry_number
        """;

    private const string CarriesSql = "select external_id, carried_id from invoice_carry where installation_id = $1 order by carried_id";

    private const string CarriesOfTheseSql = """
        select external_id, carried_id from invoice_carry where installation_id = $1 and external_id = any ($2) order by carried_id
        """;

    private const string CarriesOfOneSql = """
        select external_id, carried_id from invoice_carry where installation_id = $1 and external_id = $2 order by carried_id
        """;

    // What is given back on an invoice that came to too little is given back by the one that has taken it over.
    private const string AnyOpenCreditSql = """
        select coalesce(sum(c.amount), 0) > 0
        from invoice_credit c join invoice i on i.installation_id = c.installation_id and i.external_id = c.external_id
        where c.installation_id = $1 and i.test_result is null and (c.amount > 0 or not exists (
            select from invoice_carry k where k.installation_id = $1 and k.carried_id = c.external_id))
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

    private const string InsertCreditSql = """
        insert into invoice_credit (installation_id, external_id, entry_number, resource_id, billing_plan_id, period_start, kind, name,
            amount, on_resource_id, on_billing_plan_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """;

    private const string InsertCarrySql = "insert into invoice_carry (installation_id, external_id, carried_id) values ($1, $2, $3)";

    // After the last one that billed the same: a check refuses a period that begins before that one ended.
    private const string CoverSql = """
        insert into invoice_coverage (installation_id, resource_id, billing_plan_id, period_start, period_end, external_id, follows)
        select $1, $2, $3, $4, $5, $6, max(c.period_end)
        from invoice_coverage c where c.installation_id = $1 and c.subject = coalesce($2, '') and c.billing_plan_id = $3
        """;

    // Where a later one has billed the same since, nobody can bill that time any more.
    private const string UncoverSql = """
        delete from invoice_coverage c where c.installation_id = $1 and c.external_id = $2 and not exists (
            select from invoice_coverage later
            where later.installation_id = $1 and later.subject = c.subject and later.billing_plan_id = c.billing_plan_id
                and later.follows = c.period_end)
        """;

    private const string DeleteLinesSql = "delete from invoice_line where installation_id = $1 and external_id = $2";

    private const string DeleteDiscountsSql = "delete from invoice_discount where installation_id = $1 and external_id = $2";

    private const string DeleteCreditsSql = "delete from invoice_credit where installation_id = $1 and external_id = $2";

    public static StoredContents OfAll(Loads loads, InstallationId installation)
    {
        var id = installation.Value;
        return new StoredContents(
            loads.Many(LinesSql, Line, id), loads.Many(DiscountsSql, Discount, id), loads.Many(CreditsSql, Credit, id),
            loads.Many(CarriesSql, Carry, id));
    }

    public static StoredContents OfThese(Loads loads, InstallationId installation, IEnumerable<ExternalInvoiceId> invoices)
    {
        var (id, these) = (installation.Value, invoices.Select(invoice => invoice.Value).ToArray());
        return new StoredContents(
            loads.Many(LinesOfTheseSql, Line, id, these), loads.Many(DiscountsOfTheseSql, Discount, id, these),
            loads.Many(CreditsOfTheseSql, Credit, id, these), loads.Many(CarriesOfTheseSql, Carry, id, these));
    }

    public static StoredContents Of(Loads loads, InstallationId installation, ExternalInvoiceId invoice)
    {
        var (id, one) = (installation.Value, invoice.Value);
        return new StoredContents(
            loads.Many(LinesOfOneSql, Line, id, one), loads.Many(DiscountsOfOneSql, Discount, id, one),
            loads.Many(CreditsOfOneSql, Credit, id, one), loads.Many(CarriesOfOneSql, Carry, id, one));
    }

    /// <summary>Whether something that was billed is still to be given back.</summary>
    public static Loaded<bool> AnyOpenCredit(Loads loads, InstallationId installation) =>
        loads.One(false, AnyOpenCreditSql, reader => reader.GetBoolean(0), installation.Value);

    public static void Insert(Writes writes, InvoiceContent content)
    {
        InsertAmounts(writes, content);
        foreach (var carried in content.Carries)
            writes.Add(InsertCarrySql, content.Installation.Value, content.ExternalId.Value, carried.Value);
    }

    /// <summary>For whom and what nobody else may bill the same time.</summary>
    public static void Cover(Writes writes, InvoiceContent content)
    {
        foreach (var who in content.Bills)
        {
            writes.Add(
                CoverSql, content.Installation.Value, who.Subject.ResourceId(), who.Plan.Value, content.Period.Start, content.Period.End,
                content.ExternalId.Value);
        }
    }

    /// <summary>It is not sent after all: what is carried from it may be billed for the same time.</summary>
    public static void Uncover(Writes writes, InvoiceContent content) =>
        writes.Add(UncoverSql, content.Installation.Value, content.ExternalId.Value);

    /// <summary>Another draft of the same: it bills nobody else, and carries what the first one did.</summary>
    public static void Replace(Writes writes, InvoiceContent content)
    {
        var (installation, id) = (content.Installation.Value, content.ExternalId.Value);
        writes.Add(DeleteLinesSql, installation, id);
        writes.Add(DeleteDiscountsSql, installation, id);
        writes.Add(DeleteCreditsSql, installation, id);
        InsertAmounts(writes, content);
    }

    private static void InsertAmounts(Writes writes, InvoiceContent content)
    {
        var (installation, id) = (content.Installation.Value, content.ExternalId.Value);
        foreach (var (line, number) in content.Lines.Select((line, at) => (line, at + 1)))
        {
            writes.Add(
                InsertLineSql, installation, id, number, line.Subject.ResourceId(), line.Plan.Value, line.Name, line.Details,
                line.Price.Amount, line.Quantity, line.Units, line.Total.Amount, line.Start.OrNull(), line.End.OrNull(), InvoiceText.Of(line.Kind));
        }

        foreach (var (discount, number) in content.Discounts.Select((discount, at) => (discount, at + 1)))
        {
            writes.Add(
                InsertDiscountSql, installation, id, number, discount.Subject.ResourceId(), discount.Plan.Value,
                discount.Name, discount.Details, discount.Amount.Amount, discount.Start.OrNull(), discount.End.OrNull());
        }

        List<(CreditSource Source, decimal Amount, Option<SubjectPlan> On)> entries =
        [
            .. content.Granted.Select(credit => (credit.Source, credit.Amount.Amount, Option<SubjectPlan>.None)),
            .. content.Credits.Select(use => (use.Source, -use.Amount.Amount, Prelude.Some(use.On))),
        ];
        foreach (var ((source, amount, on), number) in entries.Select((entry, at) => (entry, at + 1)))
        {
            writes.Add(
                InsertCreditSql, installation, id, number, source.Subject.ResourceId(), source.Plan.Value, source.PeriodStart,
                InvoiceText.Of(source.Kind), source.Name, amount, on.MatchUnsafe<string?>(who => who.Subject.ResourceId(), () => null),
                on.MatchUnsafe<string?>(who => who.Plan.Value, () => null));
        }
    }

    private static (string Invoice, BillingLine Line) Line(NpgsqlDataReader reader) =>
        (reader.GetString(0), new BillingLine(
            SubjectText.Read(reader.TextOrNull(1)), new PlanId(reader.GetString(2)), InvoiceText.Kind(reader.GetString(11)),
            reader.GetString(3), reader.GetString(4), new Usd(reader.GetDecimal(5)), reader.GetDecimal(6), reader.GetString(7),
            new Usd(reader.GetDecimal(8)), Moment(reader, 9), Moment(reader, 10)));

    private static (string Invoice, BillingDiscount Discount) Discount(NpgsqlDataReader reader) =>
        (reader.GetString(0), new BillingDiscount(
            SubjectText.Read(reader.TextOrNull(1)), new PlanId(reader.GetString(2)), reader.GetString(3), reader.GetString(4),
            new Usd(reader.GetDecimal(5)), Moment(reader, 6), Moment(reader, 7)));

    private static (string Invoice, StoredCredit Credit) Credit(NpgsqlDataReader reader)
    {
        var source = new CreditSource(
            SubjectText.Read(reader.TextOrNull(1)), new PlanId(reader.GetString(2)), reader.Moment(3),
            InvoiceText.Credit(reader.GetString(4)), reader.GetString(5));
        var on = reader.TextOrNull(8) is { } plan
            ? new SubjectPlan(SubjectText.Read(reader.TextOrNull(7)), new PlanId(plan)) : Option<SubjectPlan>.None;
        return (reader.GetString(0), new StoredCredit(source, new Usd(reader.GetDecimal(6)), on));
    }

    private static (string Invoice, ExternalInvoiceId Carried) Carry(NpgsqlDataReader reader) =>
        (reader.GetString(0), new ExternalInvoiceId(reader.GetString(1)));

    private static Option<DateTimeOffset> Moment(NpgsqlDataReader reader, int column) =>
        reader.MomentOrNull(column) is { } moment ? moment : Option<DateTimeOffset>.None;
}

/// <param name="Amount">Above zero where it is granted, below where it is given back.</param>
internal sealed record StoredCredit(CreditSource Source, Usd Amount, Option<SubjectPlan> On);

/// <summary>What invoices say, by their names; there once its loads were sent.</summary>
internal sealed class StoredContents(
    Loaded<Seq<(string Invoice, BillingLine Line)>> lines,
    Loaded<Seq<(string Invoice, BillingDiscount Discount)>> discounts,
    Loaded<Seq<(string Invoice, StoredCredit Credit)>> credits,
    Loaded<Seq<(string Invoice, ExternalInvoiceId Carried)>> carries)
{
    private readonly Lazy<ILookup<string, BillingLine>> lines = ByInvoice(lines);
    private readonly Lazy<ILookup<string, BillingDiscount>> discounts = ByInvoice(discounts);
    private readonly Lazy<ILookup<string, StoredCredit>> credits = ByInvoice(credits);
    private readonly Lazy<ILookup<string, ExternalInvoiceId>> carries = ByInvoice(carries);

    public Seq<BillingLine> Lines(ExternalInvoiceId id) => lines.Value[id.Value].ToSeq().Strict();

    public Seq<BillingDiscount> Discounts(ExternalInvoiceId id) => discounts.Value[id.Value].ToSeq().Strict();

    public Seq<ExternalInvoiceId> Carries(ExternalInvoiceId id) => carries.Value[id.Value].ToSeq().Strict();

    public Seq<Credit> Granted(ExternalInvoiceId id) =>
        credits.Value[id.Value].Where(entry => entry.On.IsNone).Select(entry => new Credit(entry.Source, entry.Amount)).ToSeq().Strict();

    public Seq<CreditUse> Credits(ExternalInvoiceId id) =>
        credits.Value[id.Value]
            .SelectMany(entry => entry.On.Map(on => new CreditUse(entry.Source, on, Usd.Zero - entry.Amount)))
            .ToSeq()
            .Strict();

    private static Lazy<ILookup<string, T>> ByInvoice<T>(Loaded<Seq<(string Invoice, T Said)>> loaded) =>
        new(() => loaded.Value.ToLookup(one => one.Invoice, one => one.Said, StringComparer.Ordinal));
}
