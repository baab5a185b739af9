using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Operations;

/// <summary>
/// The server dies somewhere in a provision. Whoever repeats it gets what was made; what nobody asks for again is undone, unless
/// Vercel knows it; and nothing is billed before somebody was told. DESIGN §6.
/// </summary>
public sealed class UnansweredProvisionTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_provision_that_died_before_its_outcome_is_finished_and_its_repetition_is_answered_with_the_secrets()
    {
        var (installation, key) = (await acme.Install(), Acme.NewKey());
        await using (await RefusedWrites.ToOutcomes(acme))
            Assert.Equal(HttpStatusCode.InternalServerError, (await Ask(installation, "before", key)).Status);
        var id = await IdOf("before");
        Assert.Equal("pending", await StatusOf(id));

        await acme.LeasesAreOver();
        await acme.Work("operations");
        Assert.Equal("ready", await StatusOf(id));
        await MustNotBeBilled(id);

        var answer = new Provisioned(installation, (await Ask(installation, "before", key)).Is(HttpStatusCode.OK));
        Assert.Equal((id, "ready"), (answer.Id, answer.Status));
        Assert.True(acme.Workshop.Opens(answer.Secret()));
        Assert.Equal([acme.Now], await acme.AskAll<DateTimeOffset>("select started_at from plan_period where resource_id = $1", id));

        await Adopt(installation, id);
        await MustStay(id);
    }

    [Fact]
    public async Task A_provision_that_died_between_outcome_and_answer_is_answered_when_it_is_repeated()
    {
        var (installation, key) = (await acme.Install(), Acme.NewKey());
        await using (await RefusedWrites.ToAnswers(acme))
            Assert.Equal(HttpStatusCode.InternalServerError, (await Ask(installation, "between", key)).Status);
        var id = await IdOf("between");
        Assert.Equal("ready", await StatusOf(id));
        await MustNotBeBilled(id);

        var answer = new Provisioned(installation, (await Ask(installation, "between", key)).Is(HttpStatusCode.OK));
        Assert.Equal(id, answer.Id);
        Assert.True(acme.Workshop.Opens(answer.Secret()));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from plan_period where resource_id = $1 and ended_at is null", id));

        await Adopt(installation, id);
        await MustStay(id);
    }

    [Theory]
    [InlineData("nobody-repeats-1", true)]
    [InlineData("nobody-repeats-2", false)]
    public async Task What_nobody_repeats_is_undone_after_an_hour_when_Vercel_does_not_know_it_and_was_never_billed(string name, bool hasOutcome)
    {
        var installation = await acme.Install();
        await using (hasOutcome ? await RefusedWrites.ToAnswers(acme) : await RefusedWrites.ToOutcomes(acme))
            Assert.Equal(HttpStatusCode.InternalServerError, (await Ask(installation, name, Acme.NewKey())).Status);
        var id = await IdOf(name);
        await acme.LeasesAreOver();

        acme.Workshop.Count(name, 500);
        await acme.Live(acme.Now.AddMinutes(59));
        Assert.True(acme.Workshop.Holds(id));
        Assert.DoesNotContain(acme.Vercel.Calls, call => call.Path.EndsWith(id, StringComparison.Ordinal));

        await acme.Live(acme.Now.AddMinutes(2));
        Assert.Contains(acme.Vercel.Calls, call => call is { Method: "GET", Status: 404 } && call.Path.EndsWith(id, StringComparison.Ordinal));
        Assert.False(acme.Workshop.Holds(id));
        Assert.Equal("uninstalled", await StatusOf(id));
        await MustNotBeBilled(id);
        await MustNotHaveDrifted();
    }

    [Fact]
    public async Task What_Vercel_knows_after_an_hour_is_kept_and_billed_from_then_on()
    {
        var installation = await acme.Install();
        await using (await RefusedWrites.ToAnswers(acme))
            Assert.Equal(HttpStatusCode.InternalServerError, (await Ask(installation, "known-there", Acme.NewKey())).Status);
        var id = await IdOf("known-there");
        await Adopt(installation, id);

        await acme.Live(acme.Now.AddMinutes(61));

        Assert.Equal("ready", await StatusOf(id));
        var atVercel = acme.Vercel.State.Installations[installation].Resources[id];
        Assert.True(acme.Workshop.Opens(atVercel.Secrets.Find(secret => secret.Name == "ACME_KEY")!.Value));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from plan_period where resource_id = $1 and ended_at is null", id));
        await MustNotHaveDrifted();
    }

    [Fact]
    public async Task What_is_answered_while_Vercel_is_asked_about_it_is_not_undone()
    {
        var (installation, key) = (await acme.Install(), Acme.NewKey());
        await using (await RefusedWrites.ToAnswers(acme))
            Assert.Equal(HttpStatusCode.InternalServerError, (await Ask(installation, "at-last", key)).Status);
        var id = await IdOf("at-last");
        acme.Pass(TimeSpan.FromMinutes(61));
        var outbox = acme.Server.Services.GetRequiredService<IOutbox>();
        var claimed = await outbox.Claim(acme.Now, 100, OutboxDispatch.AttemptsInLine, TimeSpan.FromMinutes(1), Cancel);
        var question = Assert.Single(claimed, message => message.Resource?.Value == id);

        // Vercel has just said that it does not know the resource, and now it is told of it.
        (await Ask(installation, "at-last", key)).Is(HttpStatusCode.OK);
        await outbox.Undo(question, Cancel);

        Assert.Equal("ready", await StatusOf(id));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from plan_period where resource_id = $1 and ended_at is null", id));
        await acme.LeasesAreOver();
        await Adopt(installation, id);
        await MustStay(id);
    }

    [Fact]
    public async Task A_repetition_after_the_undoing_is_told_so()
    {
        var (installation, key) = (await acme.Install(), Acme.NewKey());
        await using (await RefusedWrites.ToAnswers(acme))
            Assert.Equal(HttpStatusCode.InternalServerError, (await Ask(installation, "too-late", key)).Status);
        await acme.Live(acme.Now.AddMinutes(61));

        (await Ask(installation, "too-late", key)).IsConflict();
        Assert.Equal("uninstalled", await StatusOf(await IdOf("too-late")));
    }

    [Fact]
    public async Task A_provision_that_died_and_is_then_refused_leaves_nothing_and_its_repetition_hears_the_reason()
    {
        var (installation, key) = (await acme.Install(), Acme.NewKey());
        acme.Workshop.Plan("Provision", "refused", new WorkshopEvent.Fails(), new WorkshopEvent.Refuses("No room in fra1."));
        await using (await RefusedWrites.ToOutcomes(acme))
            Assert.Equal(HttpStatusCode.InternalServerError, (await Ask(installation, "refused", key)).Status);
        await acme.LeasesAreOver();
        await acme.WorkOff();

        Assert.Equal("uninstalled", await StatusOf(await IdOf("refused")));
        Assert.Contains("No room in fra1.", (await Ask(installation, "refused", key)).IsConflict()["message"]!.GetValue<string>(), StringComparison.Ordinal);
        await MustNotHaveDrifted();
    }

    [Fact]
    public async Task Vercel_may_know_a_pending_resource_a_little_later_than_its_outcome_is_told()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "overtaken", new WorkshopEvent.Fails());
        Assert.Equal("pending", (await Ask(installation, "overtaken", Acme.NewKey())).Is(HttpStatusCode.OK)["status"]!.GetValue<string>());
        var id = await IdOf("overtaken");

        await acme.WorkOff();
        Assert.Contains(acme.Vercel.Calls, call => call is { Method: "PATCH", Status: 404 } && call.Path.EndsWith(id, StringComparison.Ordinal));
        Assert.Equal("pending", await acme.Ask<string>("select state from outbox_message where resource_id = $1", id));

        await Adopt(installation, id);
        await acme.Live(acme.Now.AddMinutes(2));
        Assert.Equal("ready", acme.Vercel.State.Installations[installation].Resources[id].Status);
        Assert.Equal("delivered", await acme.Ask<string>("select state from outbox_message where resource_id = $1", id));
    }

    [Fact]
    public async Task A_pending_resource_that_Vercel_never_knows_is_undone_after_an_hour()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "never-known", new WorkshopEvent.Fails());
        Assert.Equal("pending", (await Ask(installation, "never-known", Acme.NewKey())).Is(HttpStatusCode.OK)["status"]!.GetValue<string>());
        var id = await IdOf("never-known");

        await acme.Live(acme.Now.AddMinutes(55));
        Assert.True(acme.Workshop.Holds(id));

        await acme.Live(acme.Now.AddMinutes(10));
        Assert.False(acme.Workshop.Holds(id));
        await MustNotBeBilled(id);
        await MustNotHaveDrifted();
    }

    private Task<Answer> Ask(string installation, string name, string key) =>
        acme.Post(
            Paths.Resources(installation), acme.Admin(installation),
            new JsonObject { ["productId"] = "acme-tools", ["name"] = name, ["metadata"] = new JsonObject(), ["billingPlanId"] = "pro" }, key);

    /// <summary>Vercel has the resource, as if it had read an answer.</summary>
    private async Task Adopt(string installation, string id)
    {
        var told = (await acme.Get(Paths.Resource(installation, id), acme.System(installation))).Is(HttpStatusCode.OK).AsObject();
        using var http = new HttpClient { BaseAddress = acme.Vercel.BaseUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", acme.Vercel.State.Installations[installation].Tokens[^1].Value);
        using var answer = await http.PutAsJsonAsync(
            $"v1/installations/{installation}/resources/{id}",
            new JsonObject(new[] { "productId", "name", "status", "metadata", "billingPlan" }.Select(
                field => new KeyValuePair<string, JsonNode?>(field, told[field]!.DeepClone()))),
            Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task MustStay(string id)
    {
        await acme.Live(acme.Now.AddMinutes(61));
        Assert.True(acme.Workshop.Holds(id));
        Assert.Equal("ready", await StatusOf(id));
        await MustNotHaveDrifted();
    }

    /// <summary>Neither in our books nor in any report: Vercel would refuse an invoice with a resource that it does not know.</summary>
    private async Task MustNotBeBilled(string id)
    {
        Assert.Equal(0, await acme.Ask<long>("select count(*) from plan_period where resource_id = $1", id));
        Assert.All(
            acme.Vercel.Calls.Where(call => call.Path.EndsWith("/billing", StringComparison.Ordinal)),
            call => Assert.DoesNotContain(id, call.Body.GetRawText(), StringComparison.Ordinal));
    }

    private async Task MustNotHaveDrifted()
    {
        var (differences, report) = await acme.Drift();
        Assert.True(differences == 0, report);
    }

    private async Task<string> IdOf(string name) =>
        await acme.Ask<string>("select resource_id from resource where name = $1", name) ?? throw new InvalidOperationException(name);

    private Task<string?> StatusOf(string id) => acme.Ask<string>("select status from resource where resource_id = $1", id);
}
