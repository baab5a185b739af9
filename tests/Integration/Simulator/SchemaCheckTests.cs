using System.Text.Json;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Integration.Simulator;

/// <summary>What a provider answers is read whatever it is.</summary>
public sealed class SchemaCheckTests
{
    [Fact]
    public void Half_a_character_is_a_fault_of_the_field_that_has_it_and_stops_nothing()
    {
        using var answer = JsonDocument.Parse("""{"id": "r\ud800", "productId": 7}""");
        Assert.Equal(
            ["id", "productId"],
            SchemaCheck.Faults(PartnerApiSchemas.Resource, answer.RootElement).Select(fault => fault.Path).Where(path => path is "id" or "productId").Order());
    }
}
