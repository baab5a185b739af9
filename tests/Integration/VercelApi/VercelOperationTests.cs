using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Notifications;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.VercelApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using static LanguageExt.Prelude;

namespace Marketplace.Integration.VercelApi;

/// <summary>What each call of the client brings about at Vercel, and what is made of the answer. Contract §D.</summary>
public sealed class VercelOperationTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IVercel Vercel => Of<IVercel>();

    private IVercelDeployments Deployments => Of<IVercelDeployments>();

    private IVercelExperimentation Experimentation => Of<IVercelExperimentation>();

    [Fact]
    public async Task The_account_and_the_members_of_the_team_are_read()
    {
        var installation = await acme.Install();
        var team = acme.Vercel.State.Teams[acme.Vercel.State.Installations[installation].AccountId];

        var account = Accepted(await Vercel.GetAccount(new InstallationId(installation), Cancel));
        Assert.Equal(new Account(team.Url, Some(team.Name), new Contact(team.Contact!.Email, Some(team.Contact.Name!))), account);
        var admin = Accepted(await Vercel.GetMember(new InstallationId(installation), team.Admin.UserId, Cancel));
        Assert.Equal((team.Admin.UserId, MemberRole.Admin, Some(team.Admin.Email!)), (admin.Id, admin.Role, admin.Email));
        Assert.Equal(MemberRole.User, Accepted(await Vercel.GetMember(new InstallationId(installation), team.Viewer.UserId, Cancel)).Role);
        Assert.IsType<VercelAnswer<Member>.NotFound>(await Vercel.GetMember(new InstallationId(installation), "user_nobody", Cancel));
    }

    [Fact]
    public async Task An_installation_is_changed_in_what_is_said_and_in_nothing_else()
    {
        var (id, calls) = await Installed();

        Accepted(await Vercel.UpdateInstallation(id, calls.ChangeOfInstallation, Cancel));
        var after = acme.Vercel.State.Installations[id.Value];
        Assert.Equal(("ready", "ours-1", "pro"), (after.Status, after.ExternalId, after.BillingPlan!.Value.GetProperty("id").GetString()));
        Assert.Equal("Title", after.Notification!.Value.GetProperty("title").GetString());

        Accepted(await Vercel.UpdateInstallation(id, new InstallationChange { Notification = new NoticeChange.TakeAway() }, Cancel));
        after = acme.Vercel.State.Installations[id.Value];
        Assert.NotEqual(JsonValueKind.Object, after.Notification?.ValueKind);
        Assert.Equal("ours-1", after.ExternalId);
    }

    [Fact]
    public async Task After_an_event_Vercel_reads_again()
    {
        var tool = await acme.Provision(await acme.Install());
        var id = new InstallationId(tool.Installation);

        Accepted(await Vercel.CreateEvent(id, new VercelEvent.InstallationUpdated(None), Cancel));
        Accepted(await Vercel.CreateEvent(id, new VercelEvent.ResourceUpdated(new ResourceId(tool.Id), None), Cancel));

        Assert.Equal(2, acme.Vercel.Calls.Count(call => call.Path.EndsWith($"{id}/events", StringComparison.Ordinal) && call.Status == 201));
        Assert.IsType<VercelAnswer<Nothing>.NotFound>(
            await Vercel.CreateEvent(id, new VercelEvent.ResourceUpdated(new ResourceId("res_nobody"), None), Cancel));
    }

    [Fact]
    public async Task A_resource_is_imported_with_everything_and_read_back()
    {
        var (id, calls) = await Installed();

        Accepted(await Vercel.ImportResource(id, calls.Import, Cancel));

        var atVercel = acme.Vercel.State.Installations[id.Value].Resources["res_new"];
        Assert.Equal(("imported", "ready", "linked", "pro"), (atVercel.Name, atVercel.Status, atVercel.Ownership, atVercel.BillingPlanId));
        Assert.Equal(["ONE", "TWO"], atVercel.Secrets.Select(secret => secret.Name));
        Assert.Equal("reader", atVercel.CustomClaims!.Value.GetProperty("defaultRole").GetString());
        Assert.Equal(JsonValueKind.Null, atVercel.CustomClaims.Value.GetProperty("claimRules")[0].GetProperty("claims").GetProperty("nothing").ValueKind);
        Assert.True(atVercel.Extras!.Value.TryGetProperty("anything", out _));

        var read = Accepted(await Vercel.GetResource(id, new ResourceId("res_new"), Cancel));
        Assert.Equal(
            (new ResourceId("res_new"), "imported", new ProductId("acme-tools"), Some("ready"), "pro"),
            (read.Id, read.Name, read.Product, read.Status, read.Plan.Map(plan => plan.Value)));
        Assert.Equal(calls.Import.Metadata, read.Metadata);
        Assert.Equal(calls.Import.Notification, read.Notification);
        Assert.Equal(read, Assert.Single(Accepted(await Vercel.ListResources(id, Cancel))));
        Assert.IsType<VercelAnswer<VercelResource>.NotFound>(await Vercel.GetResource(id, new ResourceId("res_nobody"), Cancel));
    }

    [Fact]
    public async Task A_resource_is_changed_in_what_is_said_and_in_nothing_else()
    {
        var (id, calls) = await Installed();
        var resource = new ResourceId("res_new");
        Accepted(await Vercel.ImportResource(id, calls.Import, Cancel));

        Accepted(await Vercel.UpdateResource(id, resource, new ResourceChange { Name = Some("renamed") }, Cancel));
        var after = AtVercel();
        Assert.Equal(("renamed", "ready", "linked", 2), (after.Name, after.Status, after.Ownership, after.Secrets.Count));
        Assert.Equal(JsonValueKind.Object, after.Notification!.Value.ValueKind);

        Accepted(await Vercel.UpdateResource(
            id, resource, new ResourceChange { Notification = new NoticeChange.TakeAway(), Status = Some("suspended") }, Cancel));
        Assert.Equal(("renamed", "suspended"), (AtVercel().Name, AtVercel().Status));
        Assert.NotEqual(JsonValueKind.Object, AtVercel().Notification?.ValueKind);

        Accepted(await Vercel.UpdateResource(
            id, resource, new ResourceChange { Secrets = new SecretsChange.Part(Seq1(Secret("TWO", "new"))) }, Cancel));
        Assert.Equal(["ONE", "TWO=new"], AtVercel().Secrets.Select(secret => secret.Name == "TWO" ? $"TWO={secret.Value}" : secret.Name));
        Accepted(await Vercel.UpdateResource(
            id, resource, new ResourceChange { Secrets = new SecretsChange.Whole(Seq1(Secret("THREE", "3"))) }, Cancel));
        Assert.Equal(["THREE"], AtVercel().Secrets.Select(secret => secret.Name));

        Accepted(await Vercel.DeleteResource(id, resource, Cancel));
        Assert.Empty(Accepted(await Vercel.ListResources(id, Cancel)));

        Marketplace.Simulator.Resources.Resource AtVercel() => acme.Vercel.State.Installations[id.Value].Resources[resource.Value];
    }

    [Fact]
    public async Task Secrets_are_replaced_as_a_whole_or_in_part()
    {
        var tool = await acme.Provision(await acme.Install());
        var (id, resource) = (new InstallationId(tool.Installation), new ResourceId(tool.Id));

        Accepted(await Vercel.UpdateSecrets(id, resource, new SecretsChange.Whole(Seq(Secret("A", "1"), Secret("B", "2"))), Cancel));
        Accepted(await Vercel.UpdateSecrets(id, resource, new SecretsChange.Part(Seq1(Secret("B", "3"))), Cancel));

        Assert.Equal(
            ["A=1", "B=3"],
            acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id].Secrets.Select(secret => $"{secret.Name}={secret.Value}"));
    }

    [Fact]
    public async Task Flags_are_created_changed_and_deleted()
    {
        var tool = await acme.Provision(await acme.Install());
        var (id, resource) = (new InstallationId(tool.Installation), new ResourceId(tool.Id));
        var flag = new ExperimentationItem("a", "new-checkout", "https://acme.example/a") { Category = ExperimentationCategory.Flag, UpdatedAt = acme.Now };

        Accepted(await Experimentation.CreateItems(id, resource, Seq(flag, flag with { Id = "b" }), Cancel));
        Accepted(await Experimentation.UpdateItem(id, resource, flag with { Slug = "newer", IsArchived = true }, Cancel));
        Accepted(await Experimentation.DeleteItem(id, resource, "b", Cancel));

        var held = Assert.Single(acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id].ExperimentationItems).Value;
        Assert.Equal(("newer", true), (held.Slug, held.IsArchived));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Experimentation.CreateItems(
            id, resource, Range(0, 51).Map(number => flag with { Id = $"{number}" }).ToSeq().Strict(), Cancel));
    }

    [Fact]
    public async Task What_deployments_read_is_written_and_read_again_only_when_it_has_changed()
    {
        var (id, resource) = await WithConfig(acme);

        var written = Accepted(await Experimentation.PutConfig(id, resource, Items("""{"a": {"on": true}}"""), Cancel));
        Assert.Equal(Some(ConfigPurpose.Experimentation), written.Purpose);
        var read = Assert.IsType<ConfigReading.Read>(Accepted(await Experimentation.GetConfig(id, resource, None, Cancel))).Config;
        Assert.Equal((written.Digest, true), (read.Digest, read.Items.Json.GetProperty("a").GetProperty("on").GetBoolean()));
        Assert.IsType<ConfigReading.Unchanged>(Accepted(await Experimentation.GetConfig(id, resource, read.Version, Cancel)));
        Assert.True(Accepted(await Experimentation.HeadConfig(id, resource, read.Version, Cancel)).IsUnchanged);

        await Experimentation.PutConfig(id, resource, Items("""{"a": {"on": false}}"""), Cancel);
        Assert.IsType<ConfigReading.Read>(Accepted(await Experimentation.GetConfig(id, resource, read.Version, Cancel)));
        Assert.False(Accepted(await Experimentation.HeadConfig(id, resource, read.Version, Cancel)).IsUnchanged);
    }

    [Fact]
    public async Task A_deployment_action_succeeds_with_secrets_of_its_own()
    {
        var (id, resource, project, deployment) = await Deployed("branch");

        Accepted(await Deployments.UpdateAction(
            id, deployment, resource, "branch", new ActionUpdate { Status = ActionStatus.Running, Text = Some("Branching") }, Cancel));
        Accepted(await Deployments.UpdateAction(
            id, deployment, resource, "branch",
            new ActionUpdate { Status = ActionStatus.Succeeded, Secrets = Map(("DATABASE_URL", "postgresql://branch")) }, Cancel));

        Assert.Contains(acme.Customer.DeploymentVariables(deployment.Value), variable => variable.Value == "postgresql://branch");
        var read = Accepted(await Deployments.GetDeployment(id, deployment, Cancel));
        Assert.Equal((deployment, Some("feature/x")), (read.Id, read.Branch));
        Assert.Equal(Some("storefront"), Accepted(await Deployments.GetProject(id, project, Cancel)).Name);
    }

    [Fact]
    public async Task A_check_of_a_deployment_is_announced_followed_and_asked_for_again()
    {
        var (id, _, _, deployment) = await Deployed();

        var check = Accepted(await Deployments.CreateCheck(
            id, deployment, new NewCheck("Health", IsBlocking: true) { IsRerequestable = true, ExternalId = Some("check-1") }, Cancel));
        Assert.Equal(("Health", "registered", true), (check.Name, check.Status, check.IsBlocking));
        Accepted(await Deployments.UpdateCheck(id, deployment, check.Id, new CheckUpdate { Progress = new CheckProgress.Running() }, Cancel));
        var done = Accepted(await Deployments.UpdateCheck(
            id, deployment, check.Id, new CheckUpdate { Progress = new CheckProgress.Completed(CheckConclusion.Succeeded) }, Cancel));
        Assert.Equal(("completed", Some("succeeded")), (done.Status, done.Conclusion));
        Assert.Equal(done.Conclusion, Accepted(await Deployments.GetCheck(id, deployment, check.Id, Cancel)).Conclusion);
        Assert.Equal(check.Id, Assert.Single(Accepted(await Deployments.ListChecks(id, deployment, Cancel))).Id);
        Accepted(await Deployments.RerequestCheck(id, deployment, check.Id, Cancel));
    }

    [Fact]
    public async Task A_check_of_a_project_runs_for_each_deployment_and_reports()
    {
        var (id, resource, project, _) = await Deployed();
        var declared = Accepted(await Deployments.CreateProjectCheck(
            id, project, new ProjectCheck("Database health") { Requires = CheckRequirement.None, Resource = resource }, Cancel));
        Assert.True(declared.IsSome);
        var deployment = acme.Customer.Deploy(project.Value);
        var run = Assert.Single(deployment.CheckRuns);

        Accepted(await Deployments.UpdateCheckRun(
            id, new DeploymentId(deployment.Id), new CheckRunId(run.Id), new CheckRunUpdate { Progress = new RunProgress.Running() }, Cancel));
        Accepted(await Deployments.UpdateCheckRun(
            id, new DeploymentId(deployment.Id), new CheckRunId(run.Id),
            new CheckRunUpdate { Progress = new RunProgress.Completed(RunConclusion.Failed, acme.Now), ConclusionText = Some("Too slow") }, Cancel));

        var reported = Assert.Single(acme.Customer.Deployment(deployment.Id).CheckRuns);
        Assert.Equal(("completed", "failed", "Too slow"), (reported.Status, reported.Conclusion, reported.ConclusionText));
    }

    [Fact]
    public async Task A_code_is_exchanged_once_and_what_it_brings_is_renewed()
    {
        var installation = await acme.Install();
        acme.Vercel.RedirectLogin = new Uri("https://acme.example/sso/callback");
        var signOn = Of<IVercelSignOn>();
        var query = QueryHelpers.ParseQuery(acme.Customer.SignOn(installation).Query);
        var (code, state) = (query["code"].ToString(), query["state"].ToString());

        var tokens = Accepted(await signOn.Exchange(code, state, acme.Vercel.RedirectLogin, Cancel));
        Assert.Equal(3, tokens.IdToken.Split('.').Length);
        Assert.IsType<VercelAnswer<SignOnTokens>.Refused>(await signOn.Exchange(code, state, None, Cancel));
        var renewable = tokens.RefreshToken.IfNone("");
        if (renewable.Length > 0)
            Assert.True(Accepted(await signOn.Refresh(renewable, Cancel)).AccessToken.IsSome);
        Assert.DoesNotContain(tokens.IdToken, tokens.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The form of contract §D.13, and what comes back of it.</summary>
    [Fact]
    public async Task The_code_of_a_connected_account_is_exchanged_by_a_form()
    {
        var sent = "";
        var calls = new VercelCalls(
            () => new HttpClient(new Answering(async request =>
            {
                Assert.Equal("/v2/oauth/access_token", request.RequestUri!.AbsolutePath);
                Assert.Null(request.Headers.Authorization);
                sent = await request.Content!.ReadAsStringAsync(Cancel);
                return """{"token_type": "Bearer", "access_token": "t", "installation_id": "icfg_2", "user_id": "u", "team_id": null, "more": 1}""";
            })) { BaseAddress = new Uri("http://vercel.test/") },
            Of<InstallationTokens>(), new VercelResilience(VercelLimits.Default));

        var connected = Accepted(await new VercelSignOn(calls, Of<Shell.Configuration.VercelSettings>())
            .ExchangeConnection("c o&de", new Uri("https://acme.example/connected?x=1"), Cancel));

        Assert.Equal(
            $"code=c+o%26de&client_id=oac_tests&client_secret={Acme.ClientSecret}&redirect_uri=https%3A%2F%2Facme.example%2Fconnected%3Fx%3D1", sent);
        Assert.Equal(
            (new InstallationId("icfg_2"), "t", "u", Option<string>.None), (connected.Installation, connected.Token.Value, connected.UserId, connected.Team));
    }

    [Theory]
    [InlineData("""{"id": "user_1", "role": "ADMIN", "unheard": {"of": 1}}""", true)]
    [InlineData("""{"id": "user_1"}""", false)]
    [InlineData("""{"id": null, "role": "ADMIN"}""", false)]
    [InlineData("""{"id": "user_1", "role": "OWNER"}""", false)]
    [InlineData("""["user_1"]""", false)]
    [InlineData("not JSON", false)]
    public async Task What_is_unknown_in_an_answer_is_ignored_and_what_is_missing_makes_it_none(string answer, bool isRead)
    {
        var calls = new VercelCalls(
            () => new HttpClient(new Answering(_ => Task.FromResult(answer))) { BaseAddress = new Uri("http://vercel.test/") },
            Of<InstallationTokens>(), new VercelResilience(VercelLimits.Default));

        var read = await new VercelClient(calls).GetMember(new InstallationId(await acme.Install()), "user_1", Cancel);

        Assert.True(isRead ? read is VercelAnswer<Member>.Accepted : read is VercelAnswer<Member>.Unknown, read.ToString());
    }

    [Fact]
    public async Task Where_the_newer_path_is_unknown_the_older_one_is_taken()
    {
        await using var older = await Acme.Open(new AcmeOptions { KnowsEdgeConfigOnly = true });
        var (id, resource) = await WithConfig(older);
        var experimentation = older.Server.Services.GetRequiredService<IVercelExperimentation>();

        Accepted(await experimentation.PutConfig(id, resource, Items("""{"a": 1}"""), Cancel));
        var read = Assert.IsType<ConfigReading.Read>(Accepted(await experimentation.GetConfig(id, resource, None, Cancel))).Config;
        Assert.Equal((1, Option<ConfigPurpose>.None), (read.Items.Json.GetProperty("a").GetInt32(), read.Purpose));
        Assert.True(Accepted(await experimentation.HeadConfig(id, resource, read.Version, Cancel)).IsUnchanged);
    }

    private async Task<(InstallationId Id, EveryCall Calls)> Installed()
    {
        var id = new InstallationId(await acme.Install());
        return (id, new EveryCall(acme.Server.Services, id, new ResourceId("res_new")));
    }

    private static async Task<(InstallationId Id, ResourceId Resource)> WithConfig(Acme acme)
    {
        var tool = await acme.Provision(await acme.Install());
        var opened = await acme.Customer.OpenConfig(tool.Installation, tool.Id, Cancel);
        Assert.True(opened.IsSuccess, opened.ToString());
        return (new InstallationId(tool.Installation), new ResourceId(tool.Id));
    }

    private async Task<(InstallationId Id, ResourceId Resource, ProjectId Project, DeploymentId Deployment)> Deployed(params string[] actions)
    {
        var tool = await acme.Provision(await acme.Install());
        var project = acme.Customer.CreateProject(acme.Vercel.State.Installations[tool.Installation].AccountId, "storefront");
        Assert.Empty(acme.Customer.Connect(tool.Installation, tool.Id, project.Id));
        var deployment = acme.Customer.Deploy(project.Id, actions: [.. actions], branch: "feature/x");
        return (new InstallationId(tool.Installation), new ResourceId(tool.Id), new ProjectId(project.Id), new DeploymentId(deployment.Id));
    }

    private static Secret Secret(string name, string value) => new(name, value, None, EnvironmentOverrides.None);

    private static ConfigItems Items(string json) => new(JsonElement.Parse(json));

    private T Of<T>()
        where T : notnull => acme.Server.Services.GetRequiredService<T>();

    private static T Accepted<T>(VercelAnswer<T> answer) =>
        answer is VercelAnswer<T>.Accepted(var value) ? value : throw new Xunit.Sdk.XunitException($"Not accepted: {answer}");

    private sealed class Answering(Func<HttpRequestMessage, Task<string>> vercel) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new() { Content = new StringContent(await vercel(request), System.Text.Encoding.UTF8, "application/json") };
    }
}
