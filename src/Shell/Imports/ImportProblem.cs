using System.Diagnostics;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Resources;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Imports;

/// <summary>The one place that gives each refusal of an import its status, its type and its sentence.</summary>
internal static class ImportProblem
{
    public static ProblemResult From(Seq<FieldError> errors) => ProviderProblems.Invalid(
        "The request has fields that are wrong.", [.. errors.Select(error => new ProblemError($"#/{error.Key}", error.Message))]);

    public static ProblemResult From(ProvisioningRejection rejection) => ProviderProblems.Conflict(Sentence(rejection), Code(rejection));

    /// <summary>Nothing is kept of what Vercel never had.</summary>
    public static ProblemResult RefusedByVercel(string reason) => new(Problem.Of(
        StatusCodes.Status422UnprocessableEntity, "refused_by_vercel", "Vercel did not take it.", reason));

    public static ProblemResult Removed { get; } = ProviderProblems.Conflict(
        "The installation was uninstalled while Vercel was told of it.", "installation_uninstalling");

    /// <summary>For a person to read.</summary>
    public static string Sentence(ProvisioningRejection rejection) =>
        rejection switch
        {
            ProvisioningRejection.InstallationBeingUninstalled => "The integration is being uninstalled from this team.",
            ProvisioningRejection.InstallationFinalized => "The integration was uninstalled from this team.",
            _ => throw new UnreachableException($"An import has no plan, but was refused: {rejection.GetType().Name}"),
        };

    private static string Code(ProvisioningRejection rejection) =>
        rejection is ProvisioningRejection.InstallationFinalized ? "installation_final" : "installation_uninstalling";
}
