using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Integration.SignOn;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Drift;
using Marketplace.Shell.Persistence;
using Marketplace.Simulator.Api;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>What an operator finds out about drift, and mends, in the console.</summary>
public sealed class DriftPageTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_comparison_finds_what_differs_each_finding_is_mended_beside_it_and_the_next_comparison_finds_nothing()
    {
        using var browser = await Operators.SignIn(acme.Server);
        var installation = await acme.Install();
        var renamed = await acme.Provision(installation, "orders");
        var forgotten = await acme.Provision(installation, "carts");
        await AtVercel(installation, HttpMethod.Patch, renamed.Id, new JsonObject { ["name"] = "another" });
        await AtVercel(installation, HttpMethod.Delete, forgotten.Id);
        await AtVercel(installation, HttpMethod.Put, "res_unheard", new JsonObject { ["productId"] = "acme-tools", ["name"] = "it", ["status"] = "ready" });

        // To look asks nobody.
        var asked = acme.Vercel.Calls.Count;
        var before = (await browser.Open($"/ops/drift/{installation}")).Is(HttpStatusCode.OK);
        Assert.Contains("It was never compared", before.Text, StringComparison.Ordinal);
        Assert.Equal($"/ops/drift/{installation}", (await browser.Open($"/ops/drift?installation={installation}")).Location);
        Assert.Equal(asked, acme.Vercel.Calls.Count);

        var found = await Compare(browser, before);
        Assert.Contains("3 differences found.", found.Text, StringComparison.Ordinal);
        Assert.Contains("name is \"orders\" here and \"another\" at Vercel", found.Text, StringComparison.Ordinal);
        Assert.Contains($"{forgotten.Id} of {installation}: Vercel does not know it", found.Text, StringComparison.Ordinal);
        Assert.Contains("Vercel still has it, but it is not ours any more", found.Text, StringComparison.Ordinal);
        var listed = (await browser.Open("/ops/drift?result=differs")).Text;
        Assert.Contains(installation, listed, StringComparison.Ordinal);
        Assert.Contains("operator:robin@acme.example", listed, StringComparison.Ordinal);

        foreach (var form in found.Forms.Where(form => form.Fields.Any(field => field.Name == "resource")).ToList())
        {
            var mended = await browser.Post(form.Action, [.. form.Fields, ("reason", "Mended by hand")]);
            Assert.Contains("on the way to Vercel", (await browser.Open(mended.Is(HttpStatusCode.SeeOther).Location!)).Text, StringComparison.Ordinal);
        }

        await acme.Work("outbox");
        var after = await Compare(browser, await browser.Open($"/ops/drift/{installation}"));
        Assert.Contains("It is the same here, at the provisioner and at Vercel.", after.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(installation, (await browser.Open("/ops/drift?result=differs")).Text, StringComparison.Ordinal);
        Assert.Equal(
            3L, await acme.Ask<long>("select count(*) from domain_event where installation_id = $1 and kind = 'resync.Requested' and actor = 'operator:robin@acme.example'", installation));
    }

    [Fact]
    public async Task What_Vercel_does_not_answer_is_kept_as_a_finding_and_a_viewer_compares_and_mends_nothing()
    {
        using var operating = await Operators.SignIn(acme.Server);
        using var looking = await Operators.SignInToLook(acme.Server);
        var installation = await acme.Install();
        acme.Vercel.Disturbances.Plan(HttpMethod.Get, $"{installation}/resources", Disturbance.Fails(500));

        var page = await operating.Open($"/ops/drift/{installation}");
        Assert.Empty((await looking.Open($"/ops/drift/{installation}")).Is(HttpStatusCode.OK).Forms);
        var own = (await looking.Open("/ops/session")).Forms.First().Fields[0];
        foreach (var form in page.Forms)
            (await looking.Post(form.Action, [own, .. form.Fields.Where(field => field.Name != own.Name), ("reason", "let me")])).Is(HttpStatusCode.Forbidden);
        Assert.Null(await acme.Ask<string>("select findings::text from drift_result where installation_id = $1", installation));

        Assert.Contains("Vercel did not list its resources (500", (await Compare(operating, page)).Text, StringComparison.Ordinal);
        (await operating.Open("/ops/drift/icfg_none")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Whoever_compares_the_console_shows_it_until_the_installation_is_final()
    {
        using var browser = await Operators.SignIn(acme.Server);
        var (one, other) = (await acme.Install(), await acme.Install());
        await acme.Provision(one, "orders");
        foreach (var installation in new[] { one, other })
            await AtVercel(installation, HttpMethod.Put, $"res_of_{installation}", new JsonObject { ["productId"] = "acme-tools", ["name"] = "it", ["status"] = "ready" });

        Assert.Equal(2, (await acme.Drift()).Differences);
        var listed = (await browser.Open("/ops/drift?result=differs")).Text;
        Assert.Contains(one, listed, StringComparison.Ordinal);
        Assert.Contains(other, listed, StringComparison.Ordinal);

        var key = await acme.NewProviderKey("outbox:read");
        (await acme.Provide(HttpMethod.Get, $"/installations/{one}/drift", key)).Is(HttpStatusCode.OK);
        Assert.Contains("key:", (await browser.Open($"/ops/drift/{one}")).Text, StringComparison.Ordinal);
        Assert.Equal(1, await acme.Ask<int>("select differences from drift_result where installation_id = $1 and actor like 'key:%'", one));

        // What comes to light late belongs to the comparison of the same report, and to no other that somebody has made since.
        var (ours, begun) = (new Actor($"operator:{Operators.Name}", "drift"), acme.Now);
        await Keep(writes => DriftResultRows.Keep(writes, DriftResult.Of(new InstallationId(one), begun, ours, isCompared: true, 1, [])));
        await Keep(writes => DriftResultRows.Add(writes, Late(one), new Actor("operator:somebody-else", "drift"), begun));
        await Keep(writes => DriftResultRows.Add(writes, Late(one), ours, begun.AddSeconds(1)));
        Assert.Equal(0, await acme.Ask<int>("select differences from drift_result where installation_id = $1", one));
        await Keep(writes => DriftResultRows.Add(writes, Late(one), ours, begun));
        Assert.Equal(1, await acme.Ask<int>("select differences from drift_result where installation_id = $1", one));
        // Who leaves differs in nothing.
        Assert.Equal(0, DriftResult.Of(new InstallationId(one), begun, ours, isCompared: false, 0, [new DriftFinding.Leaves(new InstallationId(one), IsFinal: false)]).Differences);

        await acme.Customer.Uninstall(other, Cancel);
        Assert.Equal("finalized", await acme.Ask<string>("select stage from installation where installation_id = $1", other));
        Assert.DoesNotContain(other, (await browser.Open("/ops/drift?result=differs")).Text, StringComparison.Ordinal);
        await acme.Drift();
        // A comparison that began before that ends after it.
        await Keep(writes => DriftResultRows.Keep(writes, DriftResult.Of(new InstallationId(other), begun, ours, isCompared: true, 1, [Late(other)])));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from drift_result where installation_id = $1", other));
        Assert.Contains("nothing to compare any more", (await Compare(browser, await browser.Open($"/ops/drift/{other}"))).Text, StringComparison.Ordinal);
        Assert.Equal(0, await acme.Ask<long>("select count(*) from drift_result where installation_id = $1", other));
    }

    private static DriftFinding.NotOurs Late(string installation) => new(new InstallationId(installation), new ResourceId("res_late"));

    private async Task Keep(Action<Writes> how)
    {
        var writes = new Writes();
        how(writes);
        await writes.Commit(acme.Server.Services.GetRequiredService<NpgsqlDataSource>(), Cancel);
    }

    private static async Task<PlainPage> Compare(PlainBrowser browser, PlainPage page) =>
        await browser.Open((await browser.Submit(page, "/compare", ("reason", "A customer asked"))).Is(HttpStatusCode.SeeOther).Location!);

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
