using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Connections;
using Marketplace.Core.Deployments;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.NonPayment;
using Marketplace.Core.Notifications;
using Marketplace.Core.ProviderEvents;
using Marketplace.Core.Refunds;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Core.Transfers;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderEvents;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Audit;

/// <summary>The audit: what happened, written with the state that it changed, and never changed itself.</summary>
internal static class EventRows
{
    private const string Into = "insert into domain_event (installation_id, occurred_at, resource_id, kind, actor, cause, detail)";

    private const string AppendSql = $"{Into} values ($1, $2, $3, $4, $5, $6, $7)";

    // Most decisions tell two or three things: without arrays, which cost as much as another row.
    private const string AppendTwoSql = $"{Into} values ($1, $2, $3, $4, $5, $6, $7), ($8, $9, $10, $11, $12, $13, $14)";

    private const string AppendThreeSql = $"""
        {Into} values ($1, $2, $3, $4, $5, $6, $7), ($8, $9, $10, $11, $12, $13, $14), ($15, $16, $17, $18, $19, $20, $21)
        """;

    // In the order of the arrays, so that the audit numbers them as they happened.
    private const string AppendManySql = $"""
        {Into}
        select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
        """;

    private static readonly Inserts Appended = new(AppendSql, AppendManySql, AppendTwoSql, AppendThreeSql);

    public static void Append(Writes writes, Seq<InstallationEvent> events, Actor actor)
    {
        foreach (var happened in events)
        {
            Append(writes, happened.Id, null, happened.At, Kind("installation", happened), actor, Detail(happened));
            Tell(writes, happened.Id, happened.At, ProviderNews.Of(happened));
        }
    }

    public static void Append(Writes writes, Seq<ConnectionEvent> events, Actor actor)
    {
        foreach (var happened in events)
            Append(writes, happened.Id, null, happened.At, Kind("connection", happened), actor, Detail(happened));
    }

    public static void Append(Writes writes, InstallationId installation, Seq<ResourceEvent> events, Actor actor)
    {
        foreach (var happened in events)
        {
            Append(writes, installation, happened.Id, happened.At, Kind("resource", happened), actor, Detail(happened));
            Tell(writes, installation, happened.At, ProviderNews.Of(happened));
        }
    }

    public static void Append(Writes writes, InstallationId installation, Seq<SecretEvent> events, Actor actor)
    {
        foreach (var happened in events)
        {
            Append(writes, installation, happened.Resource, happened.At, Kind("secrets", happened), actor, Detail(happened));
            Tell(writes, installation, happened.At, ProviderNews.Of(happened));
        }
    }

    public static void Append(Writes writes, InstallationId installation, Seq<InvoiceEvent> events, Actor actor)
    {
        foreach (var happened in events)
        {
            Append(writes, installation, null, happened.At, Kind("invoice", happened), actor, Detail(happened));
            Tell(writes, installation, happened.At, ProviderNews.Of(happened));
        }
    }

    public static void Append(Writes writes, InstallationId installation, Seq<BalanceEvent> events, Actor actor)
    {
        foreach (var happened in events)
        {
            Append(
                writes, installation, happened.Resource.MatchUnsafe<ResourceId?>(id => id, () => null), happened.At, Kind("balance", happened),
                actor, Detail(happened));
            Tell(writes, installation, happened.At, ProviderNews.Of(happened));
        }
    }

    /// <param name="installation">Source or target: what is accepted concerns both.</param>
    public static void Append(Writes writes, InstallationId installation, Seq<TransferEvent> events, Actor actor)
    {
        foreach (var happened in events)
            Append(writes, installation, null, happened.At, Kind("transfer", happened), actor, Detail(happened));
    }

    public static void Append(Writes writes, Seq<PaymentEvent> events, Actor actor)
    {
        foreach (var happened in events)
            Append(writes, happened.Id, null, happened.At, Kind("payment", happened), actor, Detail(happened));
    }

    public static void Append(Writes writes, InstallationId installation, Seq<RefundEvent> events, Actor actor)
    {
        foreach (var happened in events)
            Append(writes, installation, null, happened.At, Kind("refund", happened), actor, Detail(happened));
    }

    public static void Append(Writes writes, InstallationId installation, Seq<DeploymentActionEvent> events, Actor actor)
    {
        foreach (var happened in events)
            Append(writes, installation, happened.Id.Resource, happened.At, Kind("deploymentAction", happened), actor, Detail(happened));
    }

