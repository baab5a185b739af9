using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>Credit is bought: Vercel's invoice proves it, and counts once. Source: contract §B.4.</summary>
internal sealed class PurchaseDesk(ProviderSettings settings, Books books, VercelSide vercel)
{
    /// <summary>No id of Vercel's is nearly as long, and none is asked for in a path.</summary>
    private const int InvoiceIdLengthMax = 200;

    public void Open(PartnerApi api)
    {
        if (!settings.Is(Oddity.HasNoPurchases))
        {
            api.Map("POST", "/v1/installations/{installation}/billing/provision", Callers.Both, Credit);
        }
    }

    private async Task<Answer> Credit(PartnerCall call)
    {
        var form = new Form(call.Body);
        var invoiceId = form.Text("invoiceId");
        if (invoiceId.Length == 0 && settings.Is(Oddity.KnowsNoSuchInvoice))
        {
            return Answer.Unknown("invoice");
        }

        if (form.Refusal is { } refusal)
        {
            return refusal;
        }

        if (invoiceId.Length > InvoiceIdLengthMax)
        {
            return Answer.Impossible("Vercel has no invoice of such an id.");
        }

        Installation? installation;
        bool isCredited;
        lock (books.Gate)
        {
            if (!books.Installations.TryGetValue(call.Installation, out installation))
            {
                return Answer.Unknown("installation");
            }

            if (installation.LeavingSince is not null)
            {
                return Answer.Conflict("The installation is uninstalled.");
            }

            isCredited = installation.Purchases.Contains(invoiceId);
        }

        var (status, invoice) = await vercel.Call(HttpMethod.Get, installation, $"/billing/invoices/{Uri.EscapeDataString(invoiceId)}");
        if (status is StatusCodes.Status404NotFound or StatusCodes.Status400BadRequest)
        {
            return Answer.Impossible("Vercel shows no such invoice of this installation.");
        }

        if (status != StatusCodes.Status200OK || invoice is null)
        {
            throw new HttpRequestException("Vercel does not show the invoice now.");
        }

        if ((string?)invoice["state"] != "paid" && !settings.Breaks(Breakage.CreditsUnpaid))
        {
            return Answer.Conflict("The invoice is not paid.");
        }

        lock (books.Gate)
        {
            // What was seen before the invoice was read may be over by now: two calls come at the same time.
            var isNew = settings.Breaks(Breakage.CreditsConcurrentCalls) ? !isCredited : !installation.Purchases.Contains(invoiceId);
            return isNew || settings.Breaks(Breakage.CreditsEveryCall)
                ? Book(installation, invoiceId, invoice["items"]!.AsArray(), call.Now)
                : Answer.Ok(Totals(installation, call.Now));
        }
    }

    private Answer Book(Installation installation, string invoiceId, JsonArray items, DateTimeOffset now)
    {
        var bought = items.Select(item => (
            Resource: books.Of(installation).FirstOrDefault(resource => resource.Id == (string?)item!["resourceId"]),
            Amount: decimal.Parse((string)item!["total"]!, CultureInfo.InvariantCulture))).ToList();
        if (bought.Count == 0 || bought.Exists(item => item.Resource is not { Plan.IsPrepaid: true }))
        {
            return Answer.Impossible("The invoice is for something that takes no credit here.");
        }

        installation.Purchases.Add(invoiceId);
        bought.ForEach(item => item.Resource!.Credit += item.Amount);
        return Answer.Ok(settings.Breaks(Breakage.StatesWhatWasBought)
            ? Statement(now, bought.Select(item => (item.Resource!, item.Amount)))
            : Totals(installation, now));
    }

    /// <summary>All that the customer has, as it is now.</summary>
    private JsonObject Totals(Installation installation, DateTimeOffset now) => Statement(
        now, books.Of(installation).Where(resource => resource.Plan is { IsPrepaid: true }).Select(resource => (resource, resource.Credit)));

    public static JsonObject Statement(DateTimeOffset now, IEnumerable<(Resource Resource, decimal Amount)> balances) => new()
    {
        ["timestamp"] = Bookkeeper.Text(now),
        ["balances"] = new JsonArray(
        [
            .. balances.Select(balance => new JsonObject
            {
                ["resourceId"] = balance.Resource.Id,
                ["currencyValueInCents"] = balance.Amount * 100,
                ["credit"] = $"{balance.Amount * 100:0} writes",
                ["nameLabel"] = "Writes",
            }),
        ]),
    };
}
