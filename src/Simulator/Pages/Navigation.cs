namespace Marketplace.Simulator.Pages;

/// <summary>What stands at the head of every page. The addresses <c>/clock</c> and <c>/faults</c> are of the control API, which speaks JSON.</summary>
internal static class Navigation
{
    public const string Teams = "/";
    public const string Projects = "/projects";
    public const string Products = "/products";
    public const string Invoices = "/invoices";
    public const string Webhooks = "/webhooks";
    public const string Clock = "/time";
    public const string Faults = "/disturbances";
    public const string Log = "/log";

    public static readonly IReadOnlyList<(string Path, string Label)> All =
    [
        (Teams, "Teams"), (Projects, "Projects"), (Products, "Products"), (Invoices, "Invoices"), (Webhooks, "Webhooks"), (Clock, "Clock"),
        (Faults, "Faults"), (Log, "Log"),
    ];
}
