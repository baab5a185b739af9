using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Resources;

/// <summary>A write on a resource by the provider: by its backend, or by one of its people at the operator console.</summary>
/// <param name="Reason">Kept in the audit with who asked; null where none was given.</param>
internal sealed record ResourceCall(InstallationId Installation, ResourceId Id, ProviderCall Call, string? Reason)
{
    public Actor Actor(string cause) => Audit.Actor.Of(Call.By, cause, Reason);

    /// <summary>What the call is answered, or every field of it that is wrong.</summary>
    /// <param name="needsReason">Because the customer reads it, or nothing brings back what was.</param>
    public static Task<IResult> Answer<T>(
        string installationId, string resourceId, ProviderCall call, string? reason, bool needsReason, Validation<FieldError, T> asked,
        Func<ResourceCall, T, Task<IResult>> act) =>
        (asked, AuditReason.Parse(reason, needsReason)).Apply((good, why) => (good, why)).Match(
            Succ: all => act(new ResourceCall(new InstallationId(installationId), new ResourceId(resourceId), call, all.why.OrNull()), all.good),
            Fail: errors => Task.FromResult<IResult>(ProviderProblems.Invalid(errors)));
}
