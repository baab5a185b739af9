using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Integration.SignOn;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration.Telemetry;

/// <summary>What leaves the server as traces and metrics while a customer lives through a whole story, and what is logged meanwhile.</summary>
[Collection(TelemetryStory.Alone)]
public sealed class TelemetryTests(TelemetryStory story) : IClassFixture<TelemetryStory>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void No_token_secret_code_or_address_of_a_person_leaves_the_server()
    {
        var exported = story.Collector.Text;
        Assert.True(exported.Length > 10_000);
        Assert.All(story.Secrets, secret => Assert.False(
            exported.Contains(secret.Value, StringComparison.OrdinalIgnoreCase), $"{secret.Name} was exported"));
        // Of any token, whoever made it; and what stands in a query stays there.
        Assert.DoesNotContain("eyJhbGciOi", exported, StringComparison.Ordinal);
        Assert.DoesNotContain("url.query", exported, StringComparison.Ordinal);
        Assert.DoesNotContain("url.full", exported, StringComparison.Ordinal);
        Assert.DoesNotContain("db.query.text", exported, StringComparison.Ordinal);
    }

    [Fact]
    public void Nor_is_any_of_them_in_the_log_whatever_its_level()
    {
        // Two of the framework's own print queries, and a test captures them at whatever level; a server keeps them at Warning.
        string[] kept = ["Information Microsoft.AspNetCore.Hosting.Diagnostics:", "Information Microsoft.AspNetCore.Http.Result."];
        var lines = story.Acme.Server.Log.Lines.Where(line => !kept.Any(one => line.StartsWith(one, StringComparison.Ordinal))).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.All(story.Secrets, secret => Assert.False(
            line.Contains(secret.Value, StringComparison.OrdinalIgnoreCase), $"{secret.Name} was logged")));
        Assert.DoesNotContain(lines, line => line.Contains("eyJhbGciOi", StringComparison.Ordinal));
    }

    [Fact]
    public void A_provision_is_one_trace_from_the_request_by_its_decision_to_its_statements_and_names_the_installation()
    {
        var spans = story.Spans();
        var request = Assert.Single(spans, span => span.Scope == "Microsoft.AspNetCore" && span["http.request.method"] == "POST"
            && span["http.route"] == "/v1/installations/{installationId}/resources" && span[InstallationTag] == story.Installation);
        var trace = spans.Where(span => span.Trace == request.Trace).ToList();

        var decision = Assert.Single(trace, span => span.Name == "decision");
        Assert.Equal(request.Id, decision.Parent);
        Assert.Equal(
            ("POST /v1/installations/{installationId}/resources", "done", "false", story.Installation),
            (decision["decision"], decision["outcome"], decision["repeated"], decision[InstallationTag]));
        var operation = Assert.Single(trace, span => span.Name == "operation");
        Assert.Equal((decision.Id, "provision", "done", story.Resource), (operation.Parent, operation["kind"], operation["outcome"], operation["resource.id"]));
        var transaction = trace.First(span => span.Name == "transaction" && span.Parent == decision.Id);
        Assert.Contains(trace, span => span.Parent == transaction.Id && span.Scope == "Npgsql" && span.Name.Contains("ResourceRows.", StringComparison.Ordinal));
        Assert.Equal("acme-integration", request.Service);
    }

    [Fact]
    public void A_repetition_is_told_from_the_first_time()
    {
        var decisions = story.Spans().Where(span => span.Name == "decision" && span["decision"]!.EndsWith("/secrets/rotate", StringComparison.Ordinal));

        Assert.Equal(["false", "true"], decisions.Select(span => span["repeated"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_the_worker_does_for_somebody_is_a_span_that_is_linked_to_what_caused_it()
    {
        var spans = story.Spans();
        var message = spans.First(span => span.Name == "outbox" && span[InstallationTag] == story.Installation && span.Links.Count > 0);

        Assert.Equal("delivered", message["outcome"]);
        Assert.Contains(spans, span => span.Trace == message.Links[0] && span.Scope == "Microsoft.AspNetCore");
        var call = spans.First(span => span.Trace == message.Trace && span.Scope == "System.Net.Http");
        Assert.Equal((message.Id, "127.0.0.1"), (call.Parent, call["server.address"]));
        Assert.Contains(spans, span => span.Name == "usage" && span[InstallationTag] == story.Installation);
        Assert.Contains(spans, span => span.Name == "webhooks" && span["installation.ids"]?.Contains(story.Installation, StringComparison.Ordinal) == true);
    }

    /// <summary>Else what is asked every second, though nothing is due, would bury everything.</summary>
    [Fact]
    public void A_look_for_work_that_finds_none_is_no_trace_nor_is_a_question_for_our_health()
    {
        var spans = story.Spans();

        Assert.DoesNotContain(spans, span => span.Scope is "Npgsql" or "System.Net.Http" && span.Parent.Length == 0);
        Assert.DoesNotContain(spans, span => span["http.route"]?.StartsWith("/health", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void What_is_counted_is_exported_by_the_names_of_the_runbook()
    {
        var metrics = story.Collector.Metrics;

        Assert.Contains(metrics, metric => metric is { Name: "marketplace.decisions", Value: > 0 } && metric["outcome"] == "done");
        Assert.Contains(metrics, metric => metric is { Name: "marketplace.token.refusals", Value: > 0 } && metric["reason"] == "NoToken");
        Assert.Contains(metrics, metric => metric is { Name: "marketplace.provision.duration", Unit: "s", Value: > 0 } && metric["product"] == "acme-postgres" && metric["outcome"] == "done");
        Assert.Contains(metrics, metric => metric is { Name: "marketplace.provisioner.call.duration", Value: > 0 } && metric["provisioner"] == "postgres" && metric["call"] == "provision");
        Assert.Contains(metrics, metric => metric is { Name: "marketplace.job.duration", Value: > 0 } && metric["job"] == "outbox" && metric["outcome"] == "succeeded");
        Assert.Contains(metrics, metric => metric is { Name: "marketplace.webhook.arrival.lag", Value: > 0 });
        Assert.Contains(metrics, metric => metric is { Name: "marketplace.webhook.processing.lag", Value: > 0 });
        Assert.Contains(metrics, metric => metric is { Name: "marketplace.slots", Value: > 0 } && metric["state"] == "confirmed");
        Assert.Contains(metrics, metric => metric is { Name: "marketplace.vercel.answers", Value: > 0 } && metric["answer"] == "accepted");
        Assert.Contains(metrics, metric => metric is { Name: "marketplace.outbox.messages", Value: > 0 } && metric["outcome"] == "delivered");
        // What has never happened is there as nought, so that its first time is an increase.
        Assert.Contains(metrics, metric => metric is { Name: "marketplace.slots", Value: 0 } && metric["state"] == "dead");
        Assert.Contains(metrics, metric => metric.Name == "marketplace.slots.due");
        Assert.Contains(metrics, metric => metric is { Name: "marketplace.job.failing.age", Value: 0 } && metric["job"] == "outbox");
        Assert.Contains(metrics, metric => metric.Name == "marketplace.billing.due" && metric["work"] == "usage");
        Assert.Contains(metrics, metric => metric.Name == "marketplace.invoices.open" && metric["state"] == "refused");
        Assert.Contains(metrics, metric => metric.Name == "http.server.request.duration" && metric["http.route"] == "/v1/installations/{installationId}/resources");
        Assert.Contains(metrics, metric => metric.Meter == "Npgsql" && metric["db.client.connection.pool.name"] == "marketplace");
    }

    private const string InstallationTag = "installation.id";
}

/// <summary>Somebody installs, provisions, rotates, types into a console, signs on and lets an hour pass; and every secret of it is known.</summary>
public sealed class TelemetryStory : IAsyncLifetime
{
    /// <summary>Gauges of one name are one to whoever exports them, also when two servers of a process have them: those who make any go one after the other.</summary>
    public const string Alone = "Gauges";

    private const string Typed = "SELECT 'fig-of-the-story' AS typed";

    internal Collector Collector { get; private set; } = null!;

    public Acme Acme { get; private set; } = null!;

    public string Installation { get; private set; } = "";

    public string Resource { get; private set; } = "";

    /// <summary>By what each is.</summary>
    internal List<(string Name, string Value)> Secrets { get; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Collector = await Collector.Open(Cancel);
        Acme = await Acme.Open(new AcmeOptions { IsAlive = true, LogLevel = LogLevel.Debug, Settings = Collector.Settings });
        await Live();
        Know();
        for (var asked = 0; Missing() is { Count: > 0 } missing; asked++)
        {
            Assert.True(asked < 100, $"It was never exported: {string.Join(", ", missing)}");
            await Task.Delay(250, Cancel);
        }
    }

    internal IReadOnlyList<CollectedSpan> Spans() => Collector.Spans;

    private async Task Live()
    {
        Installation = await Acme.Install();
        var database = await Acme.Provision(Installation, "db", "free", "acme-postgres");
        Resource = database.Id;
        Minted("provision", database.Json["secrets"]!);

        var admin = Acme.Admin(Installation);
        Secrets.Add(("the token of the Partner API", Acme.Vercel.Tokens.Sign(admin)));
        var key = Acme.NewKey();
        var rotation = new JsonObject { ["reason"] = "every month", ["delayOldSecretsExpirationHours"] = 1 };
        Minted("rotation", (await Acme.Post($"{database.Path}/secrets/rotate", admin, rotation.DeepClone(), key)).Is(HttpStatusCode.OK)["secrets"]!);
        (await Acme.Post($"{database.Path}/secrets/rotate", admin, rotation, key)).Is(HttpStatusCode.OK);
        (await Acme.Post($"{database.Path}/repl", admin, new JsonObject { ["input"] = Typed, ["readOnly"] = false })).Is(HttpStatusCode.OK);
        (await Acme.Post($"{database.Path}/repl", admin, new JsonObject { ["input"] = "SELEKT 'fig-of-the-story'", ["readOnly"] = false })).Is(HttpStatusCode.OK);
        (await Acme.Send(new HttpRequestMessage(HttpMethod.Get, database.Path))).Is(HttpStatusCode.Forbidden);

        await SignOn();
        await Tell();
        (await Acme.Server.Http.GetAsync("/health/ready", Cancel)).EnsureSuccessStatusCode();
        // An hour passes: its report is due, the worker follows the clock.
        Acme.Pass(TimeSpan.FromMinutes(45));
    }

    private async Task SignOn()
    {
        using var browser = new PlainBrowser(Acme);
        var sent = Acme.Customer.SignOn(Installation, null);
        var query = QueryHelpers.ParseQuery(sent.Query);
        Secrets.Add(("the code of the sign-on", query["code"].ToString()));
        await browser.Follow(sent.AbsoluteUri);
        foreach (Cookie cookie in browser.Cookies.GetAllCookies())
            Secrets.Add(($"the cookie {cookie.Name}", cookie.Value));

        var away = await browser.Open($"/sso/{Installation}");
        var back = await browser.Open(away.Location!);
        var state = QueryHelpers.ParseQuery(new Uri(back.Location!).Query);
        Secrets.Add(("the state of the sign-on", state["state"].ToString()));
        Secrets.Add(("another code", state["code"].ToString()));
        await browser.Open(back.Location!);
    }

    private async Task Tell()
    {
        var provider = await Acme.NewProviderKey("notifications:write");
        Secrets.Add(("the key of the Provider API", provider));
        (await Acme.Provide(
            HttpMethod.Put, $"/installations/{Installation}/resources/{Resource}/notification", provider,
            new JsonObject { ["level"] = "info", ["title"] = "Maintenance", ["message"] = "On Sunday." })).Is(HttpStatusCode.OK);
        var body = new JsonObject
        {
            ["id"] = "whk_story", ["type"] = "story.told",
            ["createdAt"] = Acme.Now.AddSeconds(-2).ToUnixTimeMilliseconds(),
            ["payload"] = new JsonObject { ["installationId"] = Installation, ["configuration"] = new JsonObject { ["id"] = Installation } },
        };
        Assert.Equal(HttpStatusCode.OK, (await Acme.Webhook(body.ToJsonString())).Status);
    }

    /// <summary>What was secret from the beginning, and whom the story is about.</summary>
    private void Know()
    {
        foreach (var (token, at) in Acme.Vercel.State.Installations[Installation].Tokens.Select((token, at) => (token.Value, at)))
            Secrets.Add(($"token {at.ToString(CultureInfo.InvariantCulture)} of the installation", token));
        Secrets.Add(("the client secret", Acme.ClientSecret));
        Secrets.Add(("the key of the key ring", "dGhpcyBpcyB0aGUga2V5IG9mIHRoZSB0ZXN0cyEgISE="));
        Secrets.Add(("what was typed into the console", "fig-of-the-story"));
        var team = Acme.Vercel.State.Teams[Acme.Vercel.State.Installations[Installation].AccountId];
        Secrets.Add(("a person's address", team.Admin.Email!));
        Secrets.Add(("a person's name", team.Admin.Name!));
        if (team.Contact is { } contact)
            Secrets.Add(("the contact's address", contact.Email));
        Assert.All(Secrets, secret => Assert.True(secret.Value.Length > 3, $"{secret.Name} is \"{secret.Value}\""));
    }

    private void Minted(string by, JsonNode secrets)
    {
        foreach (var (name, value) in Provisioned.Secrets(secrets))
        {
            // Where the database stands is no secret, and how it is called neither.
            if (value.StartsWith("postgres", StringComparison.Ordinal))
                Secrets.Add(($"{name} of the {by}", Uri.UnescapeDataString(new Uri(value).UserInfo.Split(':')[1])));
            else if (name.Contains("PASSWORD", StringComparison.Ordinal))
                Secrets.Add(($"{name} of the {by}", value));
        }

        Assert.Contains(Secrets, secret => secret.Name.EndsWith(by, StringComparison.Ordinal));
    }

    /// <summary>Of what comes late: the worker's, and what is exported once in a while.</summary>
    private List<string> Missing()
    {
        var spans = Collector.Spans.Select(span => span.Name == "outbox" ? $"outbox {span["outcome"]}" : span.Name);
        var metrics = Collector.Metrics.Select(metric => metric.Name == "marketplace.slots" ? $"{metric.Name} {metric["state"]} {(metric.Value > 0 ? "at least once" : "never")}" : metric.Name);
        return [.. Late.Except(spans.Concat(metrics))];
    }

    private static readonly string[] Late =
        ["outbox delivered", "usage", "webhooks", "marketplace.slots confirmed at least once", "marketplace.billing.due", "marketplace.webhook.processing.lag", "marketplace.job.duration"];

    public async ValueTask DisposeAsync()
    {
        await Acme.DisposeAsync();
        await Collector.DisposeAsync();
    }
}
