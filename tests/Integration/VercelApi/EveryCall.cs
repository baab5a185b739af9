using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Notifications;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Balances;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.VercelApi;
using Microsoft.Extensions.DependencyInjection;
using static LanguageExt.Prelude;

namespace Marketplace.Integration.VercelApi;

/// <summary>
/// Every call of Vercel's API that the product can make, by the method of its port, each with everything that it may carry. What is asked
/// about need not exist: what leaves is the same.
/// </summary>
internal sealed class EveryCall(IServiceProvider server, InstallationId installation, ResourceId resource)
{
    /// <summary>In every secret, token and code that is sent, so that a test finds it where it must not be.</summary>
    public const string Mark = "m4rked-as-s3cret";

    private static readonly DateTimeOffset Now = new(2027, 1, 21, 9, 30, 0, TimeSpan.Zero);

    private static readonly BillingPeriod January = BillingPeriod.Containing(Now, BillingAnchor.CalendarMonth);

    private static readonly Notice Notice = new(NoticeLevel.Warn, "Title", Some("Message")) { Link = Some(new Uri("sso:https://acme.example/x")) };

    private static readonly Seq<Secret> Secrets = Seq(
        new Secret("ONE", $"{Mark}-1", Some("ACME"), new EnvironmentOverrides(Some($"{Mark}-2"), Some($"{Mark}-3"), Some($"{Mark}-4"))),
        new Secret("TWO", $"{Mark}-5", None, EnvironmentOverrides.None));

    private static readonly CustomClaims Claims = new()
    {
        Roles = new ClaimRoles(Seq("reader", "writer"), "reader"),
        Rules = Seq1(new ClaimRule(
            Map<string, ClaimValue>(
                ("text", new ClaimValue.Text("a")), ("number", new ClaimValue.Number(1.5m)), ("flag", new ClaimValue.Flag(true)),
                ("nothing", new ClaimValue.Null())),
            Seq1("writer"), Seq1("production"))),
    };

    private static readonly Map<string, MetadataValue> Metadata = Map<string, MetadataValue>(
        ("region", new MetadataValue.Text("iad1")), ("workers", new MetadataValue.Number(2)), ("backups", new MetadataValue.Flag(true)),
        ("tags", new MetadataValue.Texts(Seq("blue", "green"))), ("sizes", new MetadataValue.Numbers(Seq(1m, 2.5m))));

    private static readonly ExperimentationItem Item = new("flag-1", "new-checkout", "https://acme.example/flags/1")
    {
        Category = ExperimentationCategory.Flag, Name = Some("New checkout"), Description = Some("For half of all"), IsArchived = false,
        CreatedAt = Now, UpdatedAt = Now,
    };

    private readonly IVercel vercel = server.GetRequiredService<IVercel>();
    private readonly IVercelCredentials credentials = server.GetRequiredService<IVercelCredentials>();
    private readonly IVercelExperimentation experimentation = server.GetRequiredService<IVercelExperimentation>();
    private readonly IVercelDeployments deployments = server.GetRequiredService<IVercelDeployments>();
    private readonly IVercelSignOn signOn = server.GetRequiredService<IVercelSignOn>();

    public DeploymentId Deployment { get; init; } = new("dpl_1");

    public ProjectId Project { get; init; } = new("prj_1");

    public string Member { get; init; } = "user_1";

    /// <summary>Whose calls these are.</summary>
    public static readonly Type[] Ports =
        [typeof(IVercel), typeof(IVercelCredentials), typeof(IVercelExperimentation), typeof(IVercelDeployments), typeof(IVercelSignOn)];

    public PlanOffer Plan
    {
        get
        {
            var product = server.GetRequiredService<Catalogue>().Product(new ProductId("acme-tools")).IfNone(() => throw new InvalidOperationException());
            return PlanOffer.Of(product.Plan(new PlanId("pro")).IfNone(() => throw new InvalidOperationException()), product, Metadata);
        }
    }

