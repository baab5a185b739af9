using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Audit;

/// <summary>What happened, who did it and why, as the provider's backend reads it.</summary>
[Collection(SharedAcme.Name)]
public sealed class AuditTests(Acme acme) : IAsyncLifetime
{
    private string key = null!;

    public async ValueTask InitializeAsync() => key = await acme.NewProviderKey("audit:read", "notifications:write");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_happened_is_listed_newest_first_with_who_did_it_by_what()
    {
        var (resource, notice) = (await acme.Provision(await acme.Install()), new JsonObject { ["level"] = "info", ["title"] = "Hello" });
        acme.Pass(TimeSpan.FromMinutes(1));
        (await acme.Provide(HttpMethod.Put, $"/installations/{resource.Installation}/notification", key, notice)).Is(HttpStatusCode.OK);

        var events = await Events(resource, "");

        Assert.Equal("installation.Notified", (string)events[0]["type"]!);
        Assert.StartsWith("key:key_", (string)events[0]["actor"]!, StringComparison.Ordinal);
        Assert.Equal(("notification", "Hello"), ((string)events[0]["cause"]!, (string)events[0]["detail"]!["notice"]!));
        Assert.Equal(acme.Now.UtcDateTime, (DateTime)events[0]["occurredAt"]!);
        Assert.Equal("installation.Installed", (string)events[^1]["type"]!);
        Assert.Equal(events.Select(one => (long)one["id"]!).OrderDescending(), events.Select(one => (long)one["id"]!));
    }

    [Fact]
    public async Task Filters_say_which_by_type_by_actor_by_time_and_by_resource()
    {
        var installation = await acme.Install();
        var (first, second) = (await acme.Provision(installation, "one"), await acme.Provision(installation, "two"));
        var before = acme.Now;
        acme.Pass(TimeSpan.FromMinutes(1));
        (await acme.Patch(first.Path, acme.Admin(installation), new JsonObject { ["name"] = "renamed" })).Is(HttpStatusCode.OK);

        Assert.Equal(["resource.Renamed"], await Types(first, "?type=resource.Renamed"));
        Assert.All(await Types(first, "?type=resource."), type => Assert.StartsWith("resource.", type, StringComparison.Ordinal));
        Assert.Empty(await Types(first, "?type=resource"));
        Assert.Equal(["resource.Renamed"], await Types(first, $"?since={Moment(acme.Now)}"));
        Assert.DoesNotContain("resource.Renamed", await Types(first, $"?until={Moment(acme.Now)}"));
        Assert.Empty(await Types(first, $"?since={Moment(before.AddSeconds(1))}&until={Moment(acme.Now)}"));
        Assert.Contains("resource.Renamed", await Types(first, "?actor=user:"));
        Assert.Empty(await Types(first, "?actor=key:"));

        var ofSecond = (await acme.Provide(HttpMethod.Get, $"/installations/{installation}/resources/{second.Id}/audit", key)).Is(HttpStatusCode.OK);
        Assert.NotEmpty(ofSecond["events"]!.AsArray());
        Assert.All(ofSecond["events"]!.AsArray(), one => Assert.Equal(second.Id, (string)one!["resourceId"]!));
    }

    [Fact]
    public async Task Pages_have_each_event_once_also_while_more_happens()
    {
        var resource = await acme.Provision(await acme.Install());
        var all = (await Events(resource, "")).Select(one => (long)one["id"]!).ToList();
        Assert.True(all.Count > 2);

        var (read, cursor) = (new List<long>(), "");
        do
        {
            var page = (await Get(resource, $"?limit=1{cursor}")).Is(HttpStatusCode.OK);
            read.Add((long)Assert.Single(page["events"]!.AsArray())!["id"]!);
            cursor = page["nextCursor"] is { } next ? $"&cursor={(string)next!}" : null;
            (await acme.Patch(resource.Path, acme.Admin(resource.Installation), new JsonObject { ["name"] = $"n{read.Count}" })).Is(HttpStatusCode.OK);
        }
        while (cursor is not null);

        Assert.Equal(all, read);
    }

    [Fact]
    public async Task Another_installations_events_are_not_shown_and_what_nobody_has_is_a_404()
    {
        var (resource, other) = (await acme.Provision(await acme.Install()), await acme.Install());

        (await acme.Provide(HttpMethod.Get, $"/installations/{other}/resources/{resource.Id}/audit", key)).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await acme.Provide(HttpMethod.Get, "/installations/icfg_none/audit", key)).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Get(resource, "?since=yesterday")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Get(resource, "?since=2027-01-31T23:00:00")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Get(resource, "?kind=resource.Renamed")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Empty(await Types(resource, "?since=2027-01-31T23:00:00.5%2B02:00"));
    }

    private Task<Answer> Get(Provisioned resource, string query) => acme.Provide(HttpMethod.Get, $"/installations/{resource.Installation}/audit{query}", key);

    private async Task<List<JsonNode>> Events(Provisioned resource, string query) =>
        [.. (await Get(resource, query)).Is(HttpStatusCode.OK)["events"]!.AsArray().Select(one => one!)];

    private async Task<List<string>> Types(Provisioned resource, string query) => [.. (await Events(resource, query)).Select(one => (string)one["type"]!)];

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
