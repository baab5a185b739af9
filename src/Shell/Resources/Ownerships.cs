using System.Diagnostics;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Resources;

/// <summary>Whose a resource is, by the names of the contract (§D.5), which its row has too.</summary>
internal static class Ownerships
{
    public static string NameOf(ResourceOwnership ownership) =>
        ownership switch
        {
            ResourceOwnership.Owned => "owned",
            ResourceOwnership.Linked => "linked",
            ResourceOwnership.Sandbox => "sandbox",
            _ => throw new UnreachableException(ownership.GetType().Name),
        };

    /// <summary>Null where there is nothing outside that it would name.</summary>
    public static string? ReferenceOf(ResourceOwnership ownership) =>
        ownership switch
        {
            ResourceOwnership.Owned => null,
            ResourceOwnership.Linked linked => linked.Reference,
            ResourceOwnership.Sandbox sandbox => sandbox.Reference,
            _ => throw new UnreachableException(ownership.GetType().Name),
        };

    public static ResourceOwnership Read(ResourceId id, string name, string? reference) =>
        (name, reference) switch
        {
            ("owned", null) => ResourceOwnership.Ours,
            ("linked", { } source) => new ResourceOwnership.Linked(source),
            ("sandbox", { } source) => new ResourceOwnership.Sandbox(source),
            _ => throw new CorruptRowException("resource", id.Value, $"it cannot be {name} {(reference is null ? "without" : "with")} a reference"),
        };
}
