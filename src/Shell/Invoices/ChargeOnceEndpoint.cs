using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Refunds;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Resources;
using Marketplace.Shell.VercelApi;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Invoices;

/// <summary>
/// POST /provider/v1/installations/{id}/invoices: charges something beside the plans, on an invoice of its own. It is on record when this is
/// answered, and leaves by the way of all invoices: recorded before it is sent, and looked for before it is sent again. Source: contract §D.8.
/// </summary>
internal static class ChargeOnceEndpoint
{
    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.InvoicesWrite, Handle);

    private static Task<IResult> Handle(
        string installationId, HttpRequest request, JsonBody<AskedWire> body, ProviderCaller caller, ProviderDecisions decisions,
        BillingAccounts accounts, TimeProvider clock, CancellationToken cancel)
    {
        var id = new InstallationId(installationId);
        return (ChargeOnce.Parse((body.Value.Lines ?? []).Select(LineWire.Read).ToSeq().Strict()), AuditReason.Parse(body.Value.Reason, isNeeded: true))
            .Apply((asked, reason) => (asked, reason))
            .Match(
                Succ: all => decisions.Decide(
                    id, ProviderCall.Of(caller, request, body.Raw),
                    (transaction, writes) => Decide(transaction, writes, all.asked, Actor.Of(caller, "charge once", all.reason.OrNull())), cancel),
                Fail: errors => Task.FromResult<IResult>(ProviderProblems.Invalid(errors)));

        async Task<PartnerAnswer> Decide(NpgsqlTransaction transaction, Writes writes, ChargeOnce asked, Actor actor)
        {
            // One after the other: each has to know what the one before it has billed.
            if (await InstallationRows.LoadForUpdate(transaction, id, cancel) is not { } installation)
                return PartnerAnswer.Of(ProviderResourceProblem.NoInstallation(id));
            if (installation is not Installation.Active)
                return PartnerAnswer.Of(ProviderResourceProblem.InstallationLeaves(id));

            var now = clock.GetUtcNow();
            var account = await accounts.Load(transaction, id, known => InvoicesDue.Since(known.Invoiced, now), now, cancel);
            return asked.Decide(account.Invoiced, now).Match(
                Right: transition =>
                {
                    InvoiceRows.Insert(writes, transition.Next, now);
                    EventRows.Append(writes, id, transition.Events, actor);
                    BillingScheduleRows.Schedule(writes, id, BillingWork.Invoices, now);
                    return PartnerAnswer.Json(StatusCodes.Status201Created, InvoiceStatementWire.Of(transition.Next, Seq<Refund>()));
                },
                Left: rejection => PartnerAnswer.Of(Problem(rejection)));
        }
    }

    private static ProblemResult Problem(ChargeRejection rejection) =>
        rejection switch
        {
            ChargeRejection.InstallationLeaves(var id) => ProviderResourceProblem.InstallationLeaves(id),
            ChargeRejection.AnotherIsDue => ProviderProblems.Conflict(
                "Another invoice of the installation is being made, and has to be made first. Ask again in a minute or two, with another Idempotency-Key.",
                "another_invoice_is_due"),
            ChargeRejection.NoSubscription(var subject) => ProviderProblems.Conflict(
                subject.Match(
                    resource => $"Resource {resource} has no subscription at the moment, and Vercel bills by nothing else.",
                    () => "The installation as a whole has no subscription at the moment, and Vercel bills by nothing else. Name a resource."),
                "no_subscription"),
            ChargeRejection.TooLittle(var total) => ProviderProblems.Conflict(
                $"The invoice comes to {DecimalString.Amount(total)}, and below {DecimalString.Amount(Core.Invoices.Invoice.MinimumTotal)} nobody is charged.", "too_little"),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    private sealed record AskedWire(LineWire?[]? Lines = null, string? Reason = null);

    private sealed record LineWire(
        string? ResourceId = null, string? Name = null, string? Details = null, string? Price = null, string? Quantity = null, string? Units = null)
    {
        private static readonly LineWire Nothing = new();

        public static ChargeLineRequest Read(LineWire? line)
        {
            var given = line ?? Nothing;
            return new ChargeLineRequest(
                Optional(given.ResourceId)!, Optional(given.Name)!, Optional(given.Details)!, Number(given.Price), Number(given.Quantity), Optional(given.Units)!);
        }

        private static Option<decimal> Number(string? text) =>
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : Option<decimal>.None;
    }
}
