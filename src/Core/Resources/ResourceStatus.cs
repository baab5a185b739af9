using System.Diagnostics;
using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Resources;

/// <summary>What a stage is called in the contract. Source: contract §C.2, <c>status</c>.</summary>
public static class ResourceStatus
{
    public static readonly Seq<string> All = Seq("ready", "pending", "onboarding", "suspended", "resumed", "uninstalled", "error");

    public static string Of(Resource resource) =>
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
