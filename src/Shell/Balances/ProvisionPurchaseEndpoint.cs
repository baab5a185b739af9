using System.Diagnostics;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Balances;
using Marketplace.Core.Invoices;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Marketplace.Shell.VercelApi;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Balances;

/// <summary>
/// POST /v1/installations/{installationId}/billing/provision: credits what a paid invoice has bought, once however often it is asked,
/// and answers with the new totals. Source: contract §B.4, §E.12.
/// </summary>
internal static class ProvisionPurchaseEndpoint
{
    private const int InvoiceIdCharactersMax = 255;

    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.Either, Handle);

    private static async Task<IResult> Handle(
        Caller caller, HttpRequest request, JsonBody<PurchaseWire> body, Decisions decisions, IVercel vercel, NpgsqlDataSource database,
        Catalogue catalogue, TimeProvider clock, CancellationToken cancel)
    {
        var (id, call) = (new VercelInvoiceId(body.Value.InvoiceId ?? ""), KeyedCall.Of(request, body.Raw));
        if (string.IsNullOrWhiteSpace(id.Value) || id.Value.Length > InvoiceIdCharactersMax)
        {
            var wrong = new FieldError("invoiceId", $"must be 1 to {InvoiceIdCharactersMax} characters.");
            return await decisions.Refuse(caller.Installation, call, FieldProblem.From(Seq1(wrong)), cancel);
        }

        var cause = BalanceCause.Purchase(id);
        var (isKnown, isSettled) = await Look();
        if (!isKnown)
            return InstallationProblem.Unknown(caller.Installation);
        // Ledger and key answer by themselves, also when Vercel cannot be reached or shows the invoice no longer.
        if (isSettled)
            return await decisions.Decide(caller.Installation, call, Repeat, cancel);

        return await vercel.GetInvoice(caller.Installation, id, cancel) switch
        {
            // What is not paid now may be in a moment, so this answer is not kept for the key: a repetition has to look again.
            VercelAnswer<PurchaseInvoice>.Accepted { Value: { IsPaid: false } unpaid } =>
                PurchaseProblem.From(new PurchaseRejection.NotPaid(unpaid.Id, unpaid.State)),
            VercelAnswer<PurchaseInvoice>.Accepted paid => await decisions.Decide(
                caller.Installation, call, (transaction, writes) => Credit(transaction, writes, paid.Value), cancel),
            VercelAnswer<PurchaseInvoice>.NotFound or VercelAnswer<PurchaseInvoice>.Refused =>
                PurchaseProblem.NotOfThisInstallation(id),
            VercelAnswer<PurchaseInvoice>.Gone => PartnerResults.Conflict("Vercel does not take the token of this installation any more."),
            VercelAnswer<PurchaseInvoice>.Unknown or VercelAnswer<PurchaseInvoice>.TokenRefused => PartnerResults.Unavailable(
                "Vercel did not show the invoice, so nothing was credited. Try again."),
            var unknown => throw new UnreachableException(unknown.GetType().Name),
        };

        async Task<(bool IsKnown, bool IsSettled)> Look()
        {
            // Before Vercel is asked the connection is given back: nothing is held across the network.
            var loads = new Loads();
            var installation = InstallationRows.Load(loads, caller.Installation);
            var isCredited = BalanceRows.IsEntered(loads, caller.Installation, cause);
            var earlier = call.Key is { } key ? IdempotencyRows.Load(loads, caller.Installation, key) : null;
            await loads.Read(database, cancel);
            return (installation.Value is not null, isCredited.Value || earlier?.Value is not null);
        }

        async Task<PartnerAnswer> Repeat(NpgsqlTransaction transaction, Writes writes)
        {
            await InstallationRows.LoadForUpdate(transaction, caller.Installation, cancel);
            return Totals(await BalanceRows.Load(transaction, caller.Installation, cause, Empty, cancel));
        }

        async Task<PartnerAnswer> Credit(NpgsqlTransaction transaction, Writes writes, PurchaseInvoice invoice)
        {
            // Purchases of one installation come one after the other, so that each total is newer than the one before.
            var installation = await InstallationRows.LoadForUpdate(transaction, caller.Installation, cancel);
            if (installation is null)
                return PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation));
            var resources = await Resources(transaction, invoice);
            // What a line buys for a resource may be the installation's.
            var balances = invoice.Lines.Map(line => line.Resource).Add(None).Distinct().ToSeq().Strict();
            var before = await BalanceRows.Load(transaction, caller.Installation, cause, balances, cancel);
            return Purchases.Credit(before, invoice, installation, resources, catalogue, clock.GetUtcNow()).Match(
                Right: transition =>
                {
                    BalanceRows.Append(writes, caller.Installation, before, transition.Next);
                    EventRows.Append(writes, caller.Installation, transition.Events, Actor.Of(caller, "provision purchase"));
                    // Who was warned or stopped need not wait for the next hour.
                    if (!transition.Events.IsEmpty)
                        BillingScheduleRows.Schedule(writes, caller.Installation, BillingWork.Balances, clock.GetUtcNow());
                    return Totals(transition.Next);
                },
                Left: rejection => PartnerAnswer.Of(PurchaseProblem.From(rejection)));
        }

        async Task<Seq<Resource>> Resources(NpgsqlTransaction transaction, PurchaseInvoice invoice)
        {
            var resources = new List<Resource>();
            foreach (var named in invoice.Lines.Map(line => line.Resource).Somes().Distinct().OrderBy(named => named.Value, StringComparer.Ordinal))
            {
                if (await ResourceRows.LoadForUpdate(transaction, caller.Installation, named, cancel) is { } resource)
                    resources.Add(resource);
            }

            return resources.ToSeq().Strict();
        }

        PartnerAnswer Totals(BalanceLedger ledger) => PartnerAnswer.Ok(BalancesWire.Of(clock.GetUtcNow(), ledger.MovedBy(cause)));
    }

    internal sealed record PurchaseWire(string? InvoiceId = null);
}
