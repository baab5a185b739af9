using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Operations;
using Marketplace.Shell.Dashboard.Pages;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Projects;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Marketplace.Shell.SignOn;
using ProjectConnection = Marketplace.Core.Projects.ProjectConnection;

namespace Marketplace.Shell.Dashboard;

/// <summary>The page of a resource: all that there is to know of one, in two round trips.</summary>
internal sealed class ResourcePages(
    PeriodStore periods, CatalogueInForce catalogue, SecretBox box, NoticeViews notices, Messages messages, Brand brand, TimeProvider clock)
{
    public async Task<PageResult> Of(
        Visitor visitor, ResourceId id, Destination meant, CancellationToken cancel, NoticeView? told = null, Seq<Secret>? revealed = null,
        int status = StatusCodes.Status200OK)
    {
        var secrets = new Loaded<HeldSecrets> { Value = HeldSecrets.Nothing };
        var generations = Nothing<SecretGeneration>();
        var (operations, projects) = (Nothing<(OperationRequest, DateTimeOffset)>(), Nothing<ProjectConnection.Connected>());
        var reading = await periods.Read(
            visitor.Id,
            loads =>
            {
                secrets = SecretRows.LoadCurrent(loads, box, visitor.Id, id);
                generations = SecretRows.Load(loads, visitor.Id, id);
                operations = OperationRows.OpenOf(loads, visitor.Id, id);
                projects = ProjectConnectionRows.LoadConnected(loads, visitor.Id, id);
            },
            cancel);
        if (reading.Find(id) is not { } resource)
            return messages.NoSuch("Resource", DashboardPaths.Home(visitor.Id), "All resources");

        var (facts, subject) = (resource.Facts, PlanSubject.Of(id));
        var product = catalogue.Now.Product(facts.Product).MatchUnsafe<Product?>(known => known, () => null);
        return PageResult.Of<ResourcePage>(
            new Frame(brand, visitor.Member),
            new ResourceView(
                id.Value, DashboardPaths.Resource(visitor.Id, id.Value), facts.Name, product?.Name ?? facts.Product.Value, Shown.Status(resource),
                notices.Of(resource), told, [.. Meant(meant)], [.. Details(facts, product)],
                PlanViews.Of(catalogue.Now, reading, resource), Shown.Period(reading.Period),
                [.. reading.Usage.Filter(usage => usage.Subject == subject).Select(usage => PlanViews.Of(usage, reading.Allowances))],
                IsInvoiced(reading, resource) ? PlanViews.Of(reading.Charges, of => of == subject) : null,
                Secrets(visitor, resource, secrets.Value.All, revealed, generations.Value, operations.Value.Exists(open => open.Item1 is OperationRequest.Rotate)),
                [.. projects.Value.Select(project => Of(project, meant))],
                [.. operations.Value.Select(open => new OperationView(Words(open.Item1), MomentView.Of(open.Item2)))]),
            status);
    }

    /// <summary>Until the page's loads say what there is.</summary>
    private static Loaded<Seq<T>> Nothing<T>() => new() { Value = Seq<T>.Empty };

    private bool IsInvoiced(PeriodReading reading, Resource resource) =>
        resource.Facts.Plan.IsSome && catalogue.Now.PlanOf(reading.Installation, resource).Exists(plan => plan.Type == PlanType.Subscription);

    private static IEnumerable<Fact> Meant(Destination meant)
    {
        (string Label, string? Value)[] all =
            [("Check", meant.CheckId), ("Experiment or flag", meant.ExperimentationItemId), ("Pull request", meant.PullRequest)];
        return all.Where(one => one.Value is not null).Select(one => new Fact(one.Label, one.Value!));
    }

    private static IEnumerable<Fact> Details(ResourceProfile facts, Product? product) =>
        facts.Metadata.AsEnumerable()
            .Select(pair => new Fact(product?.Metadata.LabelOf(pair.Key) ?? pair.Key, Shown.Value(pair.Value)))
            .Append(new Fact("Created", Shown.Day(facts.CreatedAt)))
            .Append(new Fact("Resource ID", facts.Id.Value));

    /// <summary>A project has a name where Vercel has told it.</summary>
    private static ProjectView Of(ProjectConnection.Connected project, Destination meant) => new(
        project.Name.IfNone(project.Project.Value), project.Project.Value,
        project.Targets.IsEmpty ? "" : string.Join(", ", project.Targets), IsMeant: project.Project.Value == meant.ProjectId);

    private SecretsView Secrets(
        Visitor visitor, Resource resource, Seq<Secret> current, Seq<Secret>? revealed, Seq<SecretGeneration> generations, bool isRotating)
    {
        var now = clock.GetUtcNow();
        var refusal = RotateSecrets.Allowed(resource).MatchUnsafe<ResourceRejection?>(_ => null, why => why);
        var isRefused = refusal is not null || generations.IsEmpty || isRotating;
        return new SecretsView(
            [.. current.Select(secret => secret.Name)],
            revealed is { } shown ? [.. shown.Select(secret => new Fact(secret.Name, secret.Value))] : null,
            generations.OfType<SecretGeneration.Current>().Select(one => MomentView.Of(one.MintedAt)).LastOrDefault(),
            [
                .. generations.OfType<SecretGeneration.Expiring>().Where(one => one.ExpiresAt > now).OrderBy(one => one.ExpiresAt)
                    .Select(one => DeadlineView.Of(one.ExpiresAt, now)),
            ],
            visitor.Session.IsAdmin && !isRefused,
            !visitor.Session.IsAdmin ? "Only administrators of the team can see secrets or rotate them."
            : isRotating ? "New secrets are being made. This takes a moment; load the page again to see how it stands."
            : refusal is { } why ? ResourceProblem.From(why).Value.User?.Message ?? "The secrets of this resource cannot be rotated here."
            : generations.IsEmpty ? "There are no secrets yet."
            : null,
            Guid.NewGuid().ToString("N"));
    }

    private static string Words(OperationRequest request) =>
        request switch
        {
            OperationRequest.Provision => "The resource is being set up",
            OperationRequest.ChangePlan => "The limits of the new plan are being applied",
            OperationRequest.Suspend => "Service is being stopped",
            OperationRequest.Resume => "Service is being restored",
            OperationRequest.Rotate => "New secrets are being made",
            OperationRequest.ExpireSecrets => "Old secrets are being ended",
            OperationRequest.Deprovision => "The resource is being deleted",
            _ => throw new System.Diagnostics.UnreachableException(request.GetType().Name),
        };
}
