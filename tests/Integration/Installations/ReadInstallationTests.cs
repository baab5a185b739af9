using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Installations;

/// <summary>Who has installed, as the provider's backend reads it, and how every list of the Provider API is paged and filtered.</summary>
[Collection(SharedAcme.Name)]
public sealed class ReadInstallationTests(Acme acme) : IAsyncLifetime
{
    private readonly string mark = $"Mark {Guid.NewGuid().ToString("N")[..8]}";
    private string key = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => key = await acme.NewProviderKey("installations:read", "notifications:write");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Pages_have_each_installation_once_newest_first_also_while_others_are_added()
    {
        var installed = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            // Two come at each moment.
            if (number % 2 == 0)
                acme.Pass(TimeSpan.FromSeconds(1));
            installed.Add(await Install());
        }

        var (read, cursor, pages) = (new List<string>(), "", 0);
        do
        {
            var page = await Read($"?q={Uri.EscapeDataString(mark)}&limit=2{cursor}");
            read.AddRange(page["installations"]!.AsArray().Select(Id));
            cursor = page["nextCursor"] is { } next ? $"&cursor={(string)next!}" : null;
            pages++;
            acme.Pass(TimeSpan.FromSeconds(1));
            await Install();
        }
        while (cursor is not null);

        Assert.Equal(3, pages);
        Assert.Equal(installed.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
        Assert.Equal(installed[4], read[0]);
        Assert.Equal(installed[..2].Order(StringComparer.Ordinal), read[3..].Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Filters_say_which_by_status_by_team_by_plan_and_by_what_is_known_of_the_account()
    {
        var (active, leaving) = (await Install(), await Install());
        await acme.Provision(active, plan: "free");
        await acme.Provision(leaving, plan: "pro");
        (await acme.Delete(Paths.Installation(leaving), acme.Admin(leaving))).Is(HttpStatusCode.OK);
        var team = acme.Vercel.State.Installations[active].AccountId;

        Assert.Equal([active], await Ids($"status=active&q={Uri.EscapeDataString(mark)}"));
        Assert.Equal([leaving], await Ids($"status=uninstalling&q={Uri.EscapeDataString(mark.ToUpperInvariant())}"));
        Assert.Equal([active], await Ids($"account={team}"));
        Assert.Equal([active], await Ids($"plan=free&q={Uri.EscapeDataString(mark)}"));
        Assert.Equal([active], await Ids($"q={active.ToLowerInvariant()}"));
        Assert.Empty(await Ids($"plan=prepaid&q={Uri.EscapeDataString(mark)}"));
        // No pattern: a percent sign is one.
        Assert.Empty(await Ids($"q={Uri.EscapeDataString("Mark %")}"));
    }

    [Fact]
    public async Task One_is_shown_with_its_account_its_resources_its_notification_its_balances_and_how_it_pays()
    {
        var installation = await Install();
        await acme.Provision(installation, "a");
        var prepaid = await acme.Provision(installation, "b", "prepaid");
        await acme.Customer.Purchase(installation, prepaid.Id, 12.50m, Cancel);
        await acme.Work();
        var notice = new JsonObject { ["level"] = "info", ["title"] = "New regions" };
        (await acme.Provide(HttpMethod.Put, $"/installations/{installation}/notification", key, notice)).Is(HttpStatusCode.OK);

        var shown = await Read($"/{installation}");

        Assert.Equal((installation, "active", 2), (Id(shown), (string)shown["status"]!, (int)shown["resources"]!));
        Assert.Equal(mark, (string)shown["account"]!["name"]!);
        Assert.Equal(acme.Vercel.State.Installations[installation].AccountId, (string)shown["account"]!["id"]!);
        Assert.Equal("""{"ready":2}""", shown["resourcesByStatus"]!.ToJsonString());
        Assert.Equal(("New regions", "New regions"), ((string)shown["notification"]!["title"]!, (string)shown["shown"]!["title"]!));
        Assert.Equal("good", (string)shown["payment"]!["standing"]!);
        Assert.Equal($$"""[{"resourceId":"{{prepaid.Id}}","amount":"12.50"}]""", shown["balances"]!.ToJsonString());
    }

    [Fact]
    public async Task One_that_is_gone_is_shown_with_whose_it_was()
    {
        var installation = await Install();
        (await acme.Delete(Paths.Installation(installation), acme.Admin(installation))).Is(HttpStatusCode.OK);
        await acme.Execute(
            "update installation set stage = 'finalized', finalized_at = uninstall_requested_at, access_token = null, token_type = null where installation_id = $1",
            installation);

        var shown = await Read($"/{installation}");

        Assert.Equal(("finalized", mark), ((string)shown["status"]!, (string)shown["account"]!["name"]!));
        Assert.Equal((string)shown["finalizedAt"]!, (string)shown["uninstallRequestedAt"]!);
        Assert.Equal([installation], await Ids($"status=finalized&q={Uri.EscapeDataString(mark)}"));
    }

    [Theory]
    [InlineData("limit=0", "?limit")]
    [InlineData("limit=201", "?limit")]
    [InlineData("limit=two", "?limit")]
    [InlineData("cursor=x", "?cursor")]
    [InlineData("cursor=WyIxIl0", "?cursor")]
    [InlineData("cursor=WyItMSIsIngiXQ", "?cursor")]
    [InlineData("cursor=WyIxIixudWxsXQ", "?cursor")]
    [InlineData("cursor=WyI5MjIzMzcyMDM2ODU0Nzc1ODA3IiwieCJd", "?cursor")]
    [InlineData("status=gone", "?status")]
    [InlineData("status=active&status=finalized", "?status")]
    [InlineData("stauts=active", "?stauts")]
    [InlineData("q=%00", "?q")]
    public async Task What_cannot_be_asked_is_said_with_its_parameter(string query, string pointer)
    {
        var problem = (await acme.Provide(HttpMethod.Get, $"/installations?{query}", key)).IsProblem(HttpStatusCode.BadRequest, "invalid-request");

        Assert.Equal([pointer], problem["errors"]!.AsArray().Select(error => (string)error!["pointer"]!));
        Assert.Contains(pointer[1..], (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        var problem = (await acme.Provide(HttpMethod.Get, "/installations?limit=x&status=y&z=1", key)).IsProblem(HttpStatusCode.BadRequest, "invalid-request");

        Assert.Equal(["?status", "?limit", "?z"], problem["errors"]!.AsArray().Select(error => (string)error!["pointer"]!));
    }

    [Fact]
    public async Task An_id_that_nobody_has_is_a_404() =>
        (await acme.Provide(HttpMethod.Get, $"/installations/{Acme.NewInstallationId()}", key)).IsProblem(HttpStatusCode.NotFound, "not-found");

    private async Task<string> Install()
    {
        var (installation, installed) = await acme.Customer.Install(acme.Customer.CreateTeam(mark).AccountId, Cancel);
        Assert.True(installed.IsSuccess, installed.ToString());
        return installation;
    }

    private async Task<JsonNode> Read(string path) => (await acme.Provide(HttpMethod.Get, $"/installations{path}", key)).Is(HttpStatusCode.OK);

    private async Task<string[]> Ids(string query) => [.. (await Read($"?{query}"))["installations"]!.AsArray().Select(Id)];

    private static string Id(JsonNode? installation) => (string)installation!["id"]!;
}
