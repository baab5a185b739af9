using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Faults;

/// <summary>What is made to go wrong.</summary>
/// <param name="Paths">Of Vercel's API, as the contract writes them.</param>
/// <param name="Types">Of webhooks.</param>
public sealed record FaultsView(IReadOnlyList<FaultRow> Rules, IReadOnlyList<string> Paths, IReadOnlyList<string> Types);

/// <summary>One rule in force.</summary>
/// <param name="Which">How many of those that fit it hits.</param>
public sealed record FaultRow(string Id, string What, string Where, string Which, Mark Hits);
