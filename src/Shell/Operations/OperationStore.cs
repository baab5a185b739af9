using System.Diagnostics;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs;
using Marketplace.Jobs.Operations;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Provisioning.Http;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Npgsql;

namespace Marketplace.Shell.Operations;

/// <summary>Operations in PostgreSQL, and what follows when one is closed: in one transaction with it.</summary>
internal sealed partial class OperationStore(
    NpgsqlDataSource database, SecretBox box, CatalogueInForce catalogue, Fulfilment fulfilment, TimeProvider clock, ILogger<OperationStore> log) : IOperations
{
    /// <summary>
    /// An answer is committed within moments of the outcome. Where it is not, the process has died, and Vercel must hear of new secrets
    /// before the old ones end.
    /// </summary>
    private static readonly TimeSpan AnswerGrace = TimeSpan.FromMinutes(1);

    public async Task<IReadOnlyList<Operation>> Claim(int operationsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var claimed = new List<Operation>();
        foreach (var row in await OperationRows.Claim(connection, operationsMax, lease, cancel))
        {
            try
            {
                claimed.Add(await WithResource(connection, row, cancel));
            }
            catch (CorruptRowException fault)
            {
                // One that nobody can carry out, because its product left the catalogue for instance, must not hold up the others.
                Unreadable(fault, row.Id.Value, row.Installation.Value);
                await OperationRows.Postpone(
                    connection, row.Installation, row.Id, nameof(CorruptRowException), Retries.After(row.Attempts), hasSeenTold: true, cancel);
            }
        }

        return claimed;
    }

    public async Task<Operation?> Claim(InstallationId installation, OperationId id, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await OperationRows.Claim(connection, installation, id, lease, cancel) is { } row
            ? await WithResource(connection, row, cancel)
            : null;
    }

    public async Task<bool> IsOpen(InstallationId installation, OperationId id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await OperationRows.IsOpen(connection, installation, id, cancel);
    }

    public async Task Postpone(Operation operation, string reason, TimeSpan delay, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await OperationRows.Postpone(
            connection, operation.Resource.Installation, operation.Id, reason, delay, hasSeenTold: operation.Told is not null, cancel);
    }

    public async Task Close(Operation operation, OperationOutcome outcome, ClosedBy closedBy, CancellationToken cancel)
    {
        var installation = operation.Resource.Installation;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        // The resource first, then the operation: the same order as everywhere, so that nobody waits in a circle.
        var resource = await ResourceRows.LoadForUpdate(transaction, installation, operation.Resource.Id, cancel)
            ?? throw new CorruptRowException("resource", operation.Resource.Id.Value, "an operation names it, but it is gone");
        if (await OperationRows.LockOpen(transaction, installation, operation.Id, cancel) is not { } handedOver)
            return;

        var closing = new Closing(transaction, new Writes(), operation, resource, handedOver, closedBy, clock.GetUtcNow(), cancel);
        var refusal = await Follow(closing, outcome);
        OperationRows.Close(closing.Writes, installation, operation.Id, refused: refusal is not null, refusal);
        await closing.Writes.Commit(transaction, cancel);
        if (operation.Request is OperationRequest.Provision)
            Measures.Provisioned(operation.Resource.Product.Value, OperationRunner.NameOf(outcome), closing.Now - operation.RequestedAt);
    }

    /// <summary>Writes what the outcome means for the resource. The reason of a refusal, or null.</summary>
    private async Task<string?> Follow(Closing closing, OperationOutcome outcome)
    {
        switch (closing.Operation.Request, outcome)
        {
            case (OperationRequest.Provision, OperationOutcome.Minted minted):
                Provisioned(closing, minted.Secrets);
                return null;
            case (OperationRequest.Provision, OperationOutcome.Refused(var reason)):
                NotProvisioned(closing, reason);
                return reason;
            case (OperationRequest.Provision, OperationOutcome.GivenUp(var reason)):
                NotProvisioned(closing, reason);
                return reason;
            case (OperationRequest.Rotate rotate, OperationOutcome.Minted minted):
                await Rotated(closing, rotate, minted.Secrets);
                return null;
            case (var request, OperationOutcome.Refused(var reason)):
                await NotDone(closing, request, reason);
                return reason;
            case (var request, OperationOutcome.GivenUp(var reason)):
                await NotDone(closing, request, reason);
                Undo(closing, request);
                return reason;
            case (OperationRequest.ExpireSecrets expire, OperationOutcome.Done):
                await Expired(closing, expire);
                return null;
            case (OperationRequest.Deprovision, OperationOutcome.Done):
                Fulfilment.Deprovisioned(closing.Writes, closing.Installation, closing.Resource.Id, closing.Actor, closing.Now);
                return null;
            case (OperationRequest.Resume, OperationOutcome.Done):
                closing.Tell(MessageKind.ResourceStatus, closing.Now);
                return null;
            case (OperationRequest.ChangePlan, OperationOutcome.Done):
                RefusedChange.Forget(closing);
                return null;
            case (OperationRequest.Suspend, OperationOutcome.Done):
            case (not OperationRequest.Deprovision, OperationOutcome.Moot):
                return null;
            default:
                throw new UnreachableException($"{closing.Operation.Request.GetType().Name} ended as {outcome.GetType().Name}");
        }
    }

    private void Provisioned(Closing closing, Seq<Secret> secrets)
    {
        // Deleted while it was being made: the deletion's own operation comes next and takes down what was made.
        if (closing.Resource is Resource.Uninstalled)
            return;

        closing.Apply(new ResourceCommand.CompleteProvisioning());
        var minted = SecretTransitions.Mint(closing.Resource.Id, closing.Operation.Id, closing.Now);
        SecretRows.SaveMinted(closing.Writes, box, closing.Installation, minted.Next, HeldSecrets.WholeOf(secrets));
        EventRows.Append(closing.Writes, closing.Installation, minted.Events, closing.Actor);
        // The plan begins when Vercel is told: by the answer, which withdraws the message, or else by the message. Where no answer was ever
        // given, Vercel is asked, after a repetition of the request has had its time.
        if (closing.HandedOver)
            closing.Tell(MessageKind.ResourceState, closing.Now);
        else
            closing.Tell(MessageKind.ResourceAdoption, closing.Now + OutboxDispatch.Patience);
    }

    /// <summary>
    /// Where the request, or its repetition, is answered with the refusal, Vercel never has the resource, and neither have we. Where it
    /// was told 'pending', the customer sees the error and deletes it.
    /// </summary>
    private void NotProvisioned(Closing closing, string reason)
    {
        if (closing.Resource is Resource.Uninstalled)
            return;

        var failed = closing.Apply(new ResourceCommand.FailProvisioning(reason));
        if (closing.HandedOver)
        {
            closing.Tell(MessageKind.ResourceState, closing.Now);
            // Half of it may be there: nobody keeps, or pays for, what the customer will never have.
            fulfilment.TakeDown(closing.Writes, closing.Installation, failed, closing.Actor, closing.Now);
        }
        else
            ResourceRemoval.Write(
                closing.Writes, fulfilment, closing.Installation, failed, PlanPeriods.Unopened(failed.Id), closing.Actor, closing.Now);
    }

    /// <summary>What was asked did not happen, and what was before goes on: the plan, the old secrets, the suspension.</summary>
    private async Task NotDone(Closing closing, OperationRequest request, string reason)
    {
        EventRows.Append(
            closing.Writes, closing.Installation, closing.Resource.Id, closing.Now, "operation.Refused",
            closing.Actor, new { operation = closing.Operation.Id.Value, reason });
        switch (request)
        {
            case OperationRequest.ChangePlan change:
                if (!await RefusedChange.TakeBack(closing, catalogue.Now, change, reason))
                    NotTakenBack(closing.Resource.Id.Value, closing.Installation.Value, reason);
                break;
            case OperationRequest.Resume when closing.Resource is Resource.Resumed:
                // Vercel shows it as suspended still, and hears why.
                closing.Apply(new ResourceCommand.Suspend(SuspensionCause.Provider, reason));
                closing.Tell(MessageKind.ResourceStatus, closing.Now);
                break;
        }
    }

    /// <summary>Nobody knows what the provisioner did before it fell silent: when it speaks again, it hears what is to be.</summary>
    private void Undo(Closing closing, OperationRequest request)
    {
        if (request is OperationRequest.ChangePlan)
            fulfilment.ChangePlan(closing.Writes, closing.Installation, closing.Resource, before: null, closing.Now);
        if (request is OperationRequest.Rotate)
            OperationRows.Append(
                closing.Writes, closing.Installation, closing.Resource.Id, Ids.Operation(),
                new OperationRequest.ExpireSecrets(Prelude.Seq1(closing.Operation.Id)), closing.Now);
    }

    private async Task Rotated(Closing closing, OperationRequest.Rotate rotate, Seq<Secret> secrets)
    {
        if (closing.Resource is Resource.Uninstalled)
            return;

        var current = await LoadSecrets(closing);
        var held = await SecretRows.LoadCurrent(closing.Transaction, box, closing.Installation, closing.Resource.Id, closing.Cancel);
        SecretTransitions.Apply(current, new SecretCommand.Rotate(closing.Operation.Id, rotate.OldSecretsLive), closing.Now).Match(
            Right: transition =>
            {
                SecretRows.SaveMinted(closing.Writes, box, closing.Installation, transition.Next, held.Rotated(secrets));
                EventRows.Append(closing.Writes, closing.Installation, transition.Events, closing.Actor);
            },
            Left: rejection => throw new UnreachableException(rejection.GetType().Name));
        // Withdrawn by an answer that has the secrets in it.
        var answerMayCome = closing is { HandedOver: false, ClosedBy: ClosedBy.Request };
        closing.Tell(MessageKind.ResourceSecrets, answerMayCome ? closing.Now + AnswerGrace : closing.Now);
    }

    private async Task Expired(Closing closing, OperationRequest.ExpireSecrets expire)
    {
        // The resource was taken down meanwhile, with every credential.
        if (closing.Resource is Resource.Uninstalled)
            return;

        var current = await LoadSecrets(closing);
        // Those of a rotation that was given up never were the customer's.
        var known = expire.Minted.Filter(mint => current.Generation(mint).IsSome).Strict();
        SecretTransitions.Apply(current, new SecretCommand.ConfirmEnd(known), closing.Now).Match(
            Right: transition =>
            {
                SecretRows.SaveEnded(closing.Writes, closing.Installation, transition.Next);
                EventRows.Append(closing.Writes, closing.Installation, transition.Events, closing.Actor);
            },
            Left: rejection => throw new UnreachableException(rejection.GetType().Name));
    }

    private static async Task<ResourceSecrets> LoadSecrets(Closing closing) =>
        await SecretRows.LoadForUpdate(closing.Transaction, closing.Installation, closing.Resource.Id, closing.Cancel)
        ?? throw new CorruptRowException("secret_generation", closing.Resource.Id.Value, "the resource has none, though it was made");

    private async Task<Operation> WithResource(NpgsqlConnection connection, ClaimedRow row, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var resource = await ResourceRows.Load(transaction, row.Installation, row.Resource, cancel)
            ?? throw new CorruptRowException("resource", row.Resource.Value, "an operation names it, but it is gone");
        var installation = await InstallationRows.Load(transaction, row.Installation, cancel)
            ?? throw new CorruptRowException("installation", row.Installation.Value, "an operation names it, but it is gone");
        return new Operation(
            row.Id, catalogue.Now.Provisioned(installation, resource), catalogue.Now.ProvisionerOf(resource), row.Request, row.Attempts,
            row.Told is { } told ? OutcomeIntake.Read(box, row.Installation, row.Id, row.Request.Mints, told) : null,
            Moot: resource is Resource.Uninstalled or Resource.Error && row.Request is not OperationRequest.Deprovision)
        {
            RequestedAt = row.RequestedAt, Cause = row.Cause,
        };
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Resource {ResourceId} of installation {InstallationId} could not be changed ({Reason}), and what was before cannot come back by itself: its plan is not what was made")]
    private partial void NotTakenBack(string resourceId, string installationId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Operation {OperationId} of installation {InstallationId} cannot be read; it is looked at again later")]
    private partial void Unreadable(Exception fault, string operationId, string installationId);
}
