using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Settlement;
using Marketplace.Integration.Transfers;
using Marketplace.Simulator.Api;
using static Marketplace.Integration.Imports.ImportCalls;

namespace Marketplace.Integration.Imports;

/// <summary>What a provider's own import page tells us, and what becomes of it at Vercel. Contract §D.5 PUT, §E.10.</summary>
[Collection(ImportAcme.Name)]
public sealed class ProviderImportTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_imported_resource_is_at_Vercel_linked_and_ready_with_its_secrets_before_anybody_is_answered()
    {
        var installation = await acme.Install();

        var imported = Imported(installation, await Import(installation, Body("orders")), HttpStatusCode.Created);

        var there = acme.Vercel.State.Installations[installation].Resources[imported.Id];
        Assert.Equal(("linked", "ready", "orders", "acme-tools"), (there.Ownership, there.Status, there.Name, there.ProductId));
        Assert.Equal([("ACME_KEY", "key-of-orders")], there.Secrets.Select(secret => (secret.Name, secret.Value)));
        Assert.Null(there.BillingPlanId);
        var read = (await acme.Get(imported.Path, acme.System(installation))).Is(HttpStatusCode.OK);
        Assert.Equal("ready", read["status"]!.GetValue<string>());
        Assert.Null(read["billingPlan"]);
        Assert.Equal("[]", (await acme.Get($"{imported.Path}/plans", acme.System(installation))).Is(HttpStatusCode.OK)["plans"]!.ToJsonString());
    }

    [Fact]
    public async Task The_same_reference_again_is_the_same_resource_as_it_is_now()
    {
        var installation = await acme.Install();
        var first = Imported(installation, await Import(installation, Body("orders")), HttpStatusCode.Created);

        var again = Imported(
            installation, await Import(installation, Body("orders").With("name", "all-orders").With("secrets", KeySecret("new-key"))), HttpStatusCode.OK);
        Imported(installation, await Import(installation, Body("invoices")), HttpStatusCode.Created);

        Assert.Equal(first.Id, again.Id);
        var there = acme.Vercel.State.Installations[installation].Resources;
        Assert.Equal(2, there.Count);
        Assert.Equal(("all-orders", "new-key"), (there[first.Id].Name, Assert.Single(there[first.Id].Secrets).Value));
        Assert.Equal(1, await acme.Ask<int>(
            "select count(*) from secret_generation where installation_id = $1 and resource_id = $2 and secrets is not null", installation, first.Id));
        await acme.Work();
        Assert.Empty(acme.Workshop.Calls(first.Id));
    }

    [Fact]
    public async Task Where_Vercel_s_answer_is_lost_it_is_told_again_and_has_it_once()
    {
        var installation = await acme.Install();
        acme.Vercel.Disturbances.Plan(HttpMethod.Put, "", new Disturbance { LosesAnswer = true }, times: 10);
        var waiting = Imported(installation, await Import(installation, Body("orders")), HttpStatusCode.Accepted, "pending");
        acme.Vercel.Disturbances.Clear();
        Assert.Equal("pending", await Status(waiting));

        acme.Pass(TimeSpan.FromMinutes(1));
        await acme.Work("outbox");

        Assert.Equal("ready", await Status(waiting));
        Assert.Equal("ready", Assert.Single(acme.Vercel.State.Installations[installation].Resources).Value.Status);
        Assert.Equal(waiting.Id, Imported(installation, await Import(installation, Body("orders")), HttpStatusCode.OK).Id);
        await acme.Work();
        Assert.Single(acme.Vercel.State.Installations[installation].Resources);
    }

    [Fact]
    public async Task What_Vercel_refuses_leaves_nothing_behind_at_once_or_later()
    {
        var installation = await acme.Install();
        acme.Vercel.Disturbances.Plan(HttpMethod.Put, "", Disturbance.Fails(422));
        (await Import(installation, Body("orders"))).IsProblem(HttpStatusCode.UnprocessableEntity, "refused-by-vercel");

        acme.Vercel.Disturbances.Plan(HttpMethod.Put, "", Disturbance.Fails(500), times: 10);
        var waiting = Imported(installation, await Import(installation, Body("orders")), HttpStatusCode.Accepted, "pending");
        acme.Vercel.Disturbances.Clear();
        acme.Vercel.Disturbances.Plan(HttpMethod.Put, "", Disturbance.Fails(409));
        acme.Pass(TimeSpan.FromMinutes(1));
        await acme.Work("outbox");

        Assert.Equal("uninstalled", await Status(waiting));
        Assert.Equal(0, await acme.Ask<int>("select count(*) from resource where installation_id = $1 and status <> 'uninstalled'", installation));
        Assert.Equal(0, await acme.Ask<int>("select count(*) from secret_generation where installation_id = $1 and secrets is not null", installation));
        Assert.Empty(acme.Vercel.State.Installations[installation].Resources);
        Imported(installation, await Import(installation, Body("orders")), HttpStatusCode.Created);
    }

    [Fact]
    public async Task No_secret_that_Vercel_repeats_in_its_refusal_is_told_or_kept()
    {
        var installation = await acme.Install();
        var echo = new Disturbance { Refusal = ApiAnswer.Refusal(422, "bad_request", "key-of-orders is too short") };
        acme.Vercel.Disturbances.Plan(HttpMethod.Put, "", echo);
        var refused = await Import(installation, Body("orders"));
        acme.Vercel.Disturbances.Plan(HttpMethod.Put, "", Disturbance.Fails(500), times: 10);
        Imported(installation, await Import(installation, Body("orders")), HttpStatusCode.Accepted, "pending");
        acme.Vercel.Disturbances.Clear();
        acme.Vercel.Disturbances.Plan(HttpMethod.Put, "", echo);
        acme.Pass(TimeSpan.FromMinutes(1));
        await acme.Work("outbox");

        Assert.Contains("422: [secret] is too short", refused.IsProblem(HttpStatusCode.UnprocessableEntity, "refused-by-vercel").ToJsonString(), StringComparison.Ordinal);
        var events = await acme.AskAll<string>("select detail::text from domain_event where installation_id = $1", installation);
        Assert.Equal(2, events.Count(detail => detail.Contains("[secret] is too short", StringComparison.Ordinal)));
        Assert.DoesNotContain(events, detail => detail.Contains("key-of-orders", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_wrong_field_is_named_and_what_is_owned_is_not_imported()
    {
        var installation = await acme.Install();
        var wrong = (await Import(installation, new JsonObject
        {
            ["productId"] = "acme-mysql", ["name"] = "no name", ["ownership"] = "owned",
            ["secrets"] = new JsonArray(new JsonObject { ["name"] = "ACME_KEY", ["value"] = "" }),
        })).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(
            ["#/externalReference", "#/name", "#/ownership", "#/productId", "#/secrets"],
            wrong["errors"]!.AsArray().Select(error => error!["pointer"]!.GetValue<string>()).Order(StringComparer.Ordinal));

        (await Import("icfg_unknown", Body("orders"))).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await acme.Provide(HttpMethod.Post, $"/installations/{installation}/imports", await acme.NewProviderKey("usage:write"), Body("orders")))
            .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
        Assert.Empty(acme.Vercel.State.Installations[installation].Resources);
    }

    [Fact]
    public async Task Nothing_that_is_its_owner_s_is_changed_from_Vercel()
    {
        var installation = await acme.Install();
        var tool = Imported(installation, await Import(installation, Body("orders")), HttpStatusCode.Created);

        (await acme.Post(Paths.Rotate(installation, tool.Id), acme.System(installation), new JsonObject())).IsConflict();
        (await acme.Patch(tool.Path, acme.Admin(installation), new JsonObject { ["billingPlanId"] = "pro" })).IsConflict();
        (await acme.Patch(tool.Path, acme.Admin(installation), new JsonObject { ["metadata"] = new JsonObject { ["workers"] = 3 } })).IsConflict();
        (await acme.Post(Paths.Repl(installation, tool.Id), acme.Admin(installation), new JsonObject { ["input"] = "look" })).IsConflict();
        (await acme.TryOffer(installation, tool.Id)).IsImpossible();
        (await acme.Patch(tool.Path, acme.Admin(installation), new JsonObject { ["name"] = "renamed" })).Is(HttpStatusCode.OK);

        await acme.Work();
        Assert.Empty(acme.Workshop.Calls(tool.Id));
    }

    [Fact]
    public async Task What_is_linked_is_not_measured_and_on_no_report_and_no_invoice()
    {
        var installation = await acme.Install();
        var (sold, linked) = (await acme.Provision(installation, "sold"), Imported(installation, await Import(installation, Body("orders")), HttpStatusCode.Created));

        acme.Pass(TimeSpan.FromHours(2));
        await acme.Work();

        var reported = acme.Vercel.State.Installations[installation].Billing.Receipts.SelectMany(receipt => receipt.Usage).Select(usage => usage.ResourceId);
        Assert.Equal([sold.Id], reported.Distinct());
        Assert.Equal(0, await acme.Ask<int>("select count(*) from plan_period where installation_id = $1 and resource_id = $2", installation, linked.Id));
        Assert.Equal(0, acme.Workshop.Calls("Measure", linked.Id));
        Assert.Equal(0, await acme.Ask<int>("select count(*) from measurement where installation_id = $1 and resource_id = $2", installation, linked.Id));
    }

    [Fact]
    public async Task At_its_end_what_is_linked_is_forgotten_and_never_destroyed()
    {
        var installation = await acme.Install();
        var (deleted, kept) = (
            Imported(installation, await Import(installation, Body("orders")), HttpStatusCode.Created),
            Imported(installation, await Import(installation, Body("invoices")), HttpStatusCode.Created));

        (await acme.Delete(deleted.Path, acme.System(installation))).IsEmpty();
        Assert.Equal("uninstalled", await Status(deleted));
        await acme.Customer.Uninstall(installation, cancel: Cancel);
        await acme.Work();

        Assert.Equal("uninstalled", await Status(kept));
        Assert.Empty(acme.Workshop.Calls(deleted.Id).Concat(acme.Workshop.Calls(kept.Id)));
        Assert.Equal(0, await acme.Ask<int>("select count(*) from secret_generation where installation_id = $1 and secrets is not null", installation));
        Assert.Equal(0, await acme.Ask<int>("select count(*) from operation where installation_id = $1", installation));
    }

    [Fact]
    public async Task Who_does_not_pay_loses_what_is_sold_and_keeps_what_is_linked()
    {
        await using var story = await SettlementStory.Begin();
        var sold = await story.Acme.Provision(await story.Acme.Install());
        var linked = await story.Acme.Link(sold.Installation, "orders");
        story.Acme.CardFails(sold.Installation);
        story.Acme.Workshop.Count("tool", 2_000);

        // The charge of 1 February 01:00 fails; 15 days later what is sold is suspended.
        await story.Until("2027-02-16T03:00:00Z");

        Assert.Equal(("suspended", "ready"), (story.Shown(sold), story.Shown(linked)));
        Assert.Empty(story.Acme.Workshop.Calls(linked.Id));
    }

    private async Task<string?> Status(Provisioned resource) =>
        await acme.Ask<string>("select status from resource where installation_id = $1 and resource_id = $2", resource.Installation, resource.Id);

    private Task<Answer> Import(string installation, JsonObject body) => acme.Import(installation, body);
}
