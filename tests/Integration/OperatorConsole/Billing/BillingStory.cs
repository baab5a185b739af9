using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;

namespace Marketplace.Integration.OperatorConsole.Billing;

/// <summary>
/// The turn of a month with something of everything that is billed: an invoice that is paid, one whose card fails, one that Vercel refuses, an
/// hour that it refuses, and credit that was paid ahead. Told once for all tests of a class.
/// </summary>
/// <remarks>Each invoice: 3 h of January's 744 h of 12.00, 12.00 * 3 / 744 = 0.048… -> 0.05, and 2,000 jobs * 0.001 = 2.00: 2.05.</remarks>
public sealed class BillingStory : IAsyncLifetime
{
    public const string RefusedHour = "2027-01-31T23";

    private static readonly DateTimeOffset Start = new(2027, 1, 31, 21, 0, 0, TimeSpan.Zero);

    public Acme Acme { get; private set; } = null!;

    internal Provisioned Paid { get; private set; } = null!;

    internal Provisioned Unpaid { get; private set; } = null!;

    /// <summary>Vercel has refused its invoice.</summary>
    internal Provisioned Refused { get; private set; } = null!;

    /// <summary>Vercel has refused its last hour of January, and its invoice waits for it.</summary>
    internal Provisioned Untold { get; private set; } = null!;

    /// <summary>The same of two for the tests that mend it.</summary>
    internal Provisioned Redrafted { get; private set; } = null!;

    internal Provisioned Resent { get; private set; } = null!;

    internal Provisioned Prepaid { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-dunning.catalog.json", Start = Start, Adapt = SellsCredit });
        (Paid, Unpaid) = (await Tool("paid"), await Tool("unpaid"));
        (Refused, Untold) = (await Tool("refused"), await Tool("untold"));
        (Redrafted, Resent) = (await Tool("redrafted"), await Tool("resent"));
        Prepaid = await Acme.Provision(await Acme.Install(), "prepaid", "credit");
        Assert.True((await Acme.Customer.Purchase(Prepaid.Installation, Prepaid.Id, 10.00m, Cancel)).Exchange!.IsSuccess);
        Acme.CardFails(Unpaid.Installation);
        foreach (var name in new[] { "paid", "unpaid", "refused", "untold", "redrafted", "resent" })
            Acme.Workshop.Count(name, 2_000);
        await Until(Start.AddHours(2.5));
        foreach (var tool in new[] { Untold, Resent })
            Acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing", Disturbance.Fails(400));
        foreach (var tool in new[] { Refused, Redrafted })
            Acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing/invoices", Disturbance.Fails(422));
        await Until(Start.AddHours(6));
    }

    public async ValueTask DisposeAsync() => await Acme.DisposeAsync();

    internal Task<string?> InvoiceOf(Provisioned tool) =>
        Acme.Ask<string>("select external_id from invoice where installation_id = $1", tool.Installation);

    internal Task<string?> StateOf(Provisioned tool) => Acme.Ask<string>("select state from invoice where installation_id = $1", tool.Installation);

    private async Task<Provisioned> Tool(string name) => await Acme.Provision(await Acme.Install(), name);

    private async Task Until(DateTimeOffset moment)
    {
        while (true)
        {
            // An invoice that waits for an hour is tried again and again: the worker would not come to an end.
            for (var turn = 0; turn < 2; turn++)
            {
                await Acme.Vercel.Settle(Cancel);
                await Acme.Work("webhooks", "settlement", "operations", "outbox", "usage", "balances", "invoices", "webhooks");
            }

            if (Acme.Now >= moment)
                return;
            var step = Acme.Now.AddHours(1);
            Acme.Vercel.Clock.MoveTo(step < moment ? step : moment);
        }
    }

    private static void SellsCredit(JsonNode catalogue) => catalogue["products"]![0]!["plans"]!.AsArray().Add(JsonNode.Parse("""
        {
          "id": "credit", "type": "prepayment", "name": "Credit", "description": "Paid before it is used.", "minimumAmount": "5.00",
          "balance": { "atZero": "stop" },
          "pricing": { "metered": [{ "metric": "jobs", "unitPrice": "0.01", "units": "jobs", "included": "0" }] }
        }
        """));
}
