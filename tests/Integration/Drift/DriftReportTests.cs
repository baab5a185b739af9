using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Integration.Imports;
using Marketplace.Shell.Drift;
using Marketplace.Simulator.Api;
using Microsoft.Extensions.DependencyInjection;

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

    private async Task MustReport(params string[] differences)
    {
        using var output = new StringWriter();
        var found = await acme.Server.Services.GetRequiredService<DriftReport>().Print(output, Cancel);
        Assert.True(found == differences.Length, output.ToString());
        Assert.All(differences, difference => Assert.Contains(difference, output.ToString(), StringComparison.Ordinal));
        Assert.EndsWith(found == 0 ? "are the same here, at their provisioners and at Vercel.\n" : $"{found} differences.\n", output.ToString(), StringComparison.Ordinal);
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
