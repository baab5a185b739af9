using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Invoices;

namespace Marketplace.Integration.Balances;

/// <summary>POST billing/provision: a paid invoice becomes credit, once. Source: contract §B.4, §E.12.</summary>
[Collection(SharedAcme.Name)]
public sealed class PurchaseTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_purchase_is_credited_and_answered_with_the_new_total_in_cents()
    {
        var resource = await Prepaid();

        var (invoice, exchange) = await acme.Customer.Purchase(resource.Installation, resource.Id, 25.00m, Cancel);

        Assert.Equal(InvoiceState.Paid, invoice.State);
        Assert.True(exchange is { Status: 200, Findings.IsEmpty: true }, exchange?.ToString());
        var answer = JsonNode.Parse(exchange!.Body)!.AsObject();
        Assert.Equal(["balances", "timestamp"], answer.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal(acme.Now, answer["timestamp"]!.GetValue<DateTimeOffset>());
        Assert.Equal(
            $$"""[{"currencyValueInCents":2500,"resourceId":"{{resource.Id}}"}]""", answer["balances"]!.ToJsonString());
        Assert.Equal(25.00m, await Balance(resource));
        Assert.Equal(2500, Assert.Single(acme.Vercel.State.Installations[resource.Installation].Balances!.Balances).CurrencyValueInCents);
    }

    [Fact]
    public async Task A_second_purchase_is_answered_with_the_sum_of_both()
    {
        var resource = await Prepaid();
        await acme.Customer.Purchase(resource.Installation, resource.Id, 10.00m, Cancel);

        var second = await Call(resource, Paid(resource, 32.50m));

        Assert.Equal(4250, Cents(second.Is(HttpStatusCode.OK)));
    }

    [Fact]
    public async Task The_same_invoice_again_is_answered_with_the_same_totals_and_credited_once_whatever_the_key()
    {
        var resource = await Prepaid();
        var invoice = Paid(resource, 20.00m);
        var key = Acme.NewKey();

        var first = await Call(resource, invoice, key);
        var sameKey = await Call(resource, invoice, key);
        var otherKey = await Call(resource, invoice, Acme.NewKey());
        var noKey = await Call(resource, invoice);

        Assert.Equal(first.Bytes, sameKey.Bytes);
        Assert.All([first, otherKey, noKey], answer => Assert.Equal(2000, Cents(answer.Is(HttpStatusCode.OK))));
        Assert.Equal(20.00m, await Balance(resource));
        Assert.Equal(1, await Entries(resource));
    }

    [Fact]
    public async Task The_same_key_is_answered_byte_for_byte_also_after_another_purchase_and_another_key_with_the_totals_of_now()
    {
        var resource = await Prepaid();
        var invoice = Paid(resource, 20.00m);
        var key = Acme.NewKey();
        var first = await Call(resource, invoice, key);

        acme.Pass(TimeSpan.FromMinutes(1));
        await acme.Customer.Purchase(resource.Installation, resource.Id, 30.00m, Cancel);

        Assert.Equal(first.Bytes, (await Call(resource, invoice, key)).Bytes);
        var now = (await Call(resource, invoice)).Is(HttpStatusCode.OK);
        Assert.Equal(5000, Cents(now));
        Assert.Equal(acme.Now, now["timestamp"]!.GetValue<DateTimeOffset>());
    }

    [Fact]
    public async Task Calls_at_the_same_moment_credit_one_invoice_once_and_all_are_answered_with_its_total()
    {
        var resource = await Prepaid();
        var invoice = Paid(resource, 15.00m);
        var shared = Acme.NewKey();
        string?[] keys = [shared, shared, shared, Acme.NewKey(), Acme.NewKey(), Acme.NewKey(), null, null, null];

        var answers = await Task.WhenAll(keys.Select(key => Call(resource, invoice, key)));

        Assert.All(answers, answer => Assert.Equal(1500, Cents(answer.Is(HttpStatusCode.OK))));
        Assert.Equal(1, await Entries(resource));
        Assert.Equal(15.00m, await Balance(resource));
    }

    [Fact]
    public async Task Many_purchases_at_the_same_moment_are_all_credited_and_the_newest_answer_has_the_sum()
    {
        var resource = await Prepaid();
        var invoices = new List<string>();
        foreach (var amount in (decimal[])[10, 20, 30, 40, 50])
            invoices.Add(Paid(resource, amount));

        var answers = await Task.WhenAll(invoices.Concat(invoices).Select(invoice => Call(resource, invoice, Acme.NewKey())));

        Assert.Equal(150.00m, await Balance(resource));
        Assert.Equal(5, await Entries(resource));
        Assert.Equal(15000, answers.Max(answer => Cents(answer.Is(HttpStatusCode.OK))));
    }

    [Fact]
    public async Task Vercel_itself_may_tell_of_an_automatic_purchase_and_a_person_who_only_reads_may_not()
    {
        var resource = await Prepaid();
        var invoice = Paid(resource, 10.00m);

        (await acme.Post(Paths.Purchase(resource.Installation), acme.Viewer(resource.Installation), Body(invoice))).IsForbidden();
        Assert.Equal(0, await Entries(resource));

        (await acme.Post(Paths.Purchase(resource.Installation), acme.System(resource.Installation), Body(invoice))).Is(HttpStatusCode.OK);
        Assert.Equal(1, await Entries(resource));
    }

    [Fact]
    public async Task An_invoice_that_is_not_paid_is_refused_and_credited_by_a_repetition_with_the_same_key_once_it_is()
    {
        var resource = await Prepaid();
        var invoice = acme.Customer.Order(resource.Installation, resource.Id, 10.00m).Id;
        var key = Acme.NewKey();

        (await Call(resource, invoice, key)).IsConflict();
        Assert.Equal(0, await Entries(resource));

        acme.Customer.Charge(resource.Installation, invoice);
        Assert.Equal(1000, Cents((await Call(resource, invoice, key)).Is(HttpStatusCode.OK)));
    }

    [Theory]
    [InlineData("notpaid")]
    [InlineData("refund_requested")]
    [InlineData("refunded")]
    [InlineData("a_state_of_next_year")]
    public async Task Only_the_state_paid_is_paid(string state)
    {
        var resource = await Prepaid();
        var invoice = Paid(resource, 10.00m);
        Shows(invoice, resource, shown => shown["state"] = state);

        (await Call(resource, invoice)).IsConflict();

        Assert.Equal(0, await Entries(resource));
    }

    [Fact]
    public async Task A_customer_who_cannot_pay_buys_nothing_and_the_provider_hears_nothing()
    {
        var resource = await Prepaid();
        acme.Vercel.Change(state => state.With(state.Installations[resource.Installation] with { Payment = PaymentBehaviour.NeverPays }));

        var (invoice, exchange) = await acme.Customer.Purchase(resource.Installation, resource.Id, 10.00m, Cancel);

        Assert.Equal(InvoiceState.NotPaid, invoice.State);
        Assert.Null(exchange);
        Assert.Equal(0, await Entries(resource));
    }

    [Fact]
    public async Task While_Vercel_does_not_show_the_invoice_nothing_is_credited_and_the_same_call_works_later()
    {
        var resource = await Prepaid();
        var invoice = Paid(resource, 10.00m);
        var key = Acme.NewKey();
        Disturb(invoice, Disturbance.Fails(503), Disturbance.Fails(429), new Disturbance { LosesAnswer = true });

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            (await Call(resource, invoice, key)).IsUnavailable();
            Assert.Equal(0, await Entries(resource));
        }

        Assert.Equal(1000, Cents((await Call(resource, invoice, key)).Is(HttpStatusCode.OK)));
    }

    [Fact]
    public async Task What_is_credited_already_is_answered_without_asking_Vercel()
    {
        var resource = await Prepaid();
        var invoice = Paid(resource, 10.00m);
        (await Call(resource, invoice)).Is(HttpStatusCode.OK);
        Shows(invoice, resource, shown => shown["state"] = "refunded");

        Assert.Equal(1000, Cents((await Call(resource, invoice)).Is(HttpStatusCode.OK)));
        Assert.Single(acme.Vercel.Calls, call => call.ToString().Contains($"/billing/invoices/{invoice}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_locked_while_Vercel_is_asked()
    {
        var resource = await Prepaid();
        var invoice = Paid(resource, 10.00m);
        Disturb(invoice, new Disturbance { Delay = TimeSpan.FromSeconds(2) });

        var purchase = Call(resource, invoice);
        // Long enough to be asking, and far from the end of it.
        await Task.Delay(TimeSpan.FromMilliseconds(500), Cancel);
        (await acme.Patch(resource.Path, acme.Admin(resource.Installation), new JsonObject { ["name"] = "meanwhile" })).Is(HttpStatusCode.OK);

        Assert.False(purchase.IsCompleted);
        (await purchase).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_invoice_of_another_installation_is_no_proof_and_neither_is_one_that_never_was()
    {
        var (mine, others) = (await Prepaid(), await Prepaid());
        var invoice = Paid(others, 10.00m);

        (await Call(mine, invoice)).IsRefusal(HttpStatusCode.UnprocessableEntity, "unprocessable");
        (await Call(mine, "mi_none")).IsRefusal(HttpStatusCode.UnprocessableEntity, "unprocessable");
        (await Call(mine, "..")).IsRefusal(HttpStatusCode.UnprocessableEntity, "unprocessable");

        Assert.Equal(0, await Entries(mine));
        (await Call(others, invoice)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_answer_about_another_invoice_is_no_proof()
    {
        var resource = await Prepaid();
        var (asked, shown) = (Paid(resource, 10.00m), Paid(resource, 500.00m));
        Shows(asked, resource, json => json["invoiceId"] = shown);

        (await Call(resource, asked)).IsUnavailable();

        Assert.Equal(0, await Entries(resource));
    }

    [Fact]
    public async Task A_deleted_resource_is_credited_nothing()
    {
        var resource = await Prepaid();
        var invoice = Paid(resource, 10.00m);
        (await acme.Delete(resource.Path, acme.Admin(resource.Installation))).IsEmpty();

        (await Call(resource, invoice)).IsRefusal(HttpStatusCode.UnprocessableEntity, "unprocessable");

        Assert.Equal(0, await Entries(resource));
    }

    [Fact]
    public async Task What_is_wrong_with_an_invoice_is_a_422_and_changes_nothing()
    {
        var resource = await Prepaid();
        var invoice = Paid(resource, 10.00m);
        await Refuses(shown => shown["test"] = true);
        await Refuses(shown => Item(shown)["billingPlanId"] = "pro");
        await Refuses(shown => Item(shown)["billingPlanId"] = "nothing");
        await Refuses(shown => Item(shown)["resourceId"] = "res_of_somebody_else");
        await Refuses(shown => Item(shown).Remove("resourceId"));
        await Refuses(shown => Item(shown)["total"] = "0.00");
        await Refuses(shown => shown["total"] = "9.99");
        await Refuses(shown => shown["items"] = new JsonArray());
        await Refuses(shown => shown["discounts"] = new JsonArray(new JsonObject
        {
            ["billingPlanId"] = "prepaid", ["resourceId"] = resource.Id, ["name"] = "All of it", ["amount"] = "10.00",
        }));

        Assert.Equal(0, await Entries(resource));

        async Task Refuses(Action<JsonObject> bend)
        {
            Shows(invoice, resource, bend);
            (await Call(resource, invoice)).IsRefusal(HttpStatusCode.UnprocessableEntity, "unprocessable");
        }
    }

    [Fact]
    public async Task Several_items_go_each_to_its_resource_less_their_discounts_and_a_tax_buys_nothing()
    {
        var one = await Prepaid();
        var two = await acme.Provision(one.Installation, "second", "prepaid");
        var invoice = Paid(one, 100.00m);
        Shows(invoice, one, shown =>
        {
            var (first, second, third) = (Item(shown), Item(shown).DeepClone(), Item(shown).DeepClone());
            (first["total"], second["total"], third["total"]) = ("20.00", "30.50", "7.00");
            second["resourceId"] = two.Id;
            shown["items"] = new JsonArray(first.DeepClone(), second, third);
            shown["discounts"] = new JsonArray(new JsonObject
            {
                ["billingPlanId"] = "prepaid", ["resourceId"] = two.Id, ["name"] = "Welcome", ["amount"] = "0.50",
            });
        });

        var answer = (await Call(one, invoice)).Is(HttpStatusCode.OK);

        // 20.00 + 7.00 = 27.00, and 30.50 - 0.50 = 30.00
        Assert.Equal(
            [(one.Id, 2700m), (two.Id, 3000m)],
            answer["balances"]!.AsArray().Select(balance => (balance!["resourceId"]!.GetValue<string>(), balance["currencyValueInCents"]!.GetValue<decimal>())));
        Assert.Equal((27.00m, 30.00m), (await Balance(one), await Balance(two)));
    }

    [Fact]
    public async Task An_installation_that_is_being_uninstalled_buys_nothing_more_and_still_hears_what_it_has()
    {
        var resource = await Prepaid();
        var (before, after) = (Paid(resource, 10.00m), Paid(resource, 20.00m));
        (await Call(resource, before)).Is(HttpStatusCode.OK);
        acme.Workshop.Plan("Deprovision", "tool", new WorkshopEvent.Fails());
        (await acme.Delete(Paths.Installation(resource.Installation), acme.Admin(resource.Installation), new JsonObject())).Is(HttpStatusCode.OK);

        (await Call(resource, after)).IsConflict();

        Assert.Equal(1000, Cents((await Call(resource, before)).Is(HttpStatusCode.OK)));
    }

    [Fact]
    public async Task An_installation_that_nobody_knows_is_unknown_and_a_body_without_an_invoice_is_invalid()
    {
        var unknown = Acme.NewInstallationId();
        (await acme.Post(Paths.Purchase(unknown), acme.System(unknown), Body("mi_1"))).IsUnknown();

        var resource = await Prepaid();
        (await Call(resource, "")).NamesFields("invoiceId");
        (await Call(resource, " ")).NamesFields("invoiceId");
        (await Call(resource, new string('x', 256))).NamesFields("invoiceId");
        (await acme.Post(Paths.Purchase(resource.Installation), acme.System(resource.Installation), new JsonObject())).IsInvalid();
        (await acme.Post(Paths.Purchase(resource.Installation), acme.System(resource.Installation), new JsonObject { ["invoiceId"] = 7 })).IsInvalid();
        (await acme.Post(Paths.Purchase(resource.Installation), acme.System(resource.Installation), "[")).IsInvalid();
    }

    [Fact]
    public async Task Who_bought_what_is_in_the_audit_once()
    {
        var resource = await Prepaid();
        var invoice = Paid(resource, 10.00m);
        await Call(resource, invoice);
        await Call(resource, invoice);

        Assert.Equal(
            [$"{resource.Id} {invoice} 10.00 provision purchase"],
            await acme.AskAll<string>(
                """
                select concat_ws(' ', resource_id, detail->>'vercelInvoice', detail->>'amount', cause) from domain_event
                where installation_id = $1 and kind = 'balance.Credited'
                """,
                resource.Installation));
    }

    [Fact]
    public async Task The_customer_cannot_buy_less_or_more_than_the_plan_allows()
    {
        var resource = await Prepaid();
        Assert.Throws<ArgumentException>(() => acme.Customer.Order(resource.Installation, resource.Id, 9.99m));
        Assert.Throws<ArgumentException>(() => acme.Customer.Order(resource.Installation, resource.Id, 1000.01m));
        acme.Customer.Order(resource.Installation, resource.Id, 1000.00m);

        var subscribed = await acme.Provision(resource.Installation, "subscribed");
        Assert.Throws<InvalidOperationException>(() => acme.Customer.Order(resource.Installation, subscribed.Id, 10.00m));
    }

    private async Task<Provisioned> Prepaid() => await acme.Provision(await acme.Install(), plan: "prepaid");

    /// <summary>Bought and charged, and the provider has not heard of it yet.</summary>
    private string Paid(Provisioned resource, decimal amount)
    {
        var invoice = acme.Customer.Charge(resource.Installation, acme.Customer.Order(resource.Installation, resource.Id, amount).Id);
        Assert.Equal(InvoiceState.Paid, invoice.State);
        return invoice.Id;
    }

    private Task<Answer> Call(Provisioned resource, string invoice, string? key = null) =>
        acme.Post(Paths.Purchase(resource.Installation), acme.Admin(resource.Installation), Body(invoice), key);

    private static JsonObject Body(string invoice) => new() { ["invoiceId"] = invoice };

    private void Disturb(string invoice, params Disturbance[] disturbances)
    {
        foreach (var disturbance in disturbances)
            acme.Vercel.Disturbances.Plan(HttpMethod.Get, $"/billing/invoices/{invoice}", disturbance);
    }

    /// <summary>The next time that Vercel is asked for the invoice, it shows this.</summary>
    private void Shows(string invoice, Provisioned resource, Action<JsonObject> bend)
    {
        var shown = new JsonObject
        {
            ["invoiceId"] = invoice,
            ["state"] = "paid",
            ["total"] = "100.00",
            ["invoiceDate"] = "2027-01-21T09:30:00Z",
            ["period"] = new JsonObject { ["start"] = "2027-01-01T00:00:00Z", ["end"] = "2027-02-01T00:00:00Z" },
            ["created"] = "2027-01-21T09:30:00Z",
            ["updated"] = "2027-01-21T09:30:00Z",
            ["items"] = new JsonArray(new JsonObject
            {
                ["billingPlanId"] = "prepaid",
                ["resourceId"] = resource.Id,
                ["name"] = "Credit",
                ["price"] = "10.00",
                ["quantity"] = 1,
                ["units"] = "purchase",
                ["total"] = "10.00",
            }),
        };
        bend(shown);
        Disturb(invoice, new Disturbance { Refusal = ApiAnswer.Ok(shown) });
    }

    private static JsonObject Item(JsonObject shown) => shown["items"]![0]!.AsObject();

    private static decimal Cents(JsonNode answer) => Assert.Single(answer["balances"]!.AsArray())!["currencyValueInCents"]!.GetValue<decimal>();

    private Task<decimal> Balance(Provisioned resource) =>
        acme.Ask<decimal>(
            "select sum(amount) from balance_entry where installation_id = $1 and resource_id = $2", resource.Installation, resource.Id);

    private Task<int> Entries(Provisioned resource) =>
        acme.Ask<int>("select count(*) from balance_entry where installation_id = $1", resource.Installation);
}
