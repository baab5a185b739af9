using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Notifications;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Core.Usage;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.OperatorConsole.Notices;
using Marketplace.Shell.OperatorConsole.Outbox;
using Marketplace.Shell.OperatorConsole.Resources.Pages;
using Marketplace.Shell.OperatorConsole.Timeline;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Projects;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Marketplace.Shell.Installations;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Resources;

/// <summary>GET /ops/resources/{installationId}/{resourceId}: all that there is to know of one, but the values of its secrets.</summary>
internal static class ResourceDetail
{
    public static readonly RequestDelegate Route = OperatorEndpoint.Page(Show);

    /// <summary>Of each kind of thing that can be many.</summary>
    private const int ListedMax = 20;

    private static async Task<IResult> Show(
        Operator person, string installationId, string resourceId, HttpRequest request, CatalogueInForce catalogue, PeriodStore periods,
        OperatorMessages messages, NpgsqlDataSource database, SecretBox box, TimeProvider clock, CancellationToken cancel)
    {
        var (installation, id, loads) = (new InstallationId(installationId), new ResourceId(resourceId), new Loads());
        var address = OperatorPaths.Resource(installation, resourceId);
        var asked = TimelineReading.Asked(request);
        var listed = InstallationListRows.Load(loads, installation);
        var known = ResourceRows.Load(loads, installation, id);
        var secrets = SecretRows.LoadCurrent(loads, box, installation, id);
        var generations = SecretRows.Load(loads, installation, id);
        var rotation = OperationRows.OpenRotation(loads, installation, id);
        var projects = ProjectConnectionRows.LoadConnected(loads, installation, id);
        var operations = ResourceStateRows.Operations(loads, installation, id, ListedMax);
        var unsent = ResourceStateRows.Messages(loads, installation, id, ListedMax);
        var checks = ResourceStateRows.Checks(loads, installation, id, ListedMax);
        var runs = ResourceStateRows.CheckRuns(loads, installation, id, ListedMax);
        var offered = ResourceStateRows.Offered(loads, installation, id, ListedMax);
        var arrived = ResourceStateRows.Arrived(loads, installation, id, ListedMax);
        var timeline = asked.Look(loads, installation, id, address);
        await loads.Read(database, cancel);
        if (listed.Value is not { } owner || known.Value is not { } resource)
            return messages.NoSuch(person.Frame, "Resource", ResourceList.Address, "All resources");

        var (facts, sold, now) = (resource.Facts, catalogue.Now, clock.GetUtcNow());
        var period = owner.FinalizedAt is null ? await periods.Read(installation, beside: null, cancel) : null;
        var product = sold.Product(facts.Product).MatchUnsafe<Product?>(one => one, () => null);
        return OperatorPage.Of<OperatedResourcePage>(person.Frame, new OperatedResourceView(
            id.Value, address, facts.Name, product?.Name ?? facts.Product.Value, OperatorMarks.Of(resource),
            new MessageLink(OperatorPaths.Installation(installation), owner.AccountName ?? owner.AccountId),
            [.. Cause(resource)], [.. Details(resource)],
            [.. facts.Metadata.AsEnumerable().Select(one => new Fact(product?.Metadata.LabelOf(one.Key) ?? one.Key, Shown.Value(one.Value)))],
            period is null ? null : PlanViews.Of(sold, period, resource),
            period is null ? null : Shown.Period(period.Period),
            period is null ? [] : Charts(period, id),
            period is null ? null : PlanViews.Of(period.Charges, subject => subject == PlanSubject.Of(id)),
            [.. operations.Value.Select(Operation)], [.. unsent.Value.Select(one => Message(installation, one))],
            Secrets(secrets.Value, generations.Value, rotation.Value is not null, now),
            [.. projects.Value.Select(one => new ProjectLine(one.Name.IfNone(one.Project.Value), one.Project.Value, string.Join(", ", one.Targets), MomentView.Of(one.Told.At)))],
            [.. checks.Value.Select(one => new CheckLine(product?.Checks.Find(check => check.Slug == one.Slug).Match(check => check.Name, () => one.Slug) ?? one.Slug, one.Project, Check(one.State), one.LastError))],
            [.. runs.Value.Select(one => new CheckLine(one.Run, one.Deployment, Check(one.State), one.LastError))],
            [.. Transfers(offered.Value, arrived.Value, now)],
            ToldNotices.Of(
                address, resource is Resource.Uninstalled ? null : NotificationWire.Of(resource), facts.Notices,
                resource is not (Resource.Uninstalled or Resource.Error) && owner.UninstallRequestedAt is null),
            Actions(resource, owner), timeline()));
    }

    /// <summary>As the customer sees them.</summary>
    private static IReadOnlyList<UsageChartView> Charts(PeriodReading period, ResourceId id) =>
        period.Billed?.Resources.Find(one => one.Id == id).Case is SomeCase<BilledResource>(var billed)
            ?
            [
                .. DailyUsage.Of(BilledInstallation.PerResource(Prelude.Seq1(billed)), period.Period, period.AsOf)
                    .Select(usage => UsageCharts.Of(usage, period.Allowances)),
            ]
            : [];

