using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Secrets;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Telemetry;
using Marketplace.Jobs.Usage;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Operations;

/// <summary>Carries out one claimed operation: calls the provisioner outside any transaction, then commits the outcome.</summary>
public sealed partial class OperationRunner(
    IOperations operations, Provisioners provisioners, IMeasurements measurements, TimeProvider clock, ILogger<OperationRunner> log)
{
    /// <summary>Longer than <see cref="CallMax"/>, so that nobody else takes an operation whose call is still under way.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Four hours of <see cref="Retries"/>: then the customer had better know than wait. What takes service or something else away, or
    /// gives service back, is tried without end, because giving it up would leave something behind.
    /// </summary>
    private const int ProvisionAttemptsMax = 24;

    /// <summary>About a day. Until then the resource works as before, and the customer is not billed by a plan that was never made.</summary>
    private const int ChangeAttemptsMax = 100;

    /// <summary>A meter that stays broken must keep no resource from being made or taken down.</summary>
    private const int ReadingsMax = 3;

    /// <summary>Closes the operation, or gives it back to be tried again.</summary>
    public async Task Run(Operation operation, ClosedBy closedBy, CancellationToken cancel)
    {
        // Within the request that asked for it, or for its own sake and linked to that.
        using var span = Traces.Begin("operation", operation.Resource.Installation, closedBy == ClosedBy.Request ? null : operation.Cause)
            ?.SetTag(Traces.KindTag, NameOf(operation.Request)).SetTag(Traces.ResourceTag, operation.Resource.Id.Value)
            .SetTag(Traces.ProductTag, operation.Resource.Product.Value).SetTag(Traces.ProvisionerTag, operation.Provisioner)
            .SetTag(Traces.AttemptTag, operation.Attempts);
        try
        {
            if (operation.Moot)
                await Close(operation, new OperationOutcome.Moot(), closedBy, cancel);
            else if (IsHopeless(operation))
                await Close(operation, new OperationOutcome.GivenUp("The service did not answer for several hours."), closedBy, cancel);
            else
                await Settle(operation, await CallInTime(operation, cancel), closedBy, cancel);
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

    /// <summary>As metrics and spans call it.</summary>
    public static string NameOf(OperationOutcome outcome) =>
        outcome switch
        {
            OperationOutcome.Done or OperationOutcome.Minted => "done",
            OperationOutcome.Moot => "moot",
            OperationOutcome.Refused => "refused",
            OperationOutcome.GivenUp => "given_up",
            _ => throw new UnreachableException(outcome.GetType().Name),
        };

    private static string NameOf(OperationRequest request) =>
        request switch
        {
            OperationRequest.Provision => "provision",
            OperationRequest.ChangePlan => "change_plan",
            OperationRequest.Suspend => "suspend",
            OperationRequest.Resume => "resume",
            OperationRequest.Rotate => "rotate",
            OperationRequest.ExpireSecrets => "expire_secrets",
            OperationRequest.Deprovision => "deprovision",
            _ => throw new UnreachableException(request.GetType().Name),
        };

    private async Task Close(Operation operation, OperationOutcome outcome, ClosedBy closedBy, CancellationToken cancel)
    {
        await operations.Close(operation, outcome, closedBy, cancel);
        Traces.Ends(NameOf(outcome));
    }

    private static bool IsHopeless(Operation operation) =>
        operation is { Told: null } && operation.Attempts > operation.Request switch
        {
            OperationRequest.Provision => ProvisionAttemptsMax,
            OperationRequest.ChangePlan or OperationRequest.Rotate => ChangeAttemptsMax,
            _ => int.MaxValue,
        };

    private async Task Settle(
        Operation operation, ProvisionerAnswer<OperationOutcome> answer, ClosedBy closedBy, CancellationToken cancel)
    {
        switch (answer)
        {
            case ProvisionerAnswer<OperationOutcome>.Done(var outcome):
                await Close(operation, outcome, closedBy, cancel);
                break;
            case ProvisionerAnswer<OperationOutcome>.Refused(var reason) when TakesAway(operation.Request):
                // Nobody may keep what the customer was told is gone: it is asked for until it is.
                var delay = Retries.After(operation.Attempts);
                NotTakenAway(operation.Id.Value, operation.Resource.Id.Value, operation.Attempts, reason, delay);
                await operations.Postpone(operation, "refused", delay, cancel);
                break;
            case ProvisionerAnswer<OperationOutcome>.Refused(var reason):
                Refused(operation.Id.Value, operation.Resource.Id.Value, reason);
                await Close(operation, new OperationOutcome.Refused(reason), closedBy, cancel);
                break;
            case ProvisionerAnswer<OperationOutcome>.Pending(var askAfter):
                await operations.Postpone(operation, "pending", Retries.After(operation.Attempts, askAfter), cancel);
                Traces.Ends("pending");
                break;
            default:
                throw new UnreachableException(answer.GetType().Name);
        }
    }

    private static bool TakesAway(OperationRequest request) => request is OperationRequest.ExpireSecrets or OperationRequest.Deprovision;

    private async Task<ProvisionerAnswer<OperationOutcome>> CallInTime(Operation operation, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(CallMax);
        var (since, outcome) = (Stopwatch.GetTimestamp(), "failed");
        try
        {
            var answer = await Call(operation, limit.Token);
            outcome = answer switch
            {
                ProvisionerAnswer<OperationOutcome>.Done => "done",
                ProvisionerAnswer<OperationOutcome>.Refused => "refused",
                ProvisionerAnswer<OperationOutcome>.Pending => "pending",
                _ => throw new UnreachableException(answer.GetType().Name),
            };
            return answer;
        }
        finally
        {
            // What somebody has told by himself, nobody was asked.
            if (operation.Told is null)
                Measures.ProvisionerAnswered(operation.Provisioner, NameOf(operation.Request), outcome, since);
        }
    }

    private async Task<ProvisionerAnswer<OperationOutcome>> Call(Operation operation, CancellationToken cancel)
    {
        var (provisioner, resource) = (provisioners.Named(operation.Provisioner), operation.Resource);
        // Whoever has told of it by himself is not asked again.
        var (told, done) = (operation.Told, operation.Told?.Map(_ => Prelude.unit));
        switch (operation.Request)
        {
            case OperationRequest.Provision:
                var provisioned = Minted(told ?? await provisioner.Provision(resource, operation.Id, cancel));
                // A counter is billed by its growth: the first reading is where it starts from.
                if (provisioned is ProvisionerAnswer<OperationOutcome>.Done)
                    await Measure(provisioner, operation, clock.GetUtcNow(), cancel);
                return provisioned;
            case OperationRequest.Rotate:
                return Minted(told ?? await provisioner.Rotate(resource, operation.Id, cancel));
            case OperationRequest.ChangePlan change:
                await Measure(provisioner, operation, change.ChangedAt, cancel);
                return Done(done ?? await provisioner.ChangePlan(resource, operation.Id, cancel));
            case OperationRequest.Suspend:
                return Done(done ?? await provisioner.Suspend(resource, operation.Id, cancel));
            case OperationRequest.Resume:
                return Done(done ?? await provisioner.Resume(resource, operation.Id, cancel));
            case OperationRequest.ExpireSecrets expire:
                return Done(done ?? await provisioner.ExpireSecrets(resource, operation.Id, expire.Minted, cancel));
            case OperationRequest.Deprovision deprovision:
                await Measure(provisioner, operation, deprovision.UninstalledAt, cancel);
                return Done(done ?? await provisioner.Deprovision(resource, operation.Id, cancel));
            default:
                throw new UnreachableException(operation.Request.GetType().Name);
        }
    }

    private static ProvisionerAnswer<OperationOutcome> Minted(ProvisionerAnswer<Seq<Secret>> answer) =>
        answer.Map<OperationOutcome>(secrets => new OperationOutcome.Minted(secrets));

    private static ProvisionerAnswer<OperationOutcome> Done(ProvisionerAnswer<Unit> answer) =>
        answer.Map<OperationOutcome>(_ => new OperationOutcome.Done());

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
        var known = fault as ProvisionerFaultException;
        var delay = Retries.After(operation.Attempts, known?.RetryAfter);
        Failed(fault, operation.Id.Value, operation.Resource.Id.Value, operation.Attempts, delay);
        Traces.Ends("failed");
        // Of any other the type says enough for the list of open operations; its message may quote what a server said.
        await operations.Postpone(operation, known?.Message ?? fault.GetType().Name, delay, cancel);
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Operation {OperationId} on resource {ResourceId} failed at attempt {Attempt}; it is tried again in {Delay}")]
    private partial void Failed(Exception fault, string operationId, string resourceId, int attempt, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Operation {OperationId} on resource {ResourceId} was refused: {Reason}")]
    private partial void Refused(string operationId, string resourceId, string reason);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Operation {OperationId} takes something of resource {ResourceId} away, and was refused at attempt {Attempt}: {Reason}. It is asked for again in {Delay}")]
    private partial void NotTakenAway(string operationId, string resourceId, int attempt, string reason, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Resource {ResourceId} cannot be measured; operation {OperationId} goes on without this reading, and what it counted is not billed")]
    private partial void NotMeasured(Exception fault, string resourceId, string operationId);
}
