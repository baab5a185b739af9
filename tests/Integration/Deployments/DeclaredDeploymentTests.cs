using System.Text.Json.Nodes;
using Marketplace.Shell.Configuration;

namespace Marketplace.Integration.Deployments;

/// <summary>What the catalogue says of deployments must be true before the first webhook.</summary>
public sealed class DeclaredDeploymentTests
{
    [Fact]
    public async Task An_action_that_the_products_provisioner_cannot_do_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Start("deploymentActions", new JsonObject { ["slug"] = "fold", ["name"] = "Fold it" }));

        Assert.Contains(
            "products[0].deploymentActions[0].slug: acme-tools declares the deployment action \"fold\", and its provisioner \"workshop\" has \"stamp\".",
            refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slug_that_could_be_no_part_of_a_path_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Start("deploymentActions", new JsonObject { ["slug"] = "Stamp/it", ["name"] = " " }));

        Assert.Contains("products[0].deploymentActions[0].slug: must be of lower-case letters, digits and hyphens", refused.Message, StringComparison.Ordinal);
        Assert.Contains("products[0].deploymentActions[0].name: must not be blank", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_Vercel_would_not_take_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Start(
            "checks", new JsonObject { ["slug"] = "health", ["name"] = new string('x', 101), ["timeoutSeconds"] = 0 }));

        Assert.Contains("products[0].checks[0].name: must have at most 100 characters", refused.Message, StringComparison.Ordinal);
        Assert.Contains("products[0].checks[0].timeoutSeconds: must be at least 1", refused.Message, StringComparison.Ordinal);
    }

    private static async Task Start(string declared, JsonObject one) =>
        await Acme.Open(new AcmeOptions { Adapt = catalogue => catalogue["products"]![0]![declared] = new JsonArray(one) });
}
