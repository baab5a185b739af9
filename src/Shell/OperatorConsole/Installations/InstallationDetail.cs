using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.NonPayment;
using Marketplace.Core.Notifications;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Installations;
using Marketplace.Shell.Balances;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.OperatorConsole.Billing;
using Marketplace.Shell.OperatorConsole.Installations.Pages;
using Marketplace.Shell.OperatorConsole.Notices;
using Marketplace.Shell.OperatorConsole.Outbox;
using Marketplace.Shell.OperatorConsole.Runbook;
using Marketplace.Shell.OperatorConsole.Timeline;
using Marketplace.Shell.OperatorConsole.Webhooks;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Settlement;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Installations;

/// <summary>GET /ops/installations/{installationId}: all that there is to know of one.</summary>
internal static class InstallationDetail
{
    public const string List = $"{OperatorPaths.Root}/installations";

    public static readonly RequestDelegate Route = OperatorEndpoint.Page(Show);

    private const int NewestMax = 10;

    private const int InvoicesMax = 20;

    /// <summary>Nobody counts further.</summary>
    private const int CountedMax = 1000;

    private static async Task<IResult> Show(
        Operator person, string installationId, HttpRequest request, CatalogueInForce catalogue, PeriodStore periods, IUninstalls uninstalls,
        OperatorMessages messages, NpgsqlDataSource database, CancellationToken cancel)
    {
        var (id, address, loads) = (new InstallationId(installationId), OperatorPaths.Installation(new(installationId)), new Loads());
        var asked = TimelineReading.Asked(request);
        var listed = InstallationListRows.Load(loads, id);
        var known = InstallationRows.Load(loads, id);
        var resources = InstallationListRows.CountByStatus(loads, id);
        var newest = ResourceListRows.Page(loads, id, new ResourceFilter(null, null, null, null), NewestFirst.Start.At, NewestFirst.Start.Id, NewestMax);
        var standing = PaymentStandingRows.Load(loads, id);
        var balances = BalanceListRows.Last(loads, id);
        var invoices = InstallationStateRows.OpenInvoices(loads, id, InvoicesMax);
        var token = InstallationStateRows.Token(loads, id);
        var waiting = InstallationStateRows.Waiting(loads, id, CountedMax);
        var timeline = asked.Look(loads, id, null, address);
        await loads.Read(database, cancel);
        if (listed.Value is not { } row || known.Value is not { } installation || token.Value is not { } held)
            return messages.NoSuch(person.Frame, "Installation", List, "All installations");

        var uninstall = installation is Installation.Uninstalling ? await uninstalls.Load(id, cancel) : null;
        var period = installation is Installation.Finalized ? null : await periods.Read(id, beside: null, cancel);
        return OperatorPage.Of<InstallationPage>(person.Frame, new InstallationView(
            row.Id, address, row.AccountName ?? row.AccountId, OperatorMarks.OfInstallation(row.Stage),
            OperatorMarks.OfStanding(PaymentStandingRows.Name(standing.Value)),
            [.. Concerns(id, waiting.Value, held, invoices.Value, resources.Value, uninstall)],
            Uninstall(row, uninstall, uninstalls.Window),
            [.. Account(row, installation)], [.. Policies(installation)],
            InstallationPlans.CardOf(catalogue.Now, installation),
            new HeldResourcesView(
                [.. resources.Value.Select(one => new CountedStatus(OperatorMarks.OfResource(one.Status), Shown.Quantity(one.Resources), ResourcesOf(id, one.Status)))],
                [.. newest.Value.Select(one => new HeldResource(
                    OperatorPaths.Resource(id, one.Id.Value), one.Facts.Name, one.Facts.Product.Value, OperatorMarks.Of(one), one.Facts.Plan.Map(plan => plan.Value).OrNull()))],
                ResourcesOf(id, null)),
            Money(id, period, standing.Value, balances.Value, invoices.Value),
            [.. Token(held)],
            ToldNotices.Of(
                address, NotificationWire.Of(installation.Notice), installation is Installation.Active { Notices: var told } ? told : Core.Notifications.Notices.None,
                installation is Installation.Active),
            installation is Installation.Active, timeline()));
    }

    private static string ResourcesOf(InstallationId id, string? status) =>
        $"{OperatorPaths.Root}/resources?installation={Uri.EscapeDataString(id.Value)}{(status is null ? "" : $"&status={status}")}";

    /// <summary>What was given up, where it can be had once more.</summary>
    private static string DeadOf(string list, InstallationId id) => $"{list}?installation={Uri.EscapeDataString(id.Value)}&state=dead";

    private static IEnumerable<Fact> Account(ListedInstallation row, Installation installation)
    {
        var registration = (installation as Installation.Active)?.Registration ?? (installation as Installation.Uninstalling)?.Registration;
        (string Label, string? Value)[] all =
        [
            ("Installation", row.Id), ("Team", row.AccountName), ("Team ID", row.AccountId), ("At Vercel", row.AccountUrl),
            ("Contact", row.ContactName), ("Contact e-mail", row.ContactEmail), ("Installed", Shown.Moment(row.InstalledAt)),
            ("Billing periods begin", $"Day {installation.Anchor.Day}, {installation.Anchor.Hour:00}:00 UTC"),
            ("Scopes", registration is null ? null : string.Join(", ", registration.Scopes)),
        ];
        return all.Where(one => one.Value is { Length: > 0 }).Select(one => new Fact(one.Label, one.Value!));
    }

