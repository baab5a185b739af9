using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Imports;

/// <summary>A browser that is at the provider, choosing what to import. Source: contract §E.10.</summary>
/// <param name="State">Opaque, good for one return within twelve hours.</param>
/// <param name="ProductId">Absent when the customer may choose of any product.</param>
/// <param name="ResourceId">What the browser came back with.</param>
internal sealed record ImportVisit(
    string State, string InstallationId, string? ProductId, DateTimeOffset BegunAt, DateTimeOffset? ReturnedAt, string? ResourceId)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public bool IsExpiredAt(DateTimeOffset now) => now >= BegunAt + Lifetime;

    public override string ToString() => $"Import {InstallationId}";
}

internal static class ImportState
{
    /// <summary>Adds a visit, and forgets those that ended a while ago.</summary>
    public static VercelState Begin(this VercelState state, ImportVisit visit) => state with
    {
        Imports = state.Imports.RemoveAll(old => old.BegunAt < visit.BegunAt.AddDays(-31)).Add(visit),
    };
}
