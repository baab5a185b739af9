using Marketplace.Simulator.Pages.Installations;

namespace Marketplace.Simulator.Pages.SignOn;

/// <summary>Every way in which a browser goes to the provider.</summary>
/// <param name="FromProvider">Where a provider sends the browser to be signed on.</param>
/// <param name="Missing">The addresses that are not set, by what needs them.</param>
public sealed record SignOnView(
    InstallationHead Head, bool IsUsable, bool CanSignOn, bool CanImport, string? Connect, string FromProvider, IReadOnlyList<OptionView> Members,
    IReadOnlyList<OptionView> Resources, IReadOnlyList<OptionView> Products, IReadOnlyList<OptionView> Projects, IReadOnlyList<OptionView> Invoices,
    IReadOnlyList<string> Paths);

public sealed record OptionView(string Value, string Text, bool IsChosen = false);
