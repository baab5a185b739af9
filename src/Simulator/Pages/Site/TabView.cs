namespace Marketplace.Simulator.Pages.Site;

/// <summary>One of the pages of a thing.</summary>
public sealed record TabView(string Address, string Label, bool IsHere);