    /// <summary>A fact that has no event type of its own in Core.</summary>
    public static void Append(
        Writes writes, InstallationId installation, ResourceId? resource, DateTimeOffset at, string kind, Actor actor,
        object detail) =>
        writes.AddRow(
            Appended, installation.Value, at, resource?.Value, kind, actor.Name, actor.Cause,
            new Jsonb(JsonSerializer.Serialize(detail)));

    /// <summary>The provider's backend hears of it as well.</summary>
    private static void Tell(Writes writes, InstallationId installation, DateTimeOffset at, Option<ProviderEvent> happened) =>
        happened.IfSome(news => ProviderEventRows.Append(writes, installation, at, news));

    private static string Kind(string concept, object happened) => $"{concept}.{happened.GetType().Name}";

    private static object Detail(InstallationEvent happened) =>
        happened switch
        {
            InstallationEvent.Installed e => new { accountId = e.AccountId.Value, plan = e.Plan.Map(p => p.Value).OrNull() },
            InstallationEvent.Registered => new { },
            InstallationEvent.AccountChanged => new { },
            InstallationEvent.MovedToTeam e => new { from = e.From.Value, to = e.To.Value },
            InstallationEvent.ScopesChanged e => new { scopes = e.Scopes.ToArray() },
            InstallationEvent.PlanChanged e => new { from = e.From.Map(p => p.Value).OrNull(), to = e.To.Value },
            InstallationEvent.Notified e => new { source = e.Source.ToString(), notice = e.Notice.Map(notice => notice.Title).OrNull() },
            InstallationEvent.UninstallRequested e => new { reason = e.Reason },
            InstallationEvent.Finalized => new { },
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    private static object Detail(ConnectionEvent happened) =>
        happened switch
        {
            ConnectionEvent.Connected e => new { owner = OwnerOf(e.Owner), user = e.User },
            ConnectionEvent.Reconnected e => new { owner = OwnerOf(e.Owner), user = e.User },
            ConnectionEvent.MovedToTeam e => new { from = OwnerOf(e.From), to = e.To.Id },
            ConnectionEvent.Ended e => new { replacedBy = e.Why is ConnectionEnd.Replaced replaced ? replaced.By.Value : null },
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    private static string OwnerOf(ConnectionOwner owner) =>
        owner switch
        {
            ConnectionOwner.Team team => team.Id,
            ConnectionOwner.Person person => person.UserId,
            _ => throw new UnreachableException(owner.GetType().Name),
        };

    private static object Detail(ResourceEvent happened) =>
        happened switch
        {
            ResourceEvent.ProvisioningRequested e => new { product = e.Product.Value, plan = e.Plan.Map(p => p.Value).OrNull() },
            ResourceEvent.ImportRequested e => new
            {
                product = e.Product.Value, ownership = Ownerships.NameOf(e.Ownership), reference = Ownerships.ReferenceOf(e.Ownership),
            },
            ResourceEvent.OnboardingAwaited or ResourceEvent.Onboarded => new { },
            ResourceEvent.BecameReady => new { },
            ResourceEvent.ProvisioningFailed e => new { reason = e.Reason },
            ResourceEvent.FaultReported e => new { reason = e.Reason },
            ResourceEvent.Recovered => new { },
            ResourceEvent.Renamed e => new { from = e.From, to = e.To },
            ResourceEvent.MetadataChanged => new { },
            ResourceEvent.PlanChanged e => new { from = e.From.Map(p => p.Value).OrNull(), to = e.To.Value },
            ResourceEvent.CameUnderInstallation e => new { from = e.From.Value },
            ResourceEvent.PlanScheduled e => new { plan = e.Plan.Value, effectiveAt = e.EffectiveAt },
            ResourceEvent.ScheduledPlanWithdrawn e => new { plan = e.Plan.Value },
            ResourceEvent.OptedInToExperiments e => new { edgeConfigId = e.EdgeConfigId },
            ResourceEvent.Suspended e => new { cause = e.Cause.ToString(), reason = e.Reason },
            ResourceEvent.SuspensionEased e => new { cause = e.Cause.ToString() },
            ResourceEvent.Resumed e => new { cause = e.Cause.ToString() },
            ResourceEvent.Notified e => new { source = e.Source.ToString(), notice = e.Notice.Map(notice => notice.Title).OrNull() },
            ResourceEvent.Uninstalled => new { },
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    private static object Detail(SecretEvent happened) =>
        happened switch
        {
            SecretEvent.Minted e => new { operation = e.Operation.Value },
            SecretEvent.Rotated e => new { operation = e.Operation.Value, previousExpireAt = e.PreviousExpireAt },
            SecretEvent.Pushed e => new { names = e.Names.ToArray(), partial = e.IsPartial },
            SecretEvent.Ended e => new { mintedBy = e.MintedBy.Value },
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    private static object Detail(TransferEvent happened) =>
        happened switch
        {
            TransferEvent.Offered e => new { claim = e.Id.Value, resources = Values(e.Resources), expiresAt = e.ExpiresAt },
            TransferEvent.Quoted e => new { claim = e.Id.Value, target = e.Target.Value, plan = e.Plan.Plan.Value, price = e.Plan.Price.Amount },
            TransferEvent.Accepted e => new
            {
                claim = e.Id.Value, source = e.Source.Value, target = e.Target.Value, resources = Values(e.Resources),
            },
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    private static string[] Values(Seq<ResourceId> resources) => [.. resources.Select(id => id.Value)];

    private static object Detail(InvoiceEvent happened) =>
        happened switch
        {
            InvoiceEvent.Drafted e => new { invoice = e.Id.Value, total = e.Total.Amount },
            InvoiceEvent.Skipped e => new { invoice = e.Id.Value, total = e.Total.Amount, rest = e.Rest.ToString() },
            InvoiceEvent.FoundThere e => new { invoice = e.Id.Value },
            InvoiceEvent.Submitted e => new { invoice = e.Id.Value },
            InvoiceEvent.Refused e => new { invoice = e.Id.Value, reasons = e.Reasons.ToArray() },
            InvoiceEvent.Accepted e => new { invoice = e.Id.Value, vercelId = e.VercelId.Value },
            InvoiceEvent.PaymentFailed e => new { invoice = e.Id.Value, failedAt = e.FailedAt },
            InvoiceEvent.BecameOverdue e => new { invoice = e.Id.Value },
            InvoiceEvent.Paid e => new { invoice = e.Id.Value, paidAt = e.PaidAt },
            InvoiceEvent.RefundRequested e => new { invoice = e.Id.Value },
            InvoiceEvent.Refunded e => new { invoice = e.Id.Value, amount = e.Amount.Amount, reason = e.Reason },
            InvoiceEvent.Completed e => new { invoice = e.Id.Value },
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    private static object Detail(PaymentEvent happened) =>
        happened switch
        {
            PaymentEvent.Warned e => Detail(e.Arrears),
            PaymentEvent.Degraded e => Detail(e.Arrears),
            PaymentEvent.Suspended e => Detail(e.Arrears),
            PaymentEvent.ArrearsChanged e => Detail(e.Arrears),
            PaymentEvent.Restored => new { },
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    private static object Detail(Arrears arrears) => new { owed = arrears.Owed.Amount, invoices = arrears.Invoices, since = arrears.Since };

    private static object Detail(RefundEvent happened) =>
        happened switch
        {
            RefundEvent.Requested e => new { refund = e.Id.Value, invoice = e.Invoice.Value, amount = e.Amount.Amount, reason = e.Reason },
            RefundEvent.Sent e => new { refund = e.Id.Value },
            RefundEvent.Accepted e => new { refund = e.Id.Value },
            RefundEvent.Completed e => new { refund = e.Id.Value, refundedAt = e.RefundedAt },
            RefundEvent.Failed e => new { refund = e.Id.Value, reason = e.Reason },
            RefundEvent.LeftUnknown e => new { refund = e.Id.Value },
            _ => throw new UnreachableException(happened.GetType().Name),
        };

    private static object Detail(DeploymentActionEvent happened)
    {
        var (deployment, action) = (happened.Id.Deployment, happened.Id.Slug);
        return happened switch
        {
            DeploymentActionEvent.GivenUp e => new { deployment, action, reason = e.Reason },
            DeploymentActionEvent.Failed e => new { deployment, action, reason = e.Reason },
            DeploymentActionEvent.CleanUpAsked e => new { deployment, action, removedFrom = e.RemovedFrom },
            DeploymentActionEvent.Started or DeploymentActionEvent.Succeeded or DeploymentActionEvent.Canceled or DeploymentActionEvent.Removed =>
                new { deployment, action },
            _ => throw new UnreachableException(happened.GetType().Name),
        };
    }

    private static object Detail(BalanceEvent happened) =>
        happened switch
        {
            BalanceEvent.Credited e => new { vercelInvoice = e.Invoice.Value, amount = e.Amount.Amount },
            BalanceEvent.Adjusted e => new { adjustment = e.Adjustment.Value, amount = e.Amount.Amount, reason = e.Reason },
            BalanceEvent.Burnt e => new
            {
                plan = e.Plan.Value, period = e.Period.Start, hour = e.Hour.Start, amount = e.Amount.Amount,
            },
            _ => throw new UnreachableException(happened.GetType().Name),
        };
}
