using System.Diagnostics;
using Marketplace.Core.Repl;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Repl;

/// <summary>The one place that gives each refusal of a command its status, its code and its sentence.</summary>
internal static class ReplProblem
{
    public static PartnerErrorResult From(ReplRejection rejection) =>
        rejection switch
        {
            ReplRejection.NoRepl none => PartnerResults.NotFound($"The product {none.Product} has no console."),
            ReplRejection.NoReadOnlyMode writes => PartnerResults.Conflict(
                $"The console of {writes.Product} has no read-only mode, so the command was not run.",
                new PartnerErrorUser("This product's console cannot be used read-only.")),
            ReplRejection.OutOfService reason => ResourceProblem.From(reason.Reason),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    /// <summary>A command that may change something, from somebody who may only look. Source: contract §A.1, the role rule.</summary>
    public static PartnerErrorResult RoleOnlyReads { get; } = PartnerResults.Forbidden(
        TokenRefusal.NotAdmin.Sentence(),
        new PartnerErrorUser("Your role in the team only reads. Run this command in read-only mode."));

    /// <summary>The call that this one repeats met a fault before anything was run, while this one waited for it.</summary>
    public static PartnerErrorResult FirstFailed { get; } =
        PartnerResults.Unavailable("The command was not run: the resource could not be reached. Send it again.");

    /// <summary>What was begun and has left no answer may have happened: it is not for us to do it twice.</summary>
    public static PartnerErrorResult OutcomeUnknown { get; } = PartnerResults.Conflict(
        "A command with this Idempotency-Key was begun, its outcome is not known, and it is not run again.",
        new PartnerErrorUser("This command may have run, but its answer was lost. Look what it did before you run it again."));
}
