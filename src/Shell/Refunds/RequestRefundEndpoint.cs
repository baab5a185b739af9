using System.Globalization;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Refunds;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Npgsql;

namespace Marketplace.Shell.Refunds;

/// <summary>
/// POST /provider/v1/installations/{id}/invoices/{externalId}/refunds: the intent is committed, and the worker sends it. Asked again under
/// the same Idempotency-Key it is the same refund.
/// </summary>
internal static class RequestRefundEndpoint
{
    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.BillingWrite, Handle);

    private const int KeyCharactersMax = 255;

    private static async Task<IResult> Handle(
        string installationId, string externalId, HttpRequest request, JsonBody<RefundRequestWire> body, ProviderCaller caller,
        NpgsqlDataSource database, TimeProvider clock, CancellationToken cancel)
    {
        var key = request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } given ? given : null;
        if (key?.Length > KeyCharactersMax)
            return ProviderProblems.Invalid($"An Idempotency-Key has at most {KeyCharactersMax} characters.");

        return await Parse(body.Value).Match(
            Succ: asked => Decide(new InstallationId(installationId), new ExternalInvoiceId(externalId), asked, key, caller, database, clock, cancel),
            Fail: errors => Task.FromResult<IResult>(RefundProblem.From(errors)));
    }

    private static async Task<IResult> Decide(
        InstallationId id, ExternalInvoiceId external, RequestRefund asked, string? key, ProviderCaller caller, NpgsqlDataSource database,
        TimeProvider clock, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var loads = new Loads();
        var locked = InstallationRows.LoadForUpdate(loads, id);
        var known = InvoiceRows.LoadForUpdate(loads, id, external);
        var refunds = RefundRows.Of(loads, id, external);
        var before = RefundRows.ByKey(loads, id, key);
        await loads.Begin(connection, cancel);

        if (locked.Value is not { } installation)
            return ProviderProblems.NotFound($"There is no installation {id}.");
        if (known() is not { } invoice)
            return ProviderProblems.NotFound($"The installation has no invoice {external}.");
        if (before.Value is { } same)
            return IsTheSame(same.Terms, external, asked) ? Accepted(same) : ProviderProblems.KeyReused;

        var now = clock.GetUtcNow();
        return await asked.Decide(installation, invoice, refunds.Value, Ids.Refund(), now).MatchAsync<IResult>(
            LeftAsync: rejection => Task.FromResult<IResult>(RefundProblem.From(rejection)),
            RightAsync: async transition =>
            {
                var writes = new Writes();
                RefundRows.Insert(writes, id, transition.Next, key);
                EventRows.Append(writes, id, transition.Events, Actor.Of(caller, "refund"));
                BillingScheduleRows.Schedule(writes, id, BillingWork.Settlement, now);
                await writes.Commit(connection, cancel);
                return Accepted(transition.Next);
            });
    }

    private static bool IsTheSame(RefundTerms terms, ExternalInvoiceId invoice, RequestRefund asked) =>
        terms.Invoice == invoice && terms.Reason == asked.Reason && asked.Amount.ForAll(amount => amount == terms.Amount);

    private static IResult Accepted(Refund refund) => TypedResults.Accepted((string?)null, RefundWire.Of(refund));

    private static Validation<FieldError, RequestRefund> Parse(RefundRequestWire wire) =>
        wire.Amount is { } text && !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _)
            ? new FieldError("amount", "An amount is a decimal string of dollars, such as \"12.34\".")
            : RequestRefund.Parse(
                wire.Amount is { } amount ? new Usd(decimal.Parse(amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)) : Option<Usd>.None,
                wire.Reason ?? Option<string>.None);

    private sealed record RefundRequestWire(string? Amount = null, string? Reason = null);
}
