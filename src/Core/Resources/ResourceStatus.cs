using System.Diagnostics;
using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Resources;

/// <summary>What a resource is called in the contract: by its stage, or by what does not work about it. Source: contract §C.2, <c>status</c>.</summary>
public static class ResourceStatus
{
    public static readonly Seq<string> All = Seq("ready", "pending", "onboarding", "suspended", "resumed", "uninstalled", "error");

    public static string Of(Resource resource) =>
        resource is Resource.Onboarding or Resource.Ready or Resource.Resumed && resource.Facts.Fault.IsSome ? "error" : OfStage(resource);

    /// <summary>The stage alone.</summary>
    public static string OfStage(Resource resource) =>
        resource switch
        {
            Resource.Pending => "pending",
            Resource.Onboarding => "onboarding",
            Resource.Ready => "ready",
            Resource.Suspended => "suspended",
            Resource.Resumed => "resumed",
            Resource.Error => "error",
            Resource.Uninstalled => "uninstalled",
            _ => throw new UnreachableException(resource.GetType().Name),
        };
}