    private static IEnumerable<Fact> Policies(Installation installation) =>
        ((installation as Installation.Active)?.Registration ?? (installation as Installation.Uninstalling)?.Registration)?.AcceptedPolicies
            .AsEnumerable().Select(policy => new Fact(policy.Key, Shown.Moment(policy.Value))) ?? [];

    private static IEnumerable<ConcernView> Concerns(
        InstallationId id, WaitingWork waiting, TokenState token, Seq<OpenInvoice> invoices, Seq<(string Status, int Resources)> resources, Uninstall? uninstall)
    {
        (int Count, string One, string? Many, string Text, string? Address, string? Help)[] counted =
        [
            (resources.Filter(one => one.Status == "error").Sum(one => one.Resources), "resource", null, "could not be provisioned. The customer reads why, and can delete what failed.", ResourcesOf(id, "error"), null),
            (waiting.FaultyResources, "resource", null, "out of order, as you told the customer.", ResourcesOf(id, "error"), null),
            (waiting.StuckOperations, "operation", null, "failed several times. The next attempt comes by itself; the page of the resource says why.", null, RunbookLinks.OperationsStuck),
            (waiting.DeadMessages, "message to Vercel", "messages to Vercel", "could not be delivered: given up.", DeadOf(OutboxPaths.Root, id), RunbookLinks.OutboxDead),
            (waiting.DeadWebhooks, "webhook", null, "could not be processed: given up.", DeadOf(WebhookPaths.Root, id), RunbookLinks.WebhooksDead),
            (invoices.Filter(one => one.State == "refused").Count, "invoice", null, "refused by Vercel: nobody is charged until that is mended.", BillingPaths.InvoicesOf(id.Value), RunbookLinks.InvoiceRefused),
        ];
        foreach (var (count, one, many, text, address, help) in counted.Where(one => one.Count > 0))
            yield return new ConcernView(Counted.Of(count, one, many), text, address, help);
        if (!token.IsHeld && token.RetiredAt is { } retired && uninstall is null)
            yield return new ConcernView("No token", $"Vercel said on {Shown.Moment(retired)} that the installation is over. Nothing can be told or billed.");
        if (uninstall?.Hindrance is Hindrance.Refused refused)
            yield return new ConcernView("The uninstall waits for a person", $"{refused.Text}.", null, RunbookLinks.UninstallLate);
    }

    private static UninstallView? Uninstall(ListedInstallation row, Uninstall? going, TimeSpan window)
    {
        if (row.UninstallRequestedAt is not { } requested)
            return null;
        (string Label, string? Value)[] facts =
        [
            ("Asked for", Shown.Moment(requested)), ("Reason", row.UninstallReason),
            ("Token dies", row.FinalizedAt is null ? Shown.Moment(requested + window) : null),
            ("Vercel says that it is over", going is { IsRemoved: true } ? "yes" : null),
            ("Finalized", row.FinalizedAt is { } over ? Shown.Moment(over) : null),
        ];
        return new UninstallView(
            row.FinalizedAt is not null, [.. facts.Where(one => one.Value is { Length: > 0 }).Select(one => new Fact(one.Label, one.Value!))],
            going?.Hindrance?.Text);
    }

    private static IEnumerable<Fact> Token(TokenState token)
    {
        yield return new Fact("Held", token.IsHeld ? "yes, encrypted" : "no");
        if (token.IsHeld)
            yield return new Fact("Made", token.RotatedAt is { } rotated ? Shown.Moment(rotated) : $"{Shown.Moment(token.InstalledAt)}, when it was installed, or at an upsert since");
        if (token.RetiredAt is { } retired)
            yield return new Fact("Forgotten", $"{Shown.Moment(retired)}, when Vercel said that the installation is over");
        if (token.IsRotating)
        {
            yield return new Fact(
                "Being replaced",
                token.IsFormerKept ? "the new one is in use; the one before is to be revoked"
                : token.IsNextMade ? "a new one is made, and has to work first"
                : "a new one is to be made");
        }

        if (token is { IsRotating: true, RotationAttempts: > 1 })
            yield return new Fact("Attempts", Shown.Quantity(token.RotationAttempts));
    }

    private static InstallationMoneyView Money(
        InstallationId id, PeriodReading? period, PaymentStanding standing, Seq<ListedBalance> balances, Seq<OpenInvoice> invoices) => new(
        period is null ? null : Shown.Period(period.Period),
        period is null ? null : PlanViews.Of(period.Charges, _ => true),
        standing.Owes.Match<IReadOnlyList<Fact>>(
            arrears =>
            [
                new("Owed", Shown.Money(arrears.Owed)), new("On", Counted.Of(arrears.Invoices, "invoice")), new("Since", Shown.Moment(arrears.Since)),
            ],
            () => []),
        [.. balances.Select(one => new Fact(
            one.Resource ?? "The installation as a whole",
            one.EmptySince is { } empty ? $"{Shown.Money(one.Amount)}, empty since {Shown.Moment(empty)}" : Shown.Money(one.Amount)))],
        [.. invoices.Select(one => new OpenInvoiceView(
            BillingPaths.Invoice(id.Value, one.Id), one.Id, one.VercelId, Shown.Period(new(one.PeriodStart, one.PeriodEnd)), OperatorMarks.OfInvoice(one.State), Shown.Money(one.Total), MomentView.Of(one.ChangedAt)))],
        [
            new(BillingPaths.InvoicesOf(id.Value), "Invoices"), new(BillingPaths.StatementsOf(id.Value), "Statements"),
            new(BillingPaths.SlotsOf(id.Value), "Hours reported"),
            .. balances.IsEmpty ? (MessageLink[])[] : [new(BillingPaths.BalancesOf(id.Value), "Balances")],
        ]);
}