    public InstallationChange ChangeOfInstallation => new()
    {
        Status = Some("ready"), ExternalId = Some("ours-1"), Plan = Plan, Notification = new NoticeChange.Show(Notice),
    };

    public ImportedResource Import => new(resource, new ProductId("acme-tools"), "imported", "ready")
    {
        Ownership = Ownership.Linked, Metadata = Metadata, Plan = Plan, Notification = Notice, Secrets = Secrets,
        Extras = JsonElement.Parse("""{"anything": [1, {"goes": null}]}"""), CustomClaims = Claims,
    };

    public ResourceChange ChangeOfResource => new()
    {
        Name = Some("renamed"), Status = Some("ready"), Metadata = Metadata, Plan = Plan, Notification = new NoticeChange.Show(Notice),
        Ownership = Ownership.Owned, Secrets = new SecretsChange.Whole(Secrets), Extras = JsonElement.Parse("{}"), CustomClaims = Claims,
    };

    /// <summary>All of them, by their ports and names.</summary>
    public IReadOnlyList<(string Name, Func<CancellationToken, Task<object>> Call)> All =>
    [
        Of(nameof(IVercel.GetAccount), cancel => vercel.GetAccount(installation, cancel)),
        Of(nameof(IVercel.GetMember), cancel => vercel.GetMember(installation, Member, cancel)),
        Of(nameof(IVercel.CreateEvent), cancel => vercel.CreateEvent(installation, new VercelEvent.InstallationUpdated(new PlanId("pro")), cancel)),
        Of(nameof(IVercel.CreateEvent), cancel => vercel.CreateEvent(installation, new VercelEvent.InstallationUpdated(None), cancel)),
        Of(nameof(IVercel.CreateEvent), cancel => vercel.CreateEvent(installation, new VercelEvent.ResourceUpdated(resource, new ProductId("acme-tools")), cancel)),
        Of(nameof(IVercel.CreateEvent), cancel => vercel.CreateEvent(installation, new VercelEvent.ResourceUpdated(resource, None), cancel)),
        Of(nameof(IVercel.UpdateInstallation), cancel => vercel.UpdateInstallation(installation, ChangeOfInstallation, cancel)),
        Of(nameof(IVercel.UpdateInstallation), cancel => vercel.UpdateInstallation(
            installation, new InstallationChange { Notification = new NoticeChange.TakeAway() }, cancel)),
        Of(nameof(IVercel.ListResources), cancel => vercel.ListResources(installation, cancel)),
        Of(nameof(IVercel.ImportResource), cancel => vercel.ImportResource(installation, Import, cancel)),
        Of(nameof(IVercel.ImportResource), cancel => vercel.ImportResource(
            installation, new ImportedResource(resource, new ProductId("acme-tools"), "bare", "pending"), cancel)),
        Of(nameof(IVercel.GetResource), cancel => vercel.GetResource(installation, resource, cancel)),
        Of(nameof(IVercel.UpdateResource), cancel => vercel.UpdateResource(installation, resource, ChangeOfResource, cancel)),
        Of(nameof(IVercel.UpdateResource), cancel => vercel.UpdateResource(
            installation, resource, new ResourceChange { Notification = new NoticeChange.TakeAway(), Secrets = new SecretsChange.Part(Secrets) }, cancel)),
        Of(nameof(IVercel.UpdateResource), cancel => vercel.UpdateResource(installation, Suspended, new SecretsChange.Whole(Secrets), cancel)),
        Of(nameof(IVercel.SyncResource), cancel => vercel.SyncResource(installation, Suspended, Plan, new SecretsChange.Whole(Secrets), cancel)),
        Of(nameof(IVercel.UpdateSecrets), cancel => vercel.UpdateSecrets(installation, resource, new SecretsChange.Whole(Secrets), cancel)),
        Of(nameof(IVercel.UpdateSecrets), cancel => vercel.UpdateSecrets(installation, resource, new SecretsChange.Part(Secrets), cancel)),
        Of(nameof(IVercel.SubmitBillingData), cancel => vercel.SubmitBillingData(Usage, cancel)),
        Of(nameof(IVercel.SubmitBalances), cancel => vercel.SubmitBalances(Balances, cancel)),
        Of(nameof(IVercel.SubmitInvoice), cancel => vercel.SubmitInvoice(Invoice, cancel)),
        Of(nameof(IVercel.GetInvoice), cancel => vercel.GetInvoice(installation, new VercelInvoiceId("inv_1"), cancel)),
        Of(nameof(IVercel.ReadInvoice), cancel => vercel.ReadInvoice(installation, new VercelInvoiceId("inv_1"), cancel)),
        Of(nameof(IVercel.Refund), cancel => vercel.Refund(installation, new VercelInvoiceId("inv_1"), new Usd(1.5m), "A day without service", cancel)),
        Of(nameof(IVercelExperimentation.CreateItems), cancel => experimentation.CreateItems(
            installation, resource, Seq(Item, new ExperimentationItem("flag-2", "s", "o")), cancel)),
        Of(nameof(IVercelExperimentation.UpdateItem), cancel => experimentation.UpdateItem(
            installation, resource, Item with { Category = ExperimentationCategory.Experiment }, cancel)),
        Of(nameof(IVercelExperimentation.DeleteItem), cancel => experimentation.DeleteItem(installation, resource, Item.Id, cancel)),
        Of(nameof(IVercelExperimentation.PutConfig), cancel => experimentation.PutConfig(
            installation, resource, new ConfigItems(JsonElement.Parse("""{"new-checkout": {"on": true}}""")), cancel)),
        Of(nameof(IVercelExperimentation.GetConfig), cancel => experimentation.GetConfig(installation, resource, new ConfigVersion("\"one\""), cancel)),
        Of(nameof(IVercelExperimentation.HeadConfig), cancel => experimentation.HeadConfig(installation, resource, new ConfigVersion("\"one\""), cancel)),
        Of(nameof(IVercelDeployments.UpdateAction), cancel => deployments.UpdateAction(
            installation, Deployment, resource, "branch",
            new ActionUpdate
            {
                Status = ActionStatus.Succeeded, Text = Some("Branched"), Url = Some("sso:https://acme.example/branches/1"),
                Secrets = Map(("DATABASE_URL", $"{Mark}-6")),
            },
            cancel)),
        Of(nameof(IVercelDeployments.CreateCheck), cancel => deployments.CreateCheck(
            installation, Deployment,
            new NewCheck("Health", IsBlocking: true)
            {
                Path = Some("/"), DetailsUrl = Some("https://acme.example/checks/1"), ExternalId = Some("check-1"), IsRerequestable = true,
            },
            cancel)),
        Of(nameof(IVercelDeployments.ListChecks), cancel => deployments.ListChecks(installation, Deployment, cancel)),
        Of(nameof(IVercelDeployments.GetCheck), cancel => deployments.GetCheck(installation, Deployment, new CheckId("chk_1"), cancel)),
        Of(nameof(IVercelDeployments.UpdateCheck), cancel => deployments.UpdateCheck(
            installation, Deployment, new CheckId("chk_1"),
            new CheckUpdate
            {
                Name = Some("Health"), Path = Some("/x"), Progress = new CheckProgress.Completed(CheckConclusion.Succeeded),
                DetailsUrl = Some("https://acme.example/checks/1"), ExternalId = Some("check-1"),
            },
            cancel)),
        Of(nameof(IVercelDeployments.UpdateCheck), cancel => deployments.UpdateCheck(
            installation, Deployment, new CheckId("chk_1"), new CheckUpdate { Progress = new CheckProgress.Running() }, cancel)),
        Of(nameof(IVercelDeployments.RerequestCheck), cancel => deployments.RerequestCheck(installation, Deployment, new CheckId("chk_1"), cancel)),
        Of(nameof(IVercelDeployments.CreateProjectCheck), cancel => deployments.CreateProjectCheck(
            installation, Project,
            new ProjectCheck("Database health")
            {
                IsRerequestable = true, Requires = CheckRequirement.DeploymentUrl, Blocks = CheckBarrier.DeploymentAlias, Targets = Seq1("production"),
                Timeout = TimeSpan.FromMinutes(2), Resource = resource,
            },
            cancel)),
        Of(nameof(IVercelDeployments.UpdateCheckRun), cancel => deployments.UpdateCheckRun(
            installation, Deployment, new CheckRunId("chkr_1"),
            new CheckRunUpdate
            {
                Progress = new RunProgress.Completed(RunConclusion.Failed, Now), ConclusionText = Some("The database is gone"), ExternalId = Some("run-1"),
                ExternalUrl = Some("https://acme.example/runs/1"), Output = JsonElement.Parse("""{"rows": 3}"""),
            },
            cancel)),
        Of(nameof(IVercelDeployments.GetProject), cancel => deployments.GetProject(installation, Project, cancel)),
        Of(nameof(IVercelDeployments.GetDeployment), cancel => deployments.GetDeployment(installation, Deployment, cancel)),
        Of(nameof(IVercelSignOn.Exchange), cancel => signOn.Exchange($"{Mark}-code", Some($"{Mark}-state"), new Uri("https://acme.example/sso/callback"), cancel)),
        Of(nameof(IVercelSignOn.Refresh), cancel => signOn.Refresh($"{Mark}-refresh", cancel)),
        Of(nameof(IVercelSignOn.ExchangeConnection), cancel => signOn.ExchangeConnection($"{Mark}-code", new Uri("https://acme.example/connected"), cancel)),
        Of(nameof(IVercelCredentials.Rotate), cancel => credentials.Rotate(installation, new AccessToken($"{Mark}-token", "Bearer"), cancel)),
        Of(nameof(IVercelCredentials.Try), cancel => credentials.Try(installation, new AccessToken($"{Mark}-token", "Bearer"), cancel)),
        Of(nameof(IVercelCredentials.Revoke), cancel => credentials.Revoke(
            installation, new AccessToken($"{Mark}-token", "Bearer"), new AccessToken($"{Mark}-by", "Bearer"), cancel)),
        Of(nameof(IVercel.DeleteResource), cancel => vercel.DeleteResource(installation, resource, cancel)),
        Of(nameof(IVercel.FinalizeBilling), cancel => vercel.FinalizeBilling(installation, cancel)),
    ];

