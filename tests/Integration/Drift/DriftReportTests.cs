using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Integration.Imports;
using Marketplace.Simulator.Api;

namespace Marketplace.Integration.Drift;

/// <summary>What we hold, what the provisioner holds and what Vercel holds: each way to differ is found, and nothing else. DESIGN §6.</summary>
public sealed class DriftReportTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_all_is_as_it_should_be_nothing_is_reported()
    {
        var installation = await acme.Install();
        var deleted = await acme.Provision(installation, "deleted");
        await acme.Provision(installation, "kept");
        await acme.Customer.DeleteResource(installation, deleted.Id, Cancel);
        await acme.WorkOff();

        await MustReport();
    }

    [Fact]
    public async Task What_the_provisioner_holds_and_we_do_not_is_found()
    {
        acme.Workshop.Find("res_foreign");
        await MustReport("res_foreign: workshop still holds it");
        acme.Workshop.Lose("res_foreign");

        var tool = await acme.Provision(await acme.Install(), "left-over");
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);
        await acme.WorkOff();
        acme.Workshop.Find(tool.Id);
        await MustReport($"{tool.Id}: workshop still holds it");
        acme.Workshop.Lose(tool.Id);
    }

    [Fact]
    public async Task What_we_hold_and_the_provisioner_does_not_is_found()
    {
        var tool = await acme.Provision(await acme.Install(), "lost");
        acme.Workshop.Lose(tool.Id);
        await MustReport($"{tool.Id} of {tool.Installation}: workshop does not have it");
        acme.Workshop.Find(tool.Id);
    }

    [Fact]
    public async Task What_was_linked_no_provisioner_has_to_hold()
    {
        await acme.Link(await acme.Install(), "orders");
        await MustReport();
    }

    [Fact]
    public async Task What_Vercel_holds_and_we_do_not_is_found()
    {
        var installation = await acme.Install();
        await AtVercel(installation, HttpMethod.Put, "res_unheard", new JsonObject
        {
            ["productId"] = "acme-tools", ["name"] = "it", ["status"] = "ready",
        });
        await MustReport($"res_unheard of {installation}: Vercel still has it");
        await AtVercel(installation, HttpMethod.Delete, "res_unheard");
    }

    [Fact]
    public async Task What_we_hold_and_Vercel_does_not_is_found()
    {
        var tool = await acme.Provision(await acme.Install(), "forgotten");
        await AtVercel(tool.Installation, HttpMethod.Delete, tool.Id);
        await MustReport($"{tool.Id} of {tool.Installation}: Vercel does not know it");
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);
        await acme.Delete(tool.Path, acme.System(tool.Installation), key: Acme.NewKey());
        await acme.WorkOff();
    }

    [Fact]
    public async Task An_installation_that_Vercel_does_not_answer_for_is_found()
    {
        var installation = await acme.Install();
        acme.Vercel.Disturbances.Plan(HttpMethod.Get, $"{installation}/resources", Disturbance.Fails(500));
        await MustReport($"{installation}: Vercel did not list its resources (500");
    }

    [Fact]
    public async Task Where_work_is_under_way_there_is_no_drift_yet()
    {
        var tool = await acme.Provision(await acme.Install(), "on-its-way");
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);
        await MustReport();
        await acme.WorkOff();
        await MustReport();
    }

    [Theory]
    [InlineData("name", "tool", "another", """{"name": "another"}""")]
    [InlineData("status", "ready", "suspended", """{"status": "suspended"}""")]
    [InlineData("billingPlanId", "pro", "team", """{"billingPlan": {"id": "team", "type": "subscription", "name": "Team"}}""")]
    [InlineData("metadata", """{"region":"iad1","workers":2}""", """{"workers":7}""", """{"metadata": {"workers": 7}}""")]
    [InlineData(
        "notification", null, """{"level":"error","title":"Lost","message":"All of it.","href":"https://acme.test/"}""",
        """{"notification": {"level": "error", "title": "Lost", "message": "All of it.", "href": "https://acme.test/"}}""")]
    public async Task A_field_that_says_otherwise_at_Vercel_is_found_and_the_command_that_is_named_mends_it(
        string field, string? ours, string theirs, string change)
    {
        var tool = await acme.Provision(await acme.Install(), metadata: new JsonObject { ["workers"] = 2 });
        await AtVercel(tool.Installation, HttpMethod.Patch, tool.Id, JsonNode.Parse(change)!.AsObject());

        await MustReport($"{tool.Id} of {tool.Installation}: {field} is ");
        var report = await Of(tool.Installation);
        var difference = Assert.Single(report["differences"]!.AsArray())!;
        Assert.Equal(
            ("field", tool.Id, field, ours, theirs, $"resync {tool.Installation} --resource {tool.Id}"),
            (Text(difference, "kind"), Text(difference, "resource"), Text(difference, "field"), Text(difference, "ours"),
             Text(difference, "theirs"), Text(difference, "mend")));

        (await acme.Provide(
            HttpMethod.Post, $"/installations/{tool.Installation}/resources/{tool.Id}/resync", await acme.NewProviderKey("outbox:write")))
            .Is(HttpStatusCode.Accepted);
        await acme.WorkOff();
        await MustReport();
        Assert.Empty((await Of(tool.Installation))["differences"]!.AsArray());
    }

    [Fact]
    public async Task A_resource_that_the_plan_of_its_installation_covers_is_no_drift()
    {
        await using var covered = await Acme.Open(new AcmeOptions { Catalogue = "acme-whole-installations.catalog.json" });
        var installation = await covered.Install();
        await covered.Provision(installation, "covered", plan: "group");
        await covered.Provision(installation, "own", plan: "pro");
        await covered.WorkOff();
        var (differences, text) = await covered.Drift();
        Assert.True(differences == 0, text);
        Assert.Contains("No drift: 2 resources of 1 installation ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_waits_for_its_time_is_no_drift()
    {
        await using var waiting = await Acme.Open(
            new AcmeOptions { Catalogue = "acme-choices.catalog.json", Start = new(2027, 1, 30, 12, 0, 0, TimeSpan.Zero) });
        var tool = await waiting.Provision(await waiting.Install(), metadata: new JsonObject { ["purpose"] = "tests" });
        Assert.True((await waiting.Customer.ChangePlan(tool.Installation, tool.Id, "free", Cancel)).IsSuccess);
        Assert.Equal("free", waiting.Vercel.State.Installations[tool.Installation].Resources[tool.Id].BillingPlanId);
        Assert.Equal("pro", await waiting.Ask<string>("select billing_plan_id from resource where resource_id = $1", tool.Id));
        await waiting.WorkOff();
        var (differences, text) = await waiting.Drift();
        Assert.True(differences == 0, text);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(410)]
    public async Task An_installation_that_Vercel_has_closed_is_no_drift_but_it_is_said(int status)
    {
        await using var other = await Acme.Open(new AcmeOptions());
        var tool = await other.Provision(await other.Install());
        other.Vercel.Disturbances.Plan(HttpMethod.Get, $"{tool.Installation}/resources", Disturbance.Fails(status));

        var (differences, text) = await other.Drift();

        Assert.True(differences == 0, text);
        Assert.Contains($"{tool.Installation} cannot be compared: Vercel says {status}", text, StringComparison.Ordinal);
        Assert.Contains("No drift: 0 resources of 0 installations", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_installation_that_is_uninstalled_is_no_drift_but_it_is_said()
    {
        await using var other = await Acme.Open(new AcmeOptions());
        var tool = await other.Provision(await other.Install());
        await other.Customer.Uninstall(tool.Installation, Cancel);
        var (differences, text) = await other.Drift();
        Assert.True(differences == 0, text);
        Assert.Contains($"{tool.Installation} is being uninstalled", text, StringComparison.Ordinal);

        await other.Execute("delete from outbox_message");
        await other.Execute(
            "update installation set stage = 'finalized', finalized_at = $2, access_token = null, token_type = null where installation_id = $1",
            tool.Installation, other.Now);
        (differences, text) = await other.Drift();
        Assert.True(differences <= 1, text);
        Assert.Contains("1 installation is final", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_of_many_installations_is_looked_at_and_few_at_the_same_time()
    {
        await using var many = await Acme.Open(new AcmeOptions());
        for (var number = 0; number < 30; number++)
            await many.Provision(await many.Install());

        many.Vercel.Disturbances.Add(new DisturbanceRule { Method = HttpMethod.Get, PathEnd = "/resources", Disturbance = new Disturbance { Delay = TimeSpan.FromMilliseconds(100) } });
        var began = Stopwatch.GetTimestamp();
        var (differences, text) = await many.Drift();

        Assert.True(differences == 0, text);
        // Eight at a time have to wait four times.
        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(380));
        Assert.Contains("No drift: 30 resources of 30 installations", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_on_one_installation_is_for_those_who_may_see_it()
    {
        (await acme.Provide(HttpMethod.Get, "/installations/icfg_none/drift", await acme.NewProviderKey("outbox:read")))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
        (await acme.Provide(HttpMethod.Get, "/installations/icfg_none/drift", await acme.NewProviderKey("billing:read")))
            .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
        var tool = await acme.Provision(await acme.Install());
        acme.Workshop.Lose(tool.Id);
        var report = await Of(tool.Installation);
        Assert.True(report["compared"]!.GetValue<bool>());
        Assert.Equal(("not_made", "workshop"), (Text(report["differences"]![0]!, "kind"), Text(report["differences"]![0]!, "provisioner")));
        acme.Workshop.Find(tool.Id);
    }

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();

    private async Task<JsonNode> Of(string installation) =>
        (await acme.Provide(HttpMethod.Get, $"/installations/{installation}/drift", await acme.NewProviderKey("outbox:read"))).Is(HttpStatusCode.OK);

    private async Task MustReport(params string[] differences)
    {
        var (found, text) = await acme.Drift();
        Assert.True(found == differences.Length, text);
        Assert.All(differences, difference => Assert.Contains(difference, text, StringComparison.Ordinal));
        Assert.EndsWith(
            found switch { 0 => " the same here, at the provisioner and at Vercel.\n", 1 => "\n1 difference.\n", _ => $"{found} differences.\n" },
            text, StringComparison.Ordinal);
    }

    private async Task AtVercel(string installation, HttpMethod method, string resource, JsonObject? body = null)
    {
        using var http = new HttpClient { BaseAddress = acme.Vercel.BaseUrl };
        using var request = new HttpRequestMessage(method, $"v1/installations/{installation}/resources/{resource}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", acme.Vercel.State.Installations[installation].Tokens[^1].Value);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var answer = await http.SendAsync(request, Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
    }
}
