using System.Net;
using System.Text.Json.Nodes;
using Npgsql;

namespace Marketplace.Integration.Balances;

/// <summary>Credit that the provider gives, and takes of what is left: on the ledger, at Vercel and in the statement. Contract §D.9.</summary>
[Collection(SharedPrepaidAcme.Name)]
public sealed class AdjustmentTests(PrepaidAcme prepaid)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Acme Acme => prepaid.Acme;

    [Fact]
    public async Task Credit_that_is_given_brings_back_what_had_stopped_and_is_at_Vercel_at_once()
    {
        var tool = await prepaid.Tool("given-credit", "stops");
        await prepaid.Buy(tool, 10.00m);
        // 1,200 jobs at 0.01 are 12.00: 10.00 - 12.00 = -2.00.
        await prepaid.Hour(tool, 1200);
        Assert.Equal(("suspended", "Suspended"), prepaid.Shown(tool));

        var given = (await Adjust(tool, "5.00", "An outage")).Is(HttpStatusCode.Created);
        await Acme.WorkOff();
        Assert.Equal(("5.00", "3.00", "An outage"), (Text(given, "amount"), Text(given, "balance"), Text(given, "reason")));
        Assert.Equal((3.00m, 3.00m), (await prepaid.Balance(tool), prepaid.AtVercel(tool)));
        Assert.Equal("resumed", prepaid.Shown(tool).Status);
        Assert.True(Acme.Workshop.Opens(tool.Secret()));

        (await Adjust(tool, "-3.01", "Too much")).IsProblem(HttpStatusCode.Conflict, "more-than-is-left");
        (await Adjust(tool, "-1.50", "It was less than we thought")).Is(HttpStatusCode.Created);
        await Acme.WorkOff();
        Assert.Equal((1.50m, 1.50m), (await prepaid.Balance(tool), prepaid.AtVercel(tool)));
        Assert.Equal(
            ["purchase 10.00 10.00", "-12.00 -2.00", "adjustment 5.00 3.00", "adjustment -1.50 1.50"],
            (await prepaid.Ledger(tool)).Select(entry => entry.StartsWith("burn", StringComparison.Ordinal) ? entry[11..] : entry));

        var listed = (await Provide(HttpMethod.Get, tool, "balances:read")).Is(HttpStatusCode.OK)["adjustments"]!.AsArray();
        Assert.Equal([("-1.50", "1.50"), ("5.00", "3.00")], listed.Select(one => (Text(one!, "amount"), Text(one!, "balance"))));
        Assert.Equal(Text(given, "id"), Text(listed[1]!, "id"));
        Assert.Equal(
            ["balance.Adjusted adjust balance 5.00 An outage", "balance.Adjusted adjust balance -1.50 It was less than we thought"],
            await Acme.AskAll<string>(
                """
                select concat_ws(' ', kind, cause, detail ->> 'amount', detail ->> 'reason') from domain_event
                where installation_id = $1 and resource_id = $2 and actor like 'key:key_%' order by event_id
                """,
                tool.Installation, tool.Id));

        var statement = (await Acme.Provide(
            HttpMethod.Get, $"/installations/{tool.Installation}/statements/{Acme.Now:yyyy-MM}", await Acme.NewProviderKey("billing:read"))).Is(HttpStatusCode.OK);
        var page = Assert.Single(statement["balances"]!.AsArray())!;
        Assert.Equal(
            ("0.00", "10.00", "3.50", "12.00", "1.50"),
            (Text(page, "opening"), Text(page, "bought"), Text(page, "adjusted"), Text(page, "burnt"), Text(page, "closing")));
        Assert.Equal(
            ["purchase", "burn", "adjustment An outage", "adjustment It was less than we thought"],
            page["entries"]!.AsArray().Select(entry => $"{Text(entry!, "kind")} {(string?)entry!["reason"]}".TrimEnd()));
        Assert.Empty(statement["differences"]!.AsArray());
    }

    [Fact]
    public async Task Asked_twice_with_one_key_it_is_given_once_and_without_one_twice()
    {
        var tool = await prepaid.Tool("given-once", "stops");
        var key = await Acme.NewProviderKey("balances:write");

        var first = await Acme.Provide(HttpMethod.Post, PathOf(tool), key, Body(tool, "5.00", "Goodwill"), idempotencyKey: "once");
        var again = await Acme.Provide(HttpMethod.Post, PathOf(tool), key, Body(tool, "5.00", "Goodwill"), idempotencyKey: "once");
        Assert.Equal(first.Text, again.Text);
        Assert.Equal(5.00m, await prepaid.Balance(tool));
        (await Acme.Provide(HttpMethod.Post, PathOf(tool), key, Body(tool, "6.00", "Goodwill"), idempotencyKey: "once"))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        (await Acme.Provide(HttpMethod.Post, PathOf(tool), key, Body(tool, "5.00", "Goodwill"))).Is(HttpStatusCode.Created);
        Assert.Equal(10.00m, await prepaid.Balance(tool));
    }

    [Fact]
    public async Task Many_at_one_moment_take_no_more_than_is_there()
    {
        var tool = await prepaid.Tool("taken-by-many", "stops");
        await prepaid.Buy(tool, 10.00m);
        var key = await Acme.NewProviderKey("balances:write");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Acme.Provide(HttpMethod.Post, PathOf(tool), key, Body(tool, "-3.00", "Correction"))));

        Assert.Equal((3, 5), (answers.Count(answer => answer.Status == HttpStatusCode.Created), answers.Count(answer => answer.Status == HttpStatusCode.Conflict)));
        Assert.Equal(1.00m, await prepaid.Balance(tool));
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_what_cannot_be_is_refused()
    {
        var installation = await Acme.Install();
        var (tool, paid) = (await Acme.Provision(installation, "prepaid", "stops"), new JsonObject { ["amount"] = "0", ["reason"] = " " });
        var key = await Acme.NewProviderKey("balances:write");
        var path = $"/installations/{installation}/balances/adjustments";

        var wrong = (await Acme.Provide(HttpMethod.Post, path, key, paid)).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(["#/amount", "#/reason"], wrong["errors"]!.AsArray().Select(error => Text(error!, "pointer")));
        (await Adjust(tool, "1e3", "No exponents")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Acme.Provide(HttpMethod.Post, path, key, new JsonObject { ["amount"] = "1.00", ["reason"] = "x", ["resourceId"] = "res_none" }))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Acme.Provide(HttpMethod.Post, "/installations/icfg_none/balances/adjustments", key, Body(tool, "1.00", "x"))).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Provide(HttpMethod.Post, tool, "balances:read", Body(tool, "1.00", "x"))).IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
        await Acme.Customer.Uninstall(installation, Cancel);
        (await Adjust(tool, "1.00", "x")).IsProblem(HttpStatusCode.Conflict, "installation-uninstalled");
        Assert.Equal(0m, await prepaid.Balance(tool));
    }

    /// <summary>Whoever writes past the application is refused by the table.</summary>
    [Fact]
    public async Task An_entry_without_a_reason_is_no_adjustment()
    {
        var tool = await prepaid.Tool("by-hand", "stops");
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Acme.Execute(
            """
            insert into balance_entry (installation_id, cause, entry_number, resource_id, amount, entered_at, position, balance_after)
            values ($1, 'adjustment:adj_1', 1, $2, 5, clock_timestamp(), 1, 5)
            """,
            tool.Installation, tool.Id));
        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
    }

    private static string PathOf(Provisioned tool) => $"/installations/{tool.Installation}/balances/adjustments";

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static JsonObject Body(Provisioned tool, string amount, string reason) =>
        new() { ["resourceId"] = tool.Id, ["amount"] = amount, ["reason"] = reason };

    private Task<Answer> Adjust(Provisioned tool, string amount, string reason) =>
        Provide(HttpMethod.Post, tool, "balances:write", Body(tool, amount, reason));

    private async Task<Answer> Provide(HttpMethod method, Provisioned tool, string scope, JsonObject? body = null) =>
        await Acme.Provide(method, PathOf(tool), await Acme.NewProviderKey(scope), body);
}

/// <summary>Where each resource has its own plan, the installation as a whole pays nothing ahead.</summary>
[Collection(SharedAcme.Name)]
public sealed class AdjustmentWithoutPrepaymentTests(Acme acme)
{
    [Fact]
    public async Task Credit_that_nothing_would_use_is_refused()
    {
        var tool = await acme.Provision(await acme.Install());
        var key = await acme.NewProviderKey("balances:write");
        var asked = new JsonObject { ["amount"] = "1.00", ["reason"] = "Goodwill" };

        (await acme.Provide(HttpMethod.Post, $"/installations/{tool.Installation}/balances/adjustments", key, asked)).IsProblem(HttpStatusCode.Conflict, "not-prepaid");
        Assert.Equal(0, await acme.Ask<long>("select count(*) from balance_entry where installation_id = $1", tool.Installation));
    }
}
