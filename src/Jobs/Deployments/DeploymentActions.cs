using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Deployments;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;
using static LanguageExt.Prelude;

namespace Marketplace.Jobs.Deployments;

/// <summary>
/// Does for deployments what the catalogue declares, and tells Vercel how far it is: the build waits for it. What nobody needs any more
/// is removed. Source: contract §E.15, D.12.
/// </summary>
public sealed partial class DeploymentActions(
    IDeploymentActions actions, Provisioners provisioners, IVercelDeployments vercel, ILogger<DeploymentActions> log) : IScheduledJob
{
    private const int ActionsMax = 4;

    /// <summary>Some minutes of <see cref="Retries"/>: a build that waits had better be told.</summary>
    private const int AttemptsMax = 6;

    /// <summary>Longer than <see cref="CallMax"/>, so that nobody else takes what is still under way.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(60);

    public string Id => "deployment-actions";

    public string Does => "Does for deployments what the catalogue declares, and tells Vercel how far it is.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(1);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(Id, max => actions.Claim(now, max, Lease, cancel), ActionsMax, work => work.Installation, work => Do(work, now, cancel), cancel);

    private async Task Do(ActionWork work, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            switch (work.Action)
            {
                case DeploymentAction.Wanted:
                    await Act(work, now, cancel);
                    break;
                case DeploymentAction.Leaving:
                    await Undo(work, cancel);
                    await actions.Conclude(work, new DeploymentActionCommand.ConfirmRemoval(), now, cancel);
                    break;
                case DeploymentAction.Succeeded or DeploymentAction.Gone:
                    throw new InvalidOperationException($"There is nothing to do for {work}.");
                default:
                    throw new UnreachableException(work.Action.GetType().Name);
            }
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            Failed(fault, work.ToString(), work.Attempts);
            await actions.Postpone(work, fault.GetType().Name, Retries.After(work.Attempts), cancel);
        }
    }

    private async Task Act(ActionWork work, DateTimeOffset now, CancellationToken cancel)
    {
        // Once an outcome may be there, that the work has begun is no news any more.
        if (!work.MayBeTold && !await IsAwaited(work, now, cancel))
            return;

        var outcome = await Outcome(work, cancel);
        await actions.Telling(work, cancel);
        var told = await Tell(work, Update(outcome), cancel);
        switch (told)
        {
            case VercelAnswer<Nothing>.Unknown unknown:
                await Later(work, unknown.Reason, unknown.RetryAfter, new DeploymentActionCommand.GiveUp(unknown.Reason), now, cancel);
                break;
            // Another token may come.
            case VercelAnswer<Nothing>.TokenRefused refused:
                await Later(work, refused.Reason, null, new DeploymentActionCommand.GiveUp(refused.Reason), now, cancel);
                break;
            // Where an outcome was sent before, this is the second, and what Vercel has is the first: it is in use.
            case VercelAnswer<Nothing>.Accepted when outcome.IsRight:
            case VercelAnswer<Nothing>.Refused or VercelAnswer<Nothing>.NotFound or VercelAnswer<Nothing>.Gone when outcome.IsRight && work.MayBeTold:
                await actions.Conclude(work, new DeploymentActionCommand.Succeed(), now, cancel);
                break;
            case VercelAnswer<Nothing>.Accepted or VercelAnswer<Nothing>.Refused or VercelAnswer<Nothing>.NotFound or VercelAnswer<Nothing>.Gone:
                await actions.Conclude(work, new DeploymentActionCommand.Fail(Reason(outcome, told)), now, cancel);
                break;
            default:
                throw new UnreachableException(told.GetType().Name);
        }
    }

    /// <summary>Says that the work begins. False where nobody waits for it, or nobody answers.</summary>
    private async Task<bool> IsAwaited(ActionWork work, DateTimeOffset now, CancellationToken cancel)
    {
        switch (await Tell(work, new ActionUpdate { Status = ActionStatus.Running }, cancel))
        {
            case VercelAnswer<Nothing>.Accepted:
                return true;
            case VercelAnswer<Nothing>.Unknown unknown:
                await Later(work, unknown.Reason, unknown.RetryAfter, new DeploymentActionCommand.Fail(unknown.Reason), now, cancel);
                return false;
            case VercelAnswer<Nothing>.TokenRefused refused:
                await Later(work, refused.Reason, null, new DeploymentActionCommand.Fail(refused.Reason), now, cancel);
                return false;
            case var no and (VercelAnswer<Nothing>.Refused or VercelAnswer<Nothing>.NotFound or VercelAnswer<Nothing>.Gone):
                await actions.Conclude(work, new DeploymentActionCommand.Fail(Words(no)), now, cancel);
                return false;
            case var other:
                throw new UnreachableException(other.GetType().Name);
        }
    }

    /// <summary>Vercel is asked again, unless no build can wait for it any more: then it ends like this.</summary>
    private async Task Later(
        ActionWork work, string reason, TimeSpan? asked, DeploymentActionCommand end, DateTimeOffset now, CancellationToken cancel)
    {
        if (work.Action is DeploymentAction.Wanted { Since: var since } && now >= since + DeploymentActionTransitions.Patience)
        {
            Unanswered(work.ToString(), reason);
            await actions.Conclude(work, end, now, cancel);
            return;
        }

        await actions.Postpone(work, reason, Retries.After(work.Attempts, asked), cancel);
    }

    private async Task<Either<ProvisionerRefusal, ActionOutcome>> Outcome(ActionWork work, CancellationToken cancel)
    {
        if (!work.IsServed)
            return new ProvisionerRefusal("The resource is not in service.");
        if (!work.IsDeclared)
            return new ProvisionerRefusal($"There is no action {work.Action.Id.Slug} for this product.");

        try
        {
            using var limit = Limit(cancel);
            return await provisioners.Deploying(work.Provisioner).Act(work.Resource, work.Action.Id, work.Secrets, limit.Token);
        }
        catch (Exception fault) when (work.Attempts >= AttemptsMax && !cancel.IsCancellationRequested)
        {
            GivenUp(fault, work.ToString(), work.Attempts);
            return new ProvisionerRefusal("The service did not answer. Deploy again in a few minutes.");
        }
    }

    /// <summary>Of an action that is not there there is nothing, also where the product had it once and its provisioner has not.</summary>
    private async Task Undo(ActionWork work, CancellationToken cancel)
    {
        if (!provisioners.DeploymentActions(work.Provisioner).Contains(work.Action.Id.Slug, StringComparer.Ordinal))
            return;

        using var limit = Limit(cancel);
        await provisioners.Deploying(work.Provisioner).Undo(work.Resource, work.Action.Id, limit.Token);
    }

    private static CancellationTokenSource Limit(CancellationToken cancel)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(CallMax);
        return limit;
    }

    private Task<VercelAnswer<Nothing>> Tell(ActionWork work, ActionUpdate update, CancellationToken cancel)
    {
        var id = work.Action.Id;
        return vercel.UpdateAction(work.Installation, new DeploymentId(id.Deployment), id.Resource, id.Slug, update, cancel);
    }

    private static ActionUpdate Update(Either<ProvisionerRefusal, ActionOutcome> outcome) =>
        outcome.Match(
            Right: done => new ActionUpdate
            {
                Status = ActionStatus.Succeeded, Text = done.Text, Secrets = toMap(done.Secrets.Select(secret => (secret.Name, secret.Value))),
            },
            Left: refusal => new ActionUpdate { Status = ActionStatus.Failed, Text = refusal.Reason });

    private static string Reason(Either<ProvisionerRefusal, ActionOutcome> outcome, VercelAnswer<Nothing> told) =>
        outcome.Match(
            Right: done => Setback.Without(done.Secrets.Bind(secret => secret.Values), Words(told)),
            Left: refusal => refusal.Reason);

    private static string Words(VercelAnswer<Nothing> no) =>
        no switch
        {
            VercelAnswer<Nothing>.Refused refused => $"Vercel says {refused.Status}: {refused.Reason}",
            VercelAnswer<Nothing>.NotFound missing => $"Vercel says 404: {missing.Reason}",
            VercelAnswer<Nothing>.Gone gone => $"Vercel says that it is over: {gone.Reason}",
            _ => throw new UnreachableException(no.GetType().Name),
        };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The action {Action} failed at attempt {Attempt}; it is tried again")]
    private partial void Failed(Exception fault, string action, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Vercel has not said for a day whether it has the outcome of the action {Action}; it is told no more: {Reason}")]
    private partial void Unanswered(string action, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The action {Action} is given up after attempt {Attempt}: its deployment fails")]
    private partial void GivenUp(Exception fault, string action, int attempt);
}
