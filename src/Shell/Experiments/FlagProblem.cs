using System.Diagnostics;
using Marketplace.Core.Experiments;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Experiments;

/// <summary>The one place that gives each refusal of a call about flags its status, its type and its sentence.</summary>
internal static class FlagProblem
{
    public static ProblemResult From(FlagAnswer refused) =>
        refused switch
        {
            FlagAnswer.Invalid invalid => ProviderProblems.Invalid(
                "The request has fields that are wrong.", [.. invalid.Errors.Select(error => new ProblemError($"#/{error.Key}", error.Message))]),
            FlagAnswer.InstallationLeaves => ProviderProblems.Conflict(Sentence(refused), "installation_uninstalling"),
            FlagAnswer.Refused { Why: FlagRejection.SlugTaken } => ProviderProblems.Conflict(Sentence(refused), "slug_taken"),
            FlagAnswer.Refused => ProviderProblems.Conflict(Sentence(refused), "too_many_flags"),
            FlagAnswer.KeptElsewhere => ProviderProblems.Conflict(Sentence(refused), "kept_elsewhere"),
            FlagAnswer.NoFlag or FlagAnswer.NoInstallation or FlagAnswer.NoResource or FlagAnswer.NoExperiments =>
                ProviderProblems.NotFound(Sentence(refused)),
            _ => throw new UnreachableException(refused.GetType().Name),
        };

    public static string Sentence(FlagAnswer refused) =>
        refused switch
        {
            FlagAnswer.Invalid invalid => string.Join(' ', invalid.Errors.Select(error => $"{error.Key}: {error.Message}")),
            FlagAnswer.Refused { Why: FlagRejection.SlugTaken taken } => $"The flag {taken.By} has the slug {taken.Slug} already.",
            FlagAnswer.Refused { Why: FlagRejection.TooMany many } => $"A resource has at most {many.Max} flags.",
            FlagAnswer.NoFlag none => $"The resource has no flag {none.Id}.",
            FlagAnswer.NoInstallation none => $"There is no installation {none.Id}.",
            FlagAnswer.InstallationLeaves leaves => $"Installation {leaves.Id} is uninstalled: Vercel shows nothing of it any more.",
            FlagAnswer.NoResource none => $"The installation has no resource {none.Id}.",
            FlagAnswer.NoExperiments none => $"The product {none.Product} does not declare the experimentation protocol.",
            FlagAnswer.KeptElsewhere elsewhere => $"The flags of {elsewhere.Product} are kept by its provisioner: change them there, then ask for a sync.",
            _ => throw new UnreachableException(refused.GetType().Name),
        };
}
