using System.Diagnostics;
using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Resources;

/// <summary>The provider says how a resource is, which it has made. Source: contract §C.2 <c>status</c>, §D.5 PATCH.</summary>
/// <remarks>
/// Only what nobody else knows is said like this: that the customer has a step to take, that something does not work, that all is well.
/// Every other status follows from what happened: a suspension has its causes, and nobody ends it by saying so.
/// </remarks>
public abstract record SetStatus
{
    private SetStatus() { }

    public sealed record Ready : SetStatus;

    public sealed record Onboarding : SetStatus;

    /// <param name="Reason">For the customer to read.</param>
    public sealed record Error(string Reason) : SetStatus;

    /// <summary>What is said, or what is wrong with it.</summary>
    /// <param name="reason">Required of an error, because the customer reads it.</param>
    public static Validation<FieldError, SetStatus> Parse(Option<string> status, Option<string> reason) =>
        status.IfNone("") switch
        {
            "ready" => Success<FieldError, SetStatus>(new Ready()),
            "onboarding" => Success<FieldError, SetStatus>(new Onboarding()),
            "error" => reason.Match<Validation<FieldError, SetStatus>>(
                text => new Error(text), () => new FieldError("reason", "The customer reads what does not work: a reason is required.")),
            _ => new FieldError("status", "The status must be one of ready, onboarding, error: the others follow from what happens."),
        };

    /// <summary>Refused of what is not made, and of what is suspended: there the causes say how it is.</summary>
    public Either<ResourceRejection, Transition<Resource, ResourceEvent>> Decide(Resource current, DateTimeOffset now) =>
        current switch
        {
            Resource.Pending r => new ResourceRejection.StillProvisioning(r.Id),
            Resource.Suspended r => new ResourceRejection.CurrentlySuspended(r.Id),
            Resource.Onboarding or Resource.Ready or Resource.Resumed or Resource.Error or Resource.Uninstalled =>
                ResourceTransitions.ApplyAll(current, Commands, now),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private Seq<ResourceCommand> Commands =>
        this switch
        {
            Ready => Seq<ResourceCommand>(new ResourceCommand.Recover(), new ResourceCommand.CompleteProvisioning()),
            Onboarding => Seq<ResourceCommand>(new ResourceCommand.Recover(), new ResourceCommand.RequireOnboarding()),
            Error error => Seq1<ResourceCommand>(new ResourceCommand.ReportFault(error.Reason)),
            _ => throw new UnreachableException(GetType().Name),
        };
}