    private Resource Suspended => new Resource.Suspended(
        new ResourceProfile(resource, new ProductId("acme-tools"), "tool", Metadata, new PlanId("pro"), None, None, Now),
        Map((SuspensionCause.NonPayment, "Not paid")));

    private BillingLine Line => new(
        PlanSubject.Of(resource), new PlanId("pro"), LineKind.Metered, "Storage", "tool", new Usd(0.000025m), 1_000_000, "MB", new Usd(25), January.Start, Now);

    private BillingDiscount Discount => new(PlanSubject.WholeInstallation, new PlanId("pro"), "Launch", "tool", new Usd(1), None, None);

    private UsageSubmission Usage => new(
        installation, HourSlot.Of(Now), Now, UsageDay.Of(Now).Eod(January), January, new BillingCharges(Seq1(Line), Seq1(Discount)),
        Seq1(new MetricUsage(PlanSubject.Of(resource), new Metric(new MetricId("storage"), "Storage", MetricKind.Total, "MB"), 1.5m, 2)));

    private BalanceStatement Balances => new(
        installation, HourSlot.Of(Now), Now, Seq((Option<ResourceId>.None, new Usd(12.345m)), (Some(resource), new Usd(0))), None);

    private InvoiceContent Invoice => new(
        new ExternalInvoiceId("ours-1"), installation, January, January.Start, Seq1(Line), Seq1(Discount), Final: true)
    {
        Test = new InvoiceTest(Validate: true, InvoiceTestResult.Paid),
    };

    private static (string, Func<CancellationToken, Task<object>>) Of<T>(string name, Func<CancellationToken, Task<VercelAnswer<T>>> call) =>
        (name, async cancel => await call(cancel));
}
