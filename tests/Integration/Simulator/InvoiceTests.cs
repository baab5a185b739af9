using System.Text.Json.Nodes;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;

namespace Marketplace.Integration.Simulator;

/// <summary>The limits and the life of an invoice. Source: contract D.8, E.5 and E.14.</summary>
public sealed class InvoiceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_invoice_is_taken_and_paid_within_the_hour_and_the_provider_hears_of_both()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();

        var (status, answer) = await Submit(scene, Bodies.Invoice("2027-01", Bodies.Item(scene.ResourceId)));
        Assert.Equal(200, status);
        var id = (string)answer!["invoiceId"]!;
        Assert.Equal("draft", await State(scene, id));

        await scene.Vercel.Advance(TimeSpan.FromMinutes(16), Cancel);
        Assert.Equal("pending", await State(scene, id));
        await scene.Vercel.Advance(TimeSpan.FromMinutes(15), Cancel);
        Assert.Equal("scheduled", await State(scene, id));
        await scene.Vercel.Advance(TimeSpan.FromMinutes(15), Cancel);
        Assert.Equal("invoiced", await State(scene, id));
        await scene.Vercel.Advance(TimeSpan.FromMinutes(15), Cancel);

        var (_, invoice) = await scene.Call(HttpMethod.Get, $"/billing/invoices/{id}");
        Assert.Equal("paid", (string?)invoice!["state"]);
        Assert.Equal("2.00", (string?)invoice["total"]);
        Assert.Equal("2027-01-21T11:00:00Z", (string?)invoice["paidAt"]);
        Assert.Equal(
            ["marketplace.invoice.created", "marketplace.invoice.paid"],
            scene.Vercel.State.Webhooks.Where(webhook => webhook.Type.Contains("invoice", StringComparison.Ordinal)).Select(webhook => webhook.Type));
    }

    [Fact]
    public async Task A_resource_is_billed_once_for_a_period_and_plan()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();
        await Submit(scene, Bodies.Invoice("first", Bodies.Item(scene.ResourceId)));

        Assert.Contains("limit 1", await Violation(scene, Bodies.Invoice("second", Bodies.Item(scene.ResourceId))), StringComparison.Ordinal);
        Assert.Single(scene.Installation.Invoices);
    }

    [Fact]
    public async Task One_invoice_may_hold_many_lines_for_a_resource_but_none_twice()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();

        Assert.Contains(
            "appears 2 times",
            await Violation(scene, Bodies.Invoice("a", Bodies.Item(scene.ResourceId), Bodies.Item(scene.ResourceId))),
            StringComparison.Ordinal);
        Assert.NotNull((await Submit(scene, Bodies.Invoice(
            "b", Bodies.Item(scene.ResourceId), Bodies.Item(scene.ResourceId, name: "Storage")))).Body!["invoiceId"]);
    }

    [Fact]
    public async Task A_plan_that_was_not_active_in_the_period_cannot_be_billed()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();

        Assert.Contains(
            "limit 2", await Violation(scene, Bodies.Invoice("a", Bodies.Item(scene.ResourceId, "free"))), StringComparison.Ordinal);
        await scene.Vercel.Dashboard.ChangePlan(scene.InstallationId, scene.ResourceId, "free", Cancel);
        await scene.Hour();
        Assert.NotNull((await Submit(scene, Bodies.Invoice(
            "b", Bodies.Item(scene.ResourceId, "free"), Bodies.Item(scene.ResourceId)))).Body!["invoiceId"]);
    }

    [Fact]
    public async Task Only_a_subscription_can_be_invoiced()
    {
        await using var scene = await Scene.Set("prepaid");
        await scene.Hour();

        Assert.Contains(
            "limit 3", await Violation(scene, Bodies.Invoice("a", Bodies.Item(scene.ResourceId, "prepaid"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interim_data_must_have_come_each_day_and_a_missing_hour_is_noted()
    {
        await using var silent = await Scene.Set();
        await silent.Vercel.Advance(TimeSpan.FromHours(25), Cancel);
        Assert.Contains(
            "limit 4", await Violation(silent, Bodies.Invoice("a", Bodies.Item(silent.ResourceId))), StringComparison.Ordinal);

        await using var patchy = await Scene.Set();
        await patchy.Hour();
        await patchy.Hour(withData: false);
        await patchy.Hour(withData: false);
        await patchy.Hour();
        Assert.NotNull((await Submit(patchy, Bodies.Invoice("a", Bodies.Item(patchy.ResourceId)))).Body!["invoiceId"]);
        Assert.Contains(
            "no interim data for 1 hours on pro, the first at 2027-01-21T11:00:00Z",
            Assert.Single(patchy.Vercel.State.Findings).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_external_id_is_taken_once()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();
        await Submit(scene, Bodies.Invoice("2027-01", Bodies.Item(scene.ResourceId)));

        var (status, answer) = await Submit(scene, Bodies.Invoice("2027-01", Bodies.Item(scene.ResourceId)));

        Assert.Equal(409, status);
        Assert.Contains("limit 5", (string?)answer!["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("invoiceDate", "2027-02-01T00:00:01Z", "invoiceDate")]
    [InlineData("invoiceDate", "2026-12-31T23:59:59Z", "invoiceDate")]
    public async Task The_date_lies_within_the_period(string field, string value, string expected)
    {
        await using var scene = await Scene.Set();
        await scene.Hour();
        var body = Bodies.Invoice("a", Bodies.Item(scene.ResourceId));
        body[field] = value;

        Assert.Contains(expected, await Violation(scene, body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_total_that_is_not_price_times_quantity_is_refused()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();
        var item = Bodies.Item(scene.ResourceId);
        item["total"] = "2.02";

        Assert.Contains("is not 0.25 times 8", await Violation(scene, Bodies.Invoice("a", item)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_invoice_is_checked_when_asked_and_ends_as_asked()
    {
        await using var scene = await Scene.Set();
        var body = Bodies.Invoice("a", Bodies.Item("res_unknown"));
        body["test"] = new JsonObject { ["validate"] = true };
        Assert.Contains("is not known", await Violation(scene, body), StringComparison.Ordinal);

        body["test"] = new JsonObject { ["validate"] = false, ["result"] = "overdue" };
        var (_, answer) = await Submit(scene, body);
        Assert.True((bool)answer!["test"]!);
        await scene.Vercel.Advance(TimeSpan.FromHours(1), Cancel);
        Assert.Equal("overdue", await State(scene, (string)answer["invoiceId"]!));
    }

    [Fact]
    public async Task A_customer_who_does_not_pay_is_asked_nine_more_times_and_then_overdue()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();
        Pays(scene, PaymentBehaviour.NeverPays);
        var (_, answer) = await Submit(scene, Bodies.Invoice("a", Bodies.Item(scene.ResourceId)));

        await scene.Vercel.Advance(TimeSpan.FromDays(16), Cancel);

        Assert.Equal("overdue", await State(scene, (string)answer!["invoiceId"]!));
        Assert.Equal(10, scene.Vercel.State.Webhooks.Count(webhook => webhook.Type == "marketplace.invoice.notpaid"));
        Assert.Single(scene.Vercel.State.Webhooks, webhook => webhook.Type == "marketplace.invoice.overdue");
    }

    [Fact]
    public async Task A_paid_invoice_is_refunded_part_by_part_and_never_by_more_than_its_total()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();
        var (_, answer) = await Submit(scene, Bodies.Invoice("a", Bodies.Item(scene.ResourceId)));
        var id = (string)answer!["invoiceId"]!;
        await scene.Vercel.Advance(TimeSpan.FromHours(1), Cancel);

        Assert.Equal(400, (await Refund(scene, id, "2.01")).Status);
        Assert.Equal(204, (await Refund(scene, id, "1.50")).Status);
        Assert.Equal("refund_requested", await State(scene, id));
        Assert.Equal(409, (await Refund(scene, id, "0.50")).Status);
        await scene.Vercel.Advance(TimeSpan.FromHours(1), Cancel);
        var (_, part) = await scene.Call(HttpMethod.Get, $"/billing/invoices/{id}");
        Assert.Equal(("refunded", "1.50"), ((string?)part!["state"], (string?)part["refundTotal"]));

        // 2.00 - 1.50 = 0.50 is left.
        Assert.Equal(400, (await Refund(scene, id, "0.51")).Status);
        Assert.Equal(204, (await Refund(scene, id, "0.50")).Status);
        await scene.Vercel.Advance(TimeSpan.FromHours(1), Cancel);
        var (_, whole) = await scene.Call(HttpMethod.Get, $"/billing/invoices/{id}");
        Assert.Equal(("refunded", "2.00"), ((string?)whole!["state"], (string?)whole["refundTotal"]));
        Assert.Equal(
            ["1.50", "0.50"],
            scene.Vercel.State.Webhooks.Where(webhook => webhook.Type == "marketplace.invoice.refunded")
                .Select(webhook => (string?)JsonNode.Parse(webhook.Body)!["payload"]!["amount"]));
        Assert.DoesNotContain(scene.Vercel.State.Findings, finding => finding.Subject.StartsWith("Refund", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_invoice_that_is_not_charged_is_cancelled_by_a_refund_and_never_charged_after_it()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();
        Pays(scene, PaymentBehaviour.NeverPays);
        var (_, answer) = await Submit(scene, Bodies.Invoice("a", Bodies.Item(scene.ResourceId)));
        var id = (string)answer!["invoiceId"]!;
        await scene.Vercel.Advance(TimeSpan.FromHours(2), Cancel);
        Assert.Equal("notpaid", await State(scene, id));

        Assert.Equal(204, (await Refund(scene, id, "2.00")).Status);
        Pays(scene, PaymentBehaviour.Pays);
        await scene.Vercel.Advance(TimeSpan.FromHours(48), Cancel);

        Assert.Equal("refunded", await State(scene, id));
        Assert.DoesNotContain(scene.Vercel.State.Webhooks, webhook => webhook.Type == "marketplace.invoice.paid");
    }

    [Fact]
    public async Task A_customer_may_pay_by_hand_what_Vercel_has_given_up()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();
        scene.Vercel.Dashboard.CardFails(scene.InstallationId);
        var (_, answer) = await Submit(scene, Bodies.Invoice("a", Bodies.Item(scene.ResourceId)));
        var id = (string)answer!["invoiceId"]!;
        await scene.Vercel.Advance(TimeSpan.FromDays(16), Cancel);
        Assert.Equal("overdue", await State(scene, id));

        scene.Vercel.Dashboard.CardWorks(scene.InstallationId);
        await scene.Vercel.Advance(TimeSpan.FromDays(1), Cancel);
        Assert.Equal("overdue", await State(scene, id));
        scene.Vercel.Dashboard.PayInvoice(scene.InstallationId, id);

        Assert.Equal("paid", await State(scene, id));
        Assert.Throws<InvalidOperationException>(() => scene.Vercel.Dashboard.PayInvoice(scene.InstallationId, id));
    }

    [Fact]
    public async Task The_final_invoice_is_only_for_an_installation_that_leaves_and_closes_it_an_hour_after_it_is_paid()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();
        var final = Bodies.Invoice("final", Bodies.Item(scene.ResourceId));
        final["final"] = true;
        Assert.Equal(409, (await Submit(scene, final)).Status);

        await scene.Vercel.Dashboard.Uninstall(scene.InstallationId, Cancel);
        Assert.Equal(200, (await Submit(scene, final)).Status);
        var (status, refusal) = await scene.Call(HttpMethod.Post, "/billing/finalize");
        Assert.Equal((400, "open_invoices"), (status, (string?)refusal!["error"]!["code"]));

        await scene.Vercel.Advance(TimeSpan.FromHours(1), Cancel);
        Assert.Equal(InvoiceState.Paid, Assert.Single(scene.Installation.Invoices).State);
        Assert.Equal(InstallationStage.PendingDeletion, scene.Installation.Stage);
        await scene.Vercel.Advance(TimeSpan.FromHours(1), Cancel);
        Assert.Equal(InstallationStage.Finalized, scene.Installation.Stage);
        Assert.Equal("integration-configuration.removed", scene.Vercel.State.Webhooks[^1].Type);
    }

    [Fact]
    public async Task A_provider_that_asks_need_not_wait_once_its_last_invoice_is_paid()
    {
        await using var scene = await Scene.Set();
        await scene.Hour();
        await scene.Vercel.Dashboard.Uninstall(scene.InstallationId, Cancel);
        await Submit(scene, Bodies.Invoice("last", Bodies.Item(scene.ResourceId)));
        await scene.Vercel.Advance(TimeSpan.FromHours(1), Cancel);

        Assert.Equal(204, (await scene.Call(HttpMethod.Post, "/billing/finalize")).Status);
        Assert.Equal(InstallationStage.Finalized, scene.Installation.Stage);
    }

    [Fact]
    public async Task Without_a_last_word_the_window_closes_after_a_day()
    {
        await using var scene = await Scene.Set();
        await scene.Vercel.Dashboard.Uninstall(scene.InstallationId, Cancel);

        await scene.Vercel.Advance(TimeSpan.FromHours(23), Cancel);
        Assert.Equal(InstallationStage.PendingDeletion, scene.Installation.Stage);
        await scene.Vercel.Advance(TimeSpan.FromHours(1), Cancel);
        Assert.Equal(InstallationStage.Finalized, scene.Installation.Stage);
    }

    [Fact]
    public async Task Finalize_is_for_an_installation_that_leaves()
    {
        await using var scene = await Scene.Set();

        Assert.Equal(400, (await scene.Call(HttpMethod.Post, "/billing/finalize")).Status);
    }

    private static Task<(int Status, JsonNode? Body)> Submit(Scene scene, JsonObject body) =>
        scene.Call(HttpMethod.Post, "/billing/invoices", body.DeepClone());

    private static Task<(int Status, JsonNode? Body)> Refund(Scene scene, string id, string total) =>
        scene.Call(HttpMethod.Post, $"/billing/invoices/{id}/actions", new JsonObject
        {
            ["action"] = "refund",
            ["reason"] = "Asked nicely",
            ["total"] = total,
        });

    private static async Task<string> Violation(Scene scene, JsonObject body)
    {
        var (status, answer) = await Submit(scene, body);
        Assert.Equal(200, status);
        Assert.Null(answer!["invoiceId"]);
        return (string)Assert.Single(answer["validationErrors"]!.AsArray())!;
    }

    private static async Task<string?> State(Scene scene, string id) =>
        (string?)(await scene.Call(HttpMethod.Get, $"/billing/invoices/{id}")).Body!["state"];

    private static void Pays(Scene scene, PaymentBehaviour behaviour) =>
        scene.Vercel.Change(state => state.With(state.Installations[scene.InstallationId] with { Payment = behaviour }));
}
