using System.Diagnostics;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Notifications;

/// <summary>The one place that gives each refusal of a notification its status, its type and its sentence.</summary>
internal static class NotificationProblem
{
    public static ProblemResult From(NotificationAnswer refused) =>
        refused switch
        {
            NotificationAnswer.NoInstallation(var id) => ProviderProblems.NotFound($"There is no installation {id}."),
            NotificationAnswer.NoResource(var id) => ProviderProblems.NotFound($"The installation has no resource {id}."),
            NotificationAnswer.InstallationLeaves(var id) => ProviderProblems.Conflict(
                $"Installation {id} is uninstalled: nobody looks there any more.", "installation_uninstalled"),
            NotificationAnswer.ResourceGone(var id) => ProviderProblems.Conflict(
                $"Resource {id} is gone from the installation.", "resource_uninstalled"),
            NotificationAnswer.NeverMade(var id) => ProviderProblems.Conflict(
                $"Resource {id} was never made, and the customer reads why: nothing else is shown beside it.", "provisioning_failed"),
            _ => throw new UnreachableException(refused.GetType().Name),
        };

    public static ProblemResult From(Seq<FieldError> errors) => ProviderProblems.Invalid(
        "The request has fields that are wrong.", [.. errors.Select(error => new ProblemError($"#/{error.Key}", error.Message))]);
}
