using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Invoices;
using static Marketplace.Integration.UsageEvents.ReportedUsage;

namespace Marketplace.Integration.Statements;

/// <summary>Everything that money does in two periods, stated over HTTP and compared with what Vercel has: to the cent.</summary>
public sealed class StatementStories
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// Periods begin on the last day at 09:00. January 31st, 09:20: ahead, 31.00 in advance and 5.00 for signing up, and 10.00 of credit for another
    /// tool. February 14th, 09:00: the first one goes to bigger, 62.00 in advance. March: 1,000 jobs of February come to light on each.
    /// </summary>
    [Fact]
    public async Task Take_up_anniversary_credit_late_use_refund_and_prepaid_add_up_in_every_period_and_with_what_Vercel_has()
    {
        await using var acme = await Acme.Open(new AcmeOptions
        {
            Catalogue = "acme-advance.catalog.json", Start = At("2027-01-31T09:20:00Z"), Adapt = SellsCreditByAnniversaries,
        });
        var key = await acme.NewProviderKey("usage:write", "billing:read", "billing:write");
        var tool = await acme.Provision(await acme.Install(), "subscribed", plan: "ahead");
        var prepaid = await acme.Provision(tool.Installation, "prepaid", plan: "credit");
        Assert.True((await acme.Customer.Purchase(tool.Installation, prepaid.Id, 10.00m, Cancel)).Exchange!.IsSuccess);
        await Until("2027-01-31T12:00:00Z");
        (await acme.Report(key, Event(tool.Id, "jobs", 2_000, acme.Now), Event(prepaid.Id, "jobs", 300, acme.Now))).Counts(2, 0);
        await Until("2027-02-14T09:00:00Z");
        var changed = await acme.Customer.ChangePlan(tool.Installation, tool.Id, "bigger", Cancel);
        Assert.True(changed is { IsSuccess: true, Findings.IsEmpty: true }, changed.ToString());
        await Until("2027-02-14T12:00:00Z");
        await Until("2027-03-01T12:00:00Z");
        (await acme.Report(
            key, Event(tool.Id, "jobs", 1_000, At("2027-02-01T00:00:00Z")), Event(prepaid.Id, "jobs", 100, At("2027-02-01T00:00:00Z")))).Counts(2, 0);
        var first = acme.Vercel.State.Installations[tool.Installation].Invoices.First(invoice => invoice.Total == 35.98m).ExternalId!;
        (await acme.Provide(
            HttpMethod.Post, $"/installations/{tool.Installation}/invoices/{first}/refunds", key,
            new JsonObject { ["amount"] = "5.98", ["reason"] = "Sorry" })).Is(HttpStatusCode.Accepted);
        await Until("2027-03-01T18:00:00Z");
        await Until("2027-04-01T12:00:00Z");
        await Until("2027-04-01T18:00:00Z");

        // January 31st, 09:00 to February 28th, 09:00: 2,419,200 s. Ahead to the 14th, 1,208,400 s: 31.00 * 1208400 / 2419200 = 15.484… -> 15.48;
        // for signing up 5.00; 2,000 jobs * 0.001 = 2.00; bigger for half of it: 31.00. Together 53.48.
        // In advance 31.00 * 2418000 / 2419200 = 30.984… -> 30.98, of which 30.98 - 15.48 = 15.50 are given back. The next base: 62.00.
        var february = await Stated("2027-01-31");
        Assert.Equal("53.48", Sum(february, "charged"));
        Assert.Equal(("15.50", "15.50", "62.00"), (Sum(february, "unused"), Sum(february, "creditsGiven"), Sum(february, "billedAhead")));
        // 35.98 - 5.98 = 30.00, 31.00 - 15.50 = 15.50, 2.00 and 62.00: 109.50 are paid, and 5.98 are paid back.
        Assert.Equal(("115.48", "115.48", "0.00"), (Sum(february, "due"), Sum(february, "total"), Sum(february, "difference")));
        Assert.Equal(("109.50", "5.98"), (Sum(february["outcome"]!, "paid"), Sum(february["outcome"]!, "refunded")));

        // March: 1,000 jobs * 0.001 = 1.00 of February, and the next base; its own was billed before.
        var march = await Stated("2027-02-28");
        Assert.Equal(
            ("62.00", "62.00", "62.00", "1.00", "63.00"),
            (Sum(march, "charged"), Sum(march, "billedBefore"), Sum(march, "billedAhead"), Sum(march, "corrections"), Sum(march, "due")));

        // 300 jobs * 0.01 = 3.00 in time, and 100 * 0.01 = 1.00 an hour after they were known.
        var (before, after) = (await Balance("2027-01-31"), await Balance("2027-02-28"));
        Assert.Equal(("0.00", "10.00", "3.00", "7.00"), before);
        Assert.Equal(("7.00", "0.00", "1.00", "6.00"), after);
        Assert.Equal(600, acme.Vercel.State.Installations[tool.Installation].Balances!.Balances.Single().CurrencyValueInCents);

        var ours = acme.Vercel.State.Installations[tool.Installation].Invoices.Where(invoice => invoice.ExternalId is not null).ToList();
        Assert.Equal(ours.Sum(invoice => invoice.Total), Dollars(Sum(february, "total")) + Dollars(Sum(march, "total")));
        Assert.Empty(acme.Vercel.State.Findings);
        Assert.Equal(5.98m, ours.Sum(invoice => invoice.RefundTotal ?? 0));
        Assert.All(ours, invoice => Assert.True(invoice.State is InvoiceState.Paid or InvoiceState.Refunded, $"{invoice.ExternalId} is {invoice.State}"));

        // An hour can be reported for a day: in steps of less than that, none is lost.
        async Task Until(string moment)
        {
            while (acme.Now < At(moment))
            {
                var step = acme.Now.AddHours(20);
                acme.Vercel.Clock.MoveTo(step < At(moment) ? step : At(moment));
                await acme.Vercel.Settle(Cancel);
                await acme.WorkOff();
            }

            await acme.Vercel.Settle(Cancel);
            await acme.WorkOff();
        }

        Task<JsonNode> Get(string path) => GetFrom(acme, key, $"/installations/{tool.Installation}/{path}");

        // The reconciliation, after everything that has to agree with it was held against it.
        async Task<JsonNode> Stated(string period)
        {
            var stated = await Get($"statements/{period}");
            Assert.Empty(stated["differences"]!.AsArray());
            var table = CsvTable.Read(await Csv(acme, key, $"/installations/{tool.Installation}/statements/{period}"));
            foreach (var invoice in stated["invoices"]!.AsArray())
            {
                var (id, total) = (Text(invoice!, "id"), Dollars(Text(invoice!, "total")));
                Assert.Equal(total, SumOf(invoice!["lines"]!, "total") - SumOf(invoice["discounts"]!, "amount") - SumOf(invoice["credits"]!, "amount"));
                Assert.Equal(total, invoice["outcome"]!.AsObject().Sum(part => Dollars(part.Value!.GetValue<string>())));
                Assert.Equal(total, SumOfRows(table, id, "invoice-line", "invoice-discount", "invoice-credit"));
                Assert.Equal(total, SumOfRows(table, id, "invoice-outcome"));
                // The other view of the same invoice says the same.
                var one = await Get($"invoices/{id}");
                foreach (var part in (string[])["lines", "discounts", "credits", "carries", "refunds", "total", "state"])
                    Assert.True(JsonNode.DeepEquals(invoice[part], one[part]), $"{part}: {one[part]} is not {invoice[part]}");
            }

            return stated["reconciliation"]!;
        }

        async Task<(string?, string?, string?, string?)> Balance(string period)
        {
            var page = Assert.Single((await Get($"statements/{period}"))["balances"]!.AsArray())!;
            return (Text(page, "opening"), Text(page, "bought"), Text(page, "burnt"), Text(page, "closing"));
        }
    }

    private static void SellsCreditByAnniversaries(JsonNode catalogue)
    {
        catalogue["billing"]!["period"] = "anniversary";
        catalogue["products"]![0]!["plans"]!.AsArray().Add(JsonNode.Parse("""
            {
              "id": "credit", "type": "prepayment", "name": "Credit", "description": "Paid before it is used.", "minimumAmount": "5.00",
              "balance": { "atZero": "stop" },
              "pricing": { "metered": [{ "metric": "jobs", "unitPrice": "0.01", "units": "jobs", "included": "0" }] }
            }
            """));
    }

    private static async Task<JsonNode> GetFrom(Acme acme, string key, string path) =>
        (await acme.Provide(HttpMethod.Get, path, key)).Is(HttpStatusCode.OK);

    private static async Task<string> Csv(Acme acme, string key, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/provider/v1{path}?format=csv");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return (await acme.Send(request)).Text;
    }

    private static decimal SumOfRows(CsvTable table, string? invoice, params string[] kinds) =>
        table.Rows.Where(row => row["invoice_id"] == invoice && kinds.Contains(row["kind"])).Sum(row => Dollars(row["amount"]));

    private static decimal SumOf(JsonNode parts, string name) => parts.AsArray().Sum(part => Dollars(Text(part!, name)));

    private static string? Sum(JsonNode sums, string name) => Text(sums, name);

    private static decimal Dollars(string? amount) => decimal.Parse(amount!, CultureInfo.InvariantCulture);

    private static string? Text(JsonNode json, string name) => json[name]?.GetValue<string>();

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);
}
