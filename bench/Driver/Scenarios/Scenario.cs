using Marketplace.Driver.Customers;
using Marketplace.Driver.Load;

namespace Marketplace.Driver.Scenarios;

/// <summary>One row of the table: what every connection does again and again.</summary>
/// <param name="Target">The share of the floor's requests per second that is asked of the server.</param>
/// <param name="Aim">The share that is hoped for.</param>
/// <param name="NeedsResources">Without any, there is nothing to do.</param>
/// <param name="IsOfNewcomers">Each customer can be used once.</param>
internal sealed record Scenario(
    string Name, double Target, double Aim, Func<Estate, User> User, bool NeedsResources = false, bool IsOfNewcomers = false)
{
    /// <summary>In the order in which they are run: what is deleted was provisioned before.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("GET product plans", 0.80, 0.80, estate => new PlansReader(estate)),
        new("PUT installation", 0.45, 0.55, estate => new Installer(estate)),
        new("POST resource", 0.45, 0.55, estate => new Provisioner(estate)),
        new("GET resource", 0.70, 0.70, estate => new ResourceReader(estate), NeedsResources: true),
        new("PATCH resource", 0.45, 0.55, estate => new Renamer(estate), NeedsResources: true),
        new("DELETE resource", 0.45, 0.55, estate => new Remover(estate), NeedsResources: true),
        new("Lifecycle of six", 0.45, 0.55, estate => new Life(estate), IsOfNewcomers: true),
    ];
}
