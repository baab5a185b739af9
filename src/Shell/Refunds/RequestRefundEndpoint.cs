using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Refunds;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;

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
        RefundRequests refunds, CancellationToken cancel)
    {
        var key = request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } given ? given : null;
        if (key?.Length > KeyCharactersMax)
            return ProviderProblems.Invalid($"An Idempotency-Key has at most {KeyCharactersMax} characters.");

        return await Parse(body.Value).Match(
            Succ: async asked => Answer(
                await refunds.Request(
                    new InstallationId(installationId), new ExternalInvoiceId(externalId), asked, key, Actor.Of(caller, "refund"), cancel),
                installationId, externalId),
            Fail: errors => Task.FromResult<IResult>(RefundProblem.From(errors)));
    }

    private static IResult Answer(RefundAnswer answer, string installation, string invoice) =>
        answer switch
        {
            RefundAnswer.Accepted(var refund) => TypedResults.Accepted((string?)null, RefundWire.Of(refund)),
            RefundAnswer.NoInstallation => ProviderProblems.NotFound($"There is no installation {installation}."),
            RefundAnswer.NoInvoice => ProviderProblems.NotFound($"The installation has no invoice {invoice}."),
            RefundAnswer.KeyReused => ProviderProblems.KeyReused,
            RefundAnswer.Refused(var rejection) => RefundProblem.From(rejection),
            _ => throw new UnreachableException(answer.GetType().Name),
        };

    private static Validation<FieldError, RequestRefund> Parse(RefundRequestWire wire) =>
        wire.Amount is { } text && !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _)
            ? new FieldError("amount", "An amount is a decimal string of dollars, such as \"12.34\".")
            : RequestRefund.Parse(
                wire.Amount is { } amount ? new Usd(decimal.Parse(amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)) : Option<Usd>.None,
                wire.Reason ?? Option<string>.None);

    private sealed record RefundRequestWire(string? Amount = null, string? Reason = null);
}
