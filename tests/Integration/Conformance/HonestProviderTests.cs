using System.Text.Json.Nodes;
using Marketplace.Integration.Conformance.Provider;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Microsoft.AspNetCore.WebUtilities;

namespace Marketplace.Integration.Conformance;

/// <summary>The provider that the suite is held against keeps the contract: else it could not tell an honest one from another.</summary>
public sealed class HonestProviderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_month_is_reported_every_hour_and_invoiced_once_without_a_finding()
    {
        await using var market = await Market.Open();
        var installation = await market.Install();
        var (resource, _) = await market.Provision(installation);
        var (prepaid, _) = await market.Provision(installation, "credit");

        await market.Vercel.AdvanceTo(new DateTimeOffset(2027, 2, 1, 3, 0, 0, TimeSpan.Zero), Cancel);

        // From the 21st at nine to the end of January: 10 days and 15 hours at two cents an hour, 255 * 0.02 = 5.10.
        var invoice = Assert.Single(market.Vercel.State.Installations[installation].Invoices);
        Assert.Equal((InvoiceState.Paid, 5.10m, $"{installation}-2027-01"), (invoice.State, invoice.Total, invoice.ExternalId));
        Assert.All(invoice.Items, item => Assert.Equal(resource, item.ResourceId));
        Assert.Equal(10 + 15 + (10 * 23) + 3, market.Vercel.State.Installations[installation].Billing.Receipts.Count);
        Assert.Equal(prepaid, Assert.Single(market.Vercel.State.Installations[installation].Balances!.Balances).ResourceId);
        Assert.Empty(market.Findings);
    }

    [Fact]
    public async Task An_invoice_whose_answer_is_lost_is_looked_for_and_not_sent_as_another()
    {
        await using var market = await Market.Open();
        var installation = await market.Install();
        await market.Provision(installation);
        market.Vercel.Disturbances.Plan(HttpMethod.Post, "/billing/invoices", new() { LosesAnswer = true });
        market.Vercel.Disturbances.Plan(HttpMethod.Post, "/billing", Marketplace.Simulator.Api.Disturbance.Fails(503), times: 2);

        await market.Vercel.AdvanceTo(new DateTimeOffset(2027, 2, 1, 3, 0, 0, TimeSpan.Zero), Cancel);

        Assert.Equal(InvoiceState.Paid, Assert.Single(market.Vercel.State.Installations[installation].Invoices).State);
        Assert.Empty(market.Findings);
    }

    [Fact]
    public async Task Who_uninstalls_is_billed_for_the_rest_and_then_finalized()
    {
        await using var market = await Market.Open();
        var installation = await market.Install();
        var (resource, secret) = await market.Provision(installation);
        await market.Vercel.Advance(TimeSpan.FromHours(30.5), Cancel);
        Assert.Equal(200, await market.Knock(resource, secret));

        Assert.False(Market.Good(await market.Customer.Uninstall(installation, Cancel, reason: "whatever")).Json!.Value.GetProperty("finalized").GetBoolean());

        Assert.Equal(401, await market.Knock(resource, secret));
        await market.Vercel.Advance(TimeSpan.FromHours(4), Cancel);
        var gone = market.Vercel.State.Installations[installation];
        Assert.Equal(InstallationStage.Finalized, gone.Stage);
        Assert.Equal((InvoiceState.Paid, 0.61m), (Assert.Single(gone.Invoices).State, gone.Invoices[0].Total));
        Assert.Empty(market.Findings);
    }

    [Fact]
    public async Task Who_has_used_nothing_is_finalized_at_once()
    {
        await using var market = await Market.Open();
        var installation = await market.Install();
        await market.Provision(installation, "free");
        await market.Vercel.Advance(TimeSpan.FromHours(3), Cancel);

        Market.Good(await market.Customer.Uninstall(installation, Cancel));

        Assert.Equal(InstallationStage.Finalized, market.Vercel.State.Installations[installation].Stage);
    }

    [Fact]
    public async Task A_purchase_is_credited_once_also_when_it_is_told_twice_at_the_same_time()
    {
        await using var market = await Market.Open();
        var installation = await market.Install();
        var (resource, _) = await market.Provision(installation, "credit");
        var (invoice, bought) = await market.Customer.Purchase(installation, resource, 20, Cancel);
        Assert.Equal(2000, Cents(Market.Good(bought!)));

        var again = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => market.Customer.ProvisionPurchase(installation, invoice.Id, Cancel)));

        Assert.All(again, exchange => Assert.Equal(2000, Cents(Market.Good(exchange))));
        Assert.Equal(422, (await market.Customer.ProvisionPurchase(installation, "mi_nobody", Cancel)).Status);
        Assert.Equal(2500, Cents((await market.Customer.Purchase(installation, resource, 5, Cancel)).Exchange!));

        static decimal Cents(Exchange exchange) => exchange.Json!.Value.GetProperty("balances")[0].GetProperty("currencyValueInCents").GetDecimal();
    }

    [Fact]
    public async Task A_transfer_is_accepted_once_and_takes_secrets_list_and_bill_along()
    {
        await using var market = await Market.Open();
        var (source, target, other) = (await market.Install(), await market.Install(), await market.Install());
        var (resource, secret) = await market.Provision(source);
        await market.Vercel.Advance(TimeSpan.FromHours(10), Cancel);
        var offered = Market.Good(await market.Customer.OfferTransfer(source, [resource], Cancel));
        var claim = offered.Json!.Value.GetProperty("providerClaimId").GetString()!;

        Assert.Equal(422, (await market.Customer.VerifyTransfer(source, claim, Cancel)).Status);
        Assert.Equal(422, (await market.Customer.OfferTransfer(other, [resource], Cancel)).Status);
        var verified = Market.Good(await market.Customer.VerifyTransfer(target, claim, Cancel));
        Market.Good(await market.Customer.VerifyTransfer(other, claim, Cancel));
        var race = await Task.WhenAll(Accept(target), Accept(target));
        Assert.All(race, exchange => Assert.Equal(204, exchange.Status));
        Assert.Equal(409, (await market.Customer.VerifyTransfer(other, claim, Cancel)).Status);
        Assert.Equal(409, (await Accept(other)).Status);

        Assert.Equal(200, await market.Knock(resource, secret));
        Assert.Equal(404, (await market.Customer.GetResource(source, resource, Cancel)).Status);
        Market.Good(await market.Customer.GetResource(target, resource, Cancel));
        await market.Vercel.AdvanceTo(new DateTimeOffset(2027, 2, 1, 3, 0, 0, TimeSpan.Zero), Cancel);
        // Ten hours here, the other 245 of January there.
        Assert.Equal(0.20m, Assert.Single(market.Vercel.State.Installations[source].Invoices).Total);
        Assert.Equal(4.90m, Assert.Single(market.Vercel.State.Installations[target].Invoices).Total);
        Assert.Empty(market.Findings);

        Task<Exchange> Accept(string by) => market.Customer.AcceptTransfer(source, by, [resource], claim, verified, Cancel);
    }

    [Fact]
    public async Task Old_secrets_live_as_long_as_was_asked()
    {
        await using var market = await Market.Open();
        var installation = await market.Install();
        var (resource, old) = await market.Provision(installation);

        var fresh = Market.Secret(Market.Good(await market.Customer.Rotate(installation, resource, 1.5, Cancel)).Json!.Value);

        Assert.Equal((200, 200), (await market.Knock(resource, old), await market.Knock(resource, fresh)));
        await market.Vercel.Advance(TimeSpan.FromHours(1), Cancel);
        Assert.Equal(200, await market.Knock(resource, old));
        await market.Vercel.Advance(TimeSpan.FromHours(1), Cancel);
        Assert.Equal((401, 200), (await market.Knock(resource, old), await market.Knock(resource, fresh)));
        Assert.Equal(400, (await market.Customer.Rotate(installation, resource, 721, Cancel)).Status);
    }

    [Fact]
    public async Task A_key_stands_for_one_operation_however_often_and_at_once_it_comes()
    {
        await using var market = await Market.Open();
        var installation = await market.Install();
        var options = new CallOptions(IdempotencyKey: "once");

        var made = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => market.Provision(installation, options: options)));

        Assert.Single(made.Distinct());
        Assert.Equal(409, (await market.Customer.Rename(installation, made[0].Id, "other", Cancel, options)).Status);
    }

    [Fact]
    public async Task Who_does_not_pay_in_the_end_is_suspended_until_he_does()
    {
        await using var market = await Market.Open();
        var installation = await market.Install();
        var (resource, secret) = await market.Provision(installation);
        market.Customer.CardFails(installation);

        await market.Vercel.AdvanceTo(new DateTimeOffset(2027, 2, 2, 0, 0, 0, TimeSpan.Zero), Cancel);
        Assert.NotNull(market.Vercel.State.Installations[installation].Notification);
        Assert.Equal(200, await market.Knock(resource, secret));
        await market.Vercel.AdvanceTo(new DateTimeOffset(2027, 2, 18, 0, 0, 0, TimeSpan.Zero), Cancel);
        Assert.Equal("suspended", market.Customer.Resource(installation, resource).Status);
        Assert.Equal(403, await market.Knock(resource, secret));

        market.Customer.CardWorks(installation);
        market.Customer.PayInvoice(installation, market.Vercel.State.Installations[installation].Invoices[0].Id);
        await market.Vercel.Advance(TimeSpan.FromHours(2), Cancel);

        Assert.Equal("resumed", market.Customer.Resource(installation, resource).Status);
        Assert.Null(market.Vercel.State.Installations[installation].Notification);
        Assert.Equal(200, await market.Knock(resource, secret));
        Assert.Empty(market.Findings);
    }

    [Fact]
    public async Task A_person_signs_on_from_both_sides_and_is_led_to_no_stranger()
    {
        await using var market = await Market.Open();
        var installation = await market.Install();
        var (resource, _) = await market.Provision(installation);

        using var arrived = await market.Visit(market.Customer.SignOn(installation, "USER", ("resource_id", resource)));
        Assert.Equal(new Uri(market.Provider.BaseUrl, $"/home/{installation}/resources/{resource}"), arrived.Headers.Location);
        var cookie = arrived.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var shown = await market.Visit(arrived.Headers.Location!, cookie);
        Assert.Equal(200, (int)shown.StatusCode);

        using var lured = await market.Visit(market.Customer.SignOn(installation, null, ("url", "https://evil.example/")));
        Assert.Equal(market.Provider.BaseUrl.Host, lured.Headers.Location!.Host);
        using var forged = await market.Visit(new Uri(market.Provider.RedirectLoginUrl, "?mode=sso&code=guessed&state=s"));
        Assert.Equal(403, (int)forged.StatusCode);

        using var begun = await market.Visit(new Uri(market.Provider.BaseUrl, $"/sso/{installation}?resource_id={resource}"));
        Assert.Equal(resource, QueryHelpers.ParseQuery(begun.Headers.Location!.Query)["resource_id"]);
        using var back = await market.Visit(begun.Headers.Location);
        using var stranger = await market.Visit(back.Headers.Location!);
        Assert.Equal(400, (int)stranger.StatusCode);
        using var again = await market.Visit(begun.Headers.Location);
        using var home = await market.Visit(again.Headers.Location!, begun.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        Assert.EndsWith(resource, home.Headers.Location!.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_written_without_anything_of_ours()
    {
        foreach (var file in Directory.GetFiles(Repository.File("tests/Integration/Conformance/Provider"), "*.cs"))
        {
            var text = await File.ReadAllTextAsync(file, Cancel);
            Assert.DoesNotMatch("Marketplace\\.(Shell|Core|Jobs|Simulator)", text);
            Assert.All(
                text.Split('\n').Where(line => line.StartsWith("using ", StringComparison.Ordinal)),
                line => Assert.Matches("^using (System|Microsoft\\.AspNetCore|Microsoft\\.Extensions)[.;]", line));
        }
    }
}
