using System.Text.Json.Nodes;
using Marketplace.Simulator;
using Microsoft.AspNetCore.WebUtilities;

namespace Marketplace.Integration.Simulator;

/// <summary>Resources that a customer brings along. Source: contract D.5, §E.10.</summary>
public sealed class ImportTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_browser_goes_with_a_state_and_a_way_back_and_returns_with_what_was_put_meanwhile()
    {
        await using var scene = await Scene.Set();
        using var visit = await scene.Http.GetAsync($"/customer/installations/{scene.InstallationId}/import?product_id=acme-postgres", Cancel);
        var query = Query(visit.Headers.Location!);

        Assert.StartsWith(scene.Vercel.ImportResource!.AbsoluteUri, visit.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal((scene.InstallationId, "acme-postgres"), (query["installation_id"], query["product_id"]));
        Assert.Equal(200, (await Put(scene, "old_1", "linked")).Status);
        Assert.Equal(200, await Return(scene, query, "old_1"));

        var resource = scene.Installation.Resources["old_1"];
        Assert.Equal(("linked", "DATABASE_URL"), (resource.Ownership, Assert.Single(resource.Secrets).Name));
        Assert.Empty(scene.Vercel.State.Findings);
    }

    [Fact]
    public async Task A_return_without_what_was_promised_is_refused_and_found()
    {
        await using var scene = await Scene.Set();
        var query = Query(scene.Vercel.Dashboard.Import(scene.InstallationId, "other-product"));

        Assert.Equal(400, await Return(scene, query, "old_1"));
        Assert.Equal(400, await Return(scene, query, scene.ResourceId));
        await Put(scene, "old_1", "linked");
        Assert.Equal(400, await Return(scene, query, "old_1"));
        Assert.Equal(400, await Return(scene, new(query, StringComparer.Ordinal) { ["state"] = "guessed" }, "old_1"));
        Assert.Equal(400, await Return(scene, new(query, StringComparer.Ordinal) { ["installation_id"] = "icfg_other" }, "old_1"));

        Assert.Equal(
            [
                "resource_id: the resource old_1 was not imported before the browser came back",
                $"resource_id: the resource {scene.ResourceId} was not imported since the customer left",
                "resource_id: the resource old_1 is of the product acme-postgres, not other-product",
                "state: is not known",
                "installation_id: is not the installation that the import began with",
            ],
            scene.Vercel.State.Findings.Select(finding => finding.Text));
    }

    [Fact]
    public async Task A_state_is_good_for_one_return()
    {
        await using var scene = await Scene.Set();
        var query = Query(scene.Vercel.Dashboard.Import(scene.InstallationId));
        await Put(scene, "old_1", "linked");

        Assert.Equal(200, await Return(scene, query, "old_1"));
        Assert.Equal(400, await Return(scene, query, "old_1"));
        Assert.Contains("used already", Assert.Single(scene.Vercel.State.Findings).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_is_good_for_twelve_hours()
    {
        await using var scene = await Scene.Set();
        var (early, late) = (Query(scene.Vercel.Dashboard.Import(scene.InstallationId)), Query(scene.Vercel.Dashboard.Import(scene.InstallationId)));
        await Put(scene, "old_1", "linked");

        scene.Vercel.Clock.MoveTo(Scene.Start.AddHours(12).AddMilliseconds(-1));
        Assert.Equal(200, await Return(scene, early, "old_1"));

        scene.Vercel.Clock.MoveTo(Scene.Start.AddHours(12));
        Assert.Equal(400, await Return(scene, late, "old_1"));
    }

    [Fact]
    public async Task A_linked_resource_is_not_billed_and_not_deleted_at_the_provider_s()
    {
        await using var scene = await Scene.Set();
        await Put(scene, "old_1", "linked");
        var calls = scene.Provider.Requests.Count;

        Assert.Equal(201, (await scene.Call(HttpMethod.Post, "/billing", Bodies.Billing(Scene.Start, "old_1"))).Status);
        Assert.Contains(scene.Vercel.State.Findings, finding => finding.Text.Contains("is linked", StringComparison.Ordinal));
        var (_, refused) = await scene.Call(HttpMethod.Post, "/billing/invoices", Bodies.Invoice("a", Bodies.Item("old_1")));
        Assert.Contains(refused!["validationErrors"]!.AsArray(), error => ((string)error!).Contains("is linked, and not billed", StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(() => scene.Vercel.Dashboard.Order(scene.InstallationId, "old_1", 5));
        using var deleted = await scene.Http.DeleteAsync($"/customer/installations/{scene.InstallationId}/resources/old_1", Cancel);

        Assert.Equal(204, (int)deleted.StatusCode);
        Assert.Null(scene.Installation.Find("old_1"));
        Assert.Equal(calls, scene.Provider.Requests.Count);
    }

    [Theory]
    [InlineData("owned", "linked", 422)]
    [InlineData("linked", "owned", 422)]
    [InlineData("sandbox", "owned", 200)]
    [InlineData("owned", "owned", 200)]
    public async Task Only_a_sandbox_becomes_something_else(string first, string second, int expected)
    {
        await using var scene = await Scene.Set();
        await Put(scene, "old_1", first);

        Assert.Equal(expected, (await Put(scene, "old_1", second)).Status);
        Assert.Equal(expected, (await scene.Call(HttpMethod.Patch, "/resources/old_1", new JsonObject { ["ownership"] = second })).Status);
    }

    [Fact]
    public async Task A_resource_stays_with_its_product()
    {
        await using var scene = await Scene.Set();

        Assert.Equal(409, (await Put(scene, scene.ResourceId, "owned", product: "another")).Status);
    }

    [Fact]
    public async Task An_import_that_is_under_way_outlives_a_restart_with_the_same_file()
    {
        var file = Path.Combine(Path.GetTempPath(), $"simulator-{Guid.NewGuid():N}.json");
        try
        {
            Dictionary<string, string> query;
            await using (var scene = await Scene.Set(change: options => options with { StateFile = file }))
            {
                query = Query(scene.Vercel.Dashboard.Import(scene.InstallationId));
                await Put(scene, "old_1", "linked");
            }

            await using var again = await SimulatorServer.Start(new SimulatorOptions { StateFile = file }, Cancel);
            using var http = new HttpClient { BaseAddress = again.BaseUrl };
            using var answer = await http.GetAsync($"/import/return?installation_id={query["installation_id"]}&resource_id=old_1&state={query["state"]}", Cancel);
            Assert.Equal(200, (int)answer.StatusCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<(int Status, JsonNode? Body)> Put(Scene scene, string id, string ownership, string product = "acme-postgres") =>
        scene.Call(HttpMethod.Put, $"/resources/{id}", new JsonObject
        {
            ["productId"] = product,
            ["name"] = "old-one",
            ["status"] = "ready",
            ["ownership"] = ownership,
            ["secrets"] = new JsonArray(new JsonObject { ["name"] = "DATABASE_URL", ["value"] = "postgresql://old" }),
        });

    private static async Task<int> Return(Scene scene, Dictionary<string, string> query, string resourceId)
    {
        var address = QueryHelpers.AddQueryString(query["return"], new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["installation_id"] = query["installation_id"], ["resource_id"] = resourceId, ["state"] = query["state"],
        });
        using var answer = await scene.Http.GetAsync(address, Cancel);
        return (int)answer.StatusCode;
    }

    private static Dictionary<string, string> Query(Uri address) =>
        QueryHelpers.ParseQuery(address.Query).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString(), StringComparer.Ordinal);
}
