using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Notifications;

/// <summary>What the provider tells its customers, as Vercel shows it. Contract §C.4, §D.1, §D.5.</summary>
[Collection(SharedAcme.Name)]
public sealed class NotificationTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_told_beside_an_installation_is_shown_by_Vercel_until_it_is_taken_back()
    {
        var installation = await acme.Install();
        var notice = Notice("warn", "Maintenance on Sunday", "From two to four.", "https://acme.test/status");

        var told = (await Put($"/installations/{installation}", notice)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");

        Assert.True(JsonNode.DeepEquals(notice, told["notification"]), told.ToJsonString());
        Assert.True(JsonNode.DeepEquals(notice, told["shown"]), told.ToJsonString());
        Assert.True(JsonNode.DeepEquals(notice, ShownBeside(installation)));
        var read = (await acme.Get(Paths.Installation(installation), acme.System(installation))).Is(HttpStatusCode.OK);
        Assert.True(JsonNode.DeepEquals(notice, read["notification"]), read.ToJsonString());

        (await Delete($"/installations/{installation}")).IsEmpty();
        await acme.Work("outbox");

        Assert.Null(ShownBeside(installation));
        read = (await acme.Get(Paths.Installation(installation), acme.System(installation))).Is(HttpStatusCode.OK);
        Assert.True(read.AsObject().ContainsKey("notification") && read["notification"] is null, read.ToJsonString());
    }

    [Fact]
    public async Task What_is_told_beside_a_resource_is_shown_by_Vercel_until_it_is_taken_back()
    {
        var tool = await acme.Provision(await acme.Install());
        var notice = Notice("info", "A new version", null, "sso:https://acme.test/upgrade?of=tool");

        (await Put(PathOf(tool), notice)).Is(HttpStatusCode.OK);
        await acme.Work("outbox");

        Assert.True(JsonNode.DeepEquals(notice, ShownBeside(tool)));
        var read = (await acme.Get(tool.Path, acme.System(tool.Installation))).Is(HttpStatusCode.OK);
        Assert.True(JsonNode.DeepEquals(notice, read["notification"]), read.ToJsonString());
        Assert.Null(ShownBeside(tool.Installation));

        (await Delete(PathOf(tool))).IsEmpty();
        await acme.Work("outbox");
        Assert.Null(ShownBeside(tool));
    }

    [Fact]
    public async Task Telling_the_same_again_tells_Vercel_nothing_and_leaves_no_second_trace()
    {
        var tool = await acme.Provision(await acme.Install());
        var notice = Notice("info", "A new version", null, null);
        foreach (var path in new[] { PathOf(tool), $"/installations/{tool.Installation}" })
        {
            (await Delete(path)).IsEmpty();
            (await Put(path, notice)).Is(HttpStatusCode.OK);
            (await Put(path, notice)).Is(HttpStatusCode.OK);
        }

        Assert.Equal(
            ["resource_status", "installation_notice"],
            await acme.AskAll<string>("select kind from outbox_message where installation_id = $1 order by sequence", tool.Installation));
        var audit = await acme.AskAll<string>(
            """
            select kind || ' ' || actor || ' ' || cause || ' ' || (detail ->> 'source') || ' ' || (detail ->> 'notice')
            from domain_event where installation_id = $1 and kind like '%Notified' order by event_id
            """,
            tool.Installation);
        Assert.Equal(2, audit.Count);
        Assert.All(audit, line => Assert.Matches(@"^(resource|installation)\.Notified key:key_\w+ notification Provider A new version$", line));
    }

    [Fact]
    public async Task What_keeps_a_resource_out_of_service_is_shown_first_and_the_notification_when_it_works_again()
    {
        var tool = await acme.Provision(await acme.Install());
        await Suspend(tool, "An invoice is not paid.");
        var told = (await Put(PathOf(tool), Notice("error", "Outage", "We are at it.", null))).Is(HttpStatusCode.OK);
        await acme.Work();

        Assert.Equal("Outage", told["notification"]!["title"]!.GetValue<string>());
        Assert.Equal("Suspended", told["shown"]!["title"]!.GetValue<string>());
        Assert.Equal("Suspended", ShownBeside(tool)!["title"]!.GetValue<string>());

        await Resume(tool);
        await acme.Work();
        Assert.Equal("Outage", ShownBeside(tool)!["title"]!.GetValue<string>());
    }

    [Fact]
    public async Task Every_field_that_is_wrong_is_named_and_nothing_is_told()
    {
        var installation = await acme.Install();
        var problem = (await Put(
            $"/installations/{installation}", Notice("warning", new string('a', 101), new string('b', 1001), "javascript:alert(1)")))
            .IsProblem(HttpStatusCode.BadRequest, "invalid-request");

        Assert.Equal(
            ["#/level", "#/title", "#/message", "#/href"],
            problem["errors"]!.AsArray().Select(error => error!["pointer"]!.GetValue<string>()));
        Assert.Equal(0L, await acme.Ask<long>("select count(*) from outbox_message where installation_id = $1", installation));
    }

    [Fact]
    public async Task Nobody_is_told_anything_where_nobody_looks_any_more()
    {
        var installation = await acme.Install();
        var tool = await acme.Provision(installation);
        await acme.Customer.DeleteResource(installation, tool.Id, Cancel);
        var notice = Notice("info", "A new version", null, null);

        (await Put(PathOf(tool), notice)).IsProblem(HttpStatusCode.Conflict, "resource-uninstalled");
        (await Delete(PathOf(tool))).IsProblem(HttpStatusCode.Conflict, "resource-uninstalled");
        (await Put($"/installations/{installation}/resources/res_none", notice)).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Put("/installations/icfg_none", notice)).IsProblem(HttpStatusCode.NotFound, "not-found");
        await acme.Customer.Uninstall(installation, Cancel);
        (await Put($"/installations/{installation}", notice)).IsProblem(HttpStatusCode.Conflict, "installation-uninstalled");
        var denied = await acme.Provide(
            HttpMethod.Put, $"/installations/{installation}/notification", await acme.NewProviderKey("billing:read"), notice);
        Assert.Contains("notifications:write", denied.IsProblem(HttpStatusCode.Forbidden, "insufficient-scope")["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static string PathOf(Provisioned tool) => $"/installations/{tool.Installation}/resources/{tool.Id}";

    private static JsonObject Notice(string level, string title, string? message, string? href)
    {
        var notice = new JsonObject { ["level"] = level, ["title"] = title };
        if (message is not null)
            notice["message"] = message;
        if (href is not null)
            notice["href"] = href;
        return notice;
    }

    private async Task<Answer> Put(string path, JsonObject notice) =>
        await acme.Provide(HttpMethod.Put, $"{path}/notification", await acme.NewProviderKey("notifications:write"), notice);

    private async Task<Answer> Delete(string path) =>
        await acme.Provide(HttpMethod.Delete, $"{path}/notification", await acme.NewProviderKey("notifications:write"));

    private JsonNode? ShownBeside(string installation) => Node(acme.Vercel.State.Installations[installation].Notification);

    private JsonNode? ShownBeside(Provisioned tool) =>
        Node(acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id].Notification);

    private static JsonNode? Node(JsonElement? notification) => notification is { } given ? JsonNode.Parse(given.GetRawText()) : null;

    private Task Suspend(Provisioned tool, string reason) => Change(tool, (writes, fulfilment, resource) => ResourceSuspension.Suspend(
        writes, fulfilment, new(tool.Installation), resource, SuspensionCause.Provider, reason, Actor.Worker("test"), acme.Now));

    private Task Resume(Provisioned tool) => Change(tool, (writes, fulfilment, resource) => ResourceSuspension.Resume(
        writes, fulfilment, new(tool.Installation), resource, SuspensionCause.Provider, Actor.Worker("test"), acme.Now));

    private async Task Change(Provisioned tool, Action<Writes, Fulfilment, Resource> change)
    {
        var services = acme.Server.Services;
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        var resource = await ResourceRows.LoadForUpdate(transaction, new(tool.Installation), new(tool.Id), Cancel);
        var writes = new Writes();
        change(writes, services.GetRequiredService<Fulfilment>(), resource!);
        await writes.Commit(transaction, Cancel);
    }
}
