using System.Globalization;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.NonPayment;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Settlement;
using Marketplace.Shell.VercelApi;
using Npgsql;

namespace Marketplace.Shell.Billing;

/// <summary>
/// GET /provider/v1/installations/{id}/billing: what the period under way comes to so far, by the same functions as the interim data and the
/// invoice. What was reported is in it as soon as it is accepted.
/// </summary>
internal static class GetBillingEndpoint
{
    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.BillingRead, Handle);

    private static async Task<IResult> Handle(
        string installationId, NpgsqlDataSource database, BillingAccounts accounts, TimeProvider clock, CancellationToken cancel)
    {
        var (id, now) = (new InstallationId(installationId), clock.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        switch (await InstallationRows.Load(transaction, id, cancel))
        {
            case null:
                return ProviderProblems.NotFound($"There is no installation {id}.");
            case Installation.Finalized:
                return ProviderProblems.Conflict($"Installation {id} has ended, and nothing of it is billed any more.", "installation_ended");
        }

        var account = await accounts.Load(
            transaction, id, known => BillingPeriod.Containing(known.Life.NoLaterThan(now), known.Anchor).Start, now, cancel);
        var standing = await PaymentStandingRows.Load(transaction, id, cancel);
        var asOf = account.Life.NoLaterThan(now);
        var period = BillingPeriod.Containing(asOf, account.Anchor);
        return TypedResults.Json(
            BillingPreviewWire.Of(id, period, asOf, BillingCharges.For(period, asOf, account.Billed),
                MetricUsage.Of(account.Billed, period, UsageDay.Of(asOf), asOf), standing),
            WireJson.Options);
    }
}

/// <summary>Money in whole cents, prices and quantities exact; all as text, so that no reader makes floating points of them.</summary>
internal sealed record BillingPreviewWire(
    string InstallationId, PeriodWire Period, DateTimeOffset AsOf, string Total, IReadOnlyList<LineWire> Items,
    IReadOnlyList<DiscountWire> Discounts, IReadOnlyList<UsageWire> Usage, PaymentWire Payment)
{
    public static BillingPreviewWire Of(
        InstallationId id, BillingPeriod period, DateTimeOffset asOf, BillingCharges charges, Seq<MetricUsage> usage,
        PaymentStanding standing) => new(
        id.Value, new PeriodWire(period.Start, period.End), asOf, Cents(charges.Total),
        [.. charges.Lines.Select(line => new LineWire(
            line.Subject.ResourceId(), line.Plan.Value, line.Name, line.Details, Exact(line.Price.Amount), Exact(line.Quantity), line.Units,
            Cents(line.Total), Moment(line.Start), Moment(line.End)))],
        [.. charges.Discounts.Select(discount => new DiscountWire(
            discount.Subject.ResourceId(), discount.Plan.Value, discount.Name, discount.Details, Cents(discount.Amount)))],
        [.. usage.Select(one => new UsageWire(
            one.Subject.ResourceId(), one.Metric.Id.Value, one.Metric.Name, one.Metric.Units, Exact(one.DayValue), Exact(one.PeriodValue)))],
        PaymentWire.Of(standing));

    private static string Cents(Usd amount) => amount.Amount.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Exact(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Moment(Option<DateTimeOffset> moment) => moment.MatchUnsafe<DateTimeOffset?>(at => at, () => null);
}

internal sealed record PeriodWire(DateTimeOffset Start, DateTimeOffset End);

/// <param name="ResourceId">Absent for the installation as a whole.</param>
internal sealed record LineWire(
    string? ResourceId, string PlanId, string Name, string Details, string Price, string Quantity, string Units, string Total,
    DateTimeOffset? Start, DateTimeOffset? End);

internal sealed record DiscountWire(string? ResourceId, string PlanId, string Name, string Details, string Amount);

/// <param name="Day">For the day up to the moment.</param>
/// <param name="Period">For the period up to the moment.</param>
internal sealed record UsageWire(string? ResourceId, string Metric, string Name, string Units, string Day, string Period);

/// <summary>What unpaid invoices have led to, so that whoever offers a weaker service to those who owe knows to whom.</summary>
/// <param name="Standing"><c>good</c>, <c>warned</c>, <c>degraded</c> or <c>suspended</c>; the rest is there unless it is good.</param>
/// <param name="Since">The first failed charge of the invoice that has waited longest.</param>
internal sealed record PaymentWire(string Standing, string? Owed, int? Invoices, DateTimeOffset? Since)
{
    public static PaymentWire Of(PaymentStanding standing) => new(
        PaymentStandingRows.Name(standing), standing.Owes.Map(arrears => DecimalString.Amount(arrears.Owed)).OrNull(),
        standing.Owes.Map(arrears => arrears.Invoices).OrNull(), standing.Owes.Map(arrears => arrears.Since).OrNull());
}