    private static ResourceActionsView Actions(Resource resource, ListedInstallation owner) => new(
        MaySuspend: resource is Resource.Onboarding or Resource.Ready or Resource.Resumed or Resource.Suspended && resource.Facts.IsOurs
            && (resource as Resource.Suspended)?.Causes.ContainsKey(SuspensionCause.Provider) != true,
        MayResume: resource is Resource.Suspended suspended && suspended.Causes.ContainsKey(SuspensionCause.Provider),
        MayResync: owner.UninstallRequestedAt is null);

    private static IEnumerable<Fact> Cause(Resource resource) =>
        resource switch
        {
            Resource.Suspended suspended => suspended.Causes.AsEnumerable().Select(cause => new Fact(
                cause.Key switch
                {
                    SuspensionCause.NonPayment => "Suspended for non-payment",
                    SuspensionCause.EmptyBalance => "Suspended because the balance is empty",
                    SuspensionCause.Provider => "Suspended by the provider",
                    _ => throw new System.Diagnostics.UnreachableException(cause.Key.ToString()),
                },
                cause.Value)),
            Resource.Error error => [new Fact("It could not be provisioned", error.Reason)],
            _ => resource.Facts.Fault.ToSeq().Map(fault => new Fact("Told not to work by the provider", fault)),
        };

    private static IEnumerable<Fact> Details(Resource resource)
    {
        var facts = resource.Facts;
        (string Label, string? Value)[] all =
        [
            ("Resource ID", facts.Id.Value), ("Product", facts.Product.Value), ("Billing plan", facts.Plan.Map(plan => plan.Value).OrNull()),
            ("Created", Shown.Moment(facts.CreatedAt)),
            ("Gone", resource is Resource.Uninstalled gone ? Shown.Moment(gone.UninstalledAt) : null),
            ("Ownership", facts.IsOurs ? null : Ownerships.NameOf(facts.Ownership)), ("Reference", Ownerships.ReferenceOf(facts.Ownership)),
            ("Deploy Button id", facts.ExternalId.OrNull()), ("Edge Config", facts.EdgeConfigId.OrNull()),
        ];
        return all.Where(one => one.Value is { Length: > 0 }).Select(one => new Fact(one.Label, one.Value!));
    }

    private static OperationLine Operation(OperationRow one) => new(
        one.Id, EventWords.Of(one.Kind), OperatorMarks.OfOperation(one.State, one.Attempts), MomentView.Of(one.RequestedAt),
        Counted.Of(one.Attempts, "attempt"), one.LastError,
        one.State != "pending" ? null
        : one.IsHeld ? "A worker is at it now."
        : one.NextIn <= TimeSpan.Zero ? "It is due now."
        : $"The next attempt is in {RoughSpan.Of(one.NextIn)}.");

    private static MessageLine Message(InstallationId installation, MessageRow one) => new(
        OutboxPaths.Message(installation, one.Sequence), Shown.Quantity(one.Sequence), EventWords.Of(one.Kind), one.State == "dead" ? new Mark("Given up", Tone.Bad) : new Mark("Waits", Tone.Busy),
        Counted.Of(one.Tries, "attempt"), one.LastError, MomentView.Of(one.CreatedAt));

    private static SecretNamesView Secrets(HeldSecrets held, Seq<SecretGeneration> generations, bool isRotating, DateTimeOffset now)
    {
        // The names alone leave this method.
        var wire = HeldSecretsWire.Of(held, generations, isRotating);
        return new SecretNamesView(
            wire.Names, wire.Pushed, wire.IsWhole,
            generations.OfType<SecretGeneration.Current>().Select(one => MomentView.Of(one.MintedAt)).LastOrDefault(), isRotating,
            [
                .. generations.OfType<SecretGeneration.Expiring>().Where(one => one.ExpiresAt > now).OrderBy(one => one.ExpiresAt)
                    .Select(one => MomentView.Of(one.ExpiresAt)),
            ]);
    }

    private static Mark Check(string state) =>
        state switch
        {
            "wanted" => new Mark("To be told", Tone.Busy),
            "registered" => new Mark("Registered", Tone.Good),
            "refused" => new Mark("Refused by Vercel", Tone.Bad),
            "over" => new Mark("Over", Tone.Quiet),
            _ => throw new System.Diagnostics.UnreachableException(state),
        };

    private static IEnumerable<TransferLine> Transfers(Seq<TransferRow> offered, Seq<ArrivalRow> arrived, DateTimeOffset now) =>
        offered.Select(one => one.Target is { } target
                ? (one.AcceptedAt ?? one.OfferedAt, new TransferLine("Handed over to", MomentView.Of(one.AcceptedAt ?? one.OfferedAt), Installation(target)))
                : (one.OfferedAt, new TransferLine(now < one.ExpiresAt ? "Offered; nobody has claimed it yet" : "Offered; nobody claimed it in time", MomentView.Of(one.OfferedAt), null)))
            .Concat(arrived.Select(one => (one.At, new TransferLine("Came from", MomentView.Of(one.At), Installation(one.Source)))))
            .OrderByDescending(one => one.Item1)
            .Select(one => one.Item2);

    private static MessageLink Installation(string id) => new(OperatorPaths.Installation(new(id)), id);
}
