using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Secrets;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Usage;
using Microsoft.Extensions.Logging;
using static LanguageExt.Prelude;

namespace Marketplace.Jobs.Operations;

/// <summary>Carries out one claimed operation: calls the provisioner outside any transaction, then commits the outcome.</summary>
public sealed partial class OperationRunner(
    IOperations operations, Provisioners provisioners, IMeasurements measurements, TimeProvider clock, ILogger<OperationRunner> log)
{
    /// <summary>Longer than <see cref="CallMax"/>, so that nobody else takes an operation whose call is still under way.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Four hours of <see cref="Retries"/>: then the customer had better know than wait. Everything else is tried without end,
    /// because giving it up would leave something behind.
    /// </summary>
    private const int ProvisionAttemptsMax = 24;

    /// <summary>A meter that stays broken must keep no resource from being made or taken down.</summary>
    private const int ReadingsMax = 3;

    /// <summary>Closes the operation, or gives it back to be tried again.</summary>
    public async Task Run(Operation operation, ClosedBy closedBy, CancellationToken cancel)
    {
        try
        {
            OperationOutcome outcome =
                operation.Moot ? new OperationOutcome.Moot()
                : IsHopeless(operation) ? new OperationOutcome.Refused("The service did not answer for several hours.")
                : await CallInTime(operation, cancel);
            await operations.Close(operation, outcome, closedBy, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The process stops. The lease runs out, and the sweep of another one goes on.
            throw;
        }
        catch (Exception fault)
        {
            await GiveBack(operation, fault, cancel);
        }
    }

    private static bool IsHopeless(Operation operation) =>
        operation is { Request: OperationRequest.Provision, Attempts: > ProvisionAttemptsMax };

    private async Task<OperationOutcome> CallInTime(Operation operation, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(CallMax);
        return await Call(operation, limit.Token);
    }

    private async Task<OperationOutcome> Call(Operation operation, CancellationToken cancel)
    {
        var (provisioner, resource) = (provisioners.Named(operation.Provisioner), operation.Resource);
        switch (operation.Request)
        {
            case OperationRequest.Provision:
                var provisioned = Outcome(await provisioner.Provision(resource, operation.Id, cancel));
                // A counter is billed by its growth: the first reading is where it starts from.
                if (provisioned is OperationOutcome.Minted)
                    await Measure(provisioner, operation, clock.GetUtcNow(), cancel);
                return provisioned;
            case OperationRequest.Rotate:
                return Outcome(await provisioner.Rotate(resource, operation.Id, cancel));
            case OperationRequest.ChangePlan change:
                await Measure(provisioner, operation, change.ChangedAt, cancel);
                await provisioner.ChangePlan(resource, operation.Id, cancel);
                return new OperationOutcome.Done();
            case OperationRequest.Suspend:
                await provisioner.Suspend(resource, operation.Id, cancel);
                return new OperationOutcome.Done();
            case OperationRequest.Resume:
                await provisioner.Resume(resource, operation.Id, cancel);
                return new OperationOutcome.Done();
            case OperationRequest.ExpireSecrets expire:
                await provisioner.ExpireSecrets(resource, expire.Minted, cancel);
                return new OperationOutcome.Done();
            case OperationRequest.Deprovision deprovision:
                await Measure(provisioner, operation, deprovision.UninstalledAt, cancel);
                await provisioner.Deprovision(resource, operation.Id, cancel);
                return new OperationOutcome.Done();
            default:
                throw new UnreachableException(operation.Request.GetType().Name);
        }
    }

    private async Task Measure(IProvisioner provisioner, Operation operation, DateTimeOffset at, CancellationToken cancel)
    {
        Seq<Measurement> read;
        try
        {
            read = await Meter.Read(provisioner, operation.Resource, at, cancel);
        }
        catch (Exception fault) when (operation.Attempts >= ReadingsMax && !cancel.IsCancellationRequested)
        {
            NotMeasured(fault, operation.Resource.Id.Value, operation.Id.Value);
            return;
        }

        // What was read is never given up: a store that is down now keeps the operation open.
        await measurements.Record(operation.Resource.Installation, read, cancel);
    }

    private async Task GiveBack(Operation operation, Exception fault, CancellationToken cancel)
    {
        var delay = Retries.After(operation.Attempts);
        Failed(fault, operation.Id.Value, operation.Resource.Id.Value, operation.Attempts, delay);
        // The type says enough for the list of open operations; the message may quote what a server said.
        await operations.Postpone(operation, fault.GetType().Name, delay, cancel);
    }

    private static OperationOutcome Outcome(Either<ProvisionerRefusal, Seq<Secret>> answer) =>
        match<ProvisionerRefusal, Seq<Secret>, OperationOutcome>(
            answer,
            Right: secrets => new OperationOutcome.Minted(secrets),
            Left: refusal => new OperationOutcome.Refused(refusal.Reason));

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Operation {OperationId} on resource {ResourceId} failed at attempt {Attempt}; it is tried again in {Delay}")]
    private partial void Failed(Exception fault, string operationId, string resourceId, int attempt, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Resource {ResourceId} cannot be measured; operation {OperationId} goes on without this reading, and what it counted is not billed")]
    private partial void NotMeasured(Exception fault, string resourceId, string operationId);
}
