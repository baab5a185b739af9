namespace Marketplace.Simulator.Events;

/// <summary>A read of the provider's state that its event asked for. Source: contract D.4.</summary>
/// <param name="ResourceId">Absent for the installation itself.</param>
internal sealed record Reread(string InstallationId, string? ResourceId, DateTimeOffset DueAt, int Attempts)
{
    public const int AttemptsMax = 5;

    public Reread Again(DateTimeOffset now) => this with { Attempts = Attempts + 1, DueAt = now.AddMinutes(Math.Pow(2, Attempts)) };
}
