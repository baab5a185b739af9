using System.Text.Json.Nodes;
using Marketplace.Shell.Configuration;

namespace Marketplace.Integration.Experiments;

/// <summary>What the catalogue says of imports and of experiments must be true before the first request.</summary>
public sealed class DeclaredProtocolTests
{
    [Theory]
    [InlineData("""{ "import": { "enabled": true } }""", "declares an import, and its provisioner \"keys\" has nothing to import from")]
    [InlineData(
        """{ "provisioner": "postgres", "protocols": { "experimentation": { "enabled": true, "origin": "https://acme.example/{flag}" } } }""",
        "declares the protocol experimentation, and its provisioner \"postgres\" keeps no flags")]
    [InlineData(
        """{ "protocols": { "experimentation": { "enabled": true, "origin": "http://acme.example" } } }""",
        "products[1].protocols.experimentation.origin: must be an https address")]
    [InlineData("""{ "protocols": { "experimentation": { "enabled": true } } }""", "products[1].protocols.experimentation.origin: is missing")]
    [InlineData("""{ "protocols": { "teleport": {} } }""", "products[1].protocols.teleport: is not a field here")]
    public async Task What_nobody_can_do_stops_the_start(string change, string reason)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Acme.Open(new AcmeOptions
        {
            Catalogue = "../../catalog.json",
            Adapt = catalogue =>
            {
                var keys = catalogue["products"]!.AsArray().Single(product => product!["id"]!.GetValue<string>() == "acme-keys")!.AsObject();
                foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
                    keys[name] = value?.DeepClone();
            },
        }));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }
}
