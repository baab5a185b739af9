using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Installations;

/// <summary>PUT /v1/installations/{installationId}. Source: contract §B.1, §E.1, §E.6.</summary>
public sealed class UpsertInstallationTests(Acme acme) : IClassFixture<Acme>
{
    [Fact]
    public async Task The_first_upsert_installs_and_is_answered_as_the_contract_says()
    {
        var installation = await acme.Install();

        Assert.Equal("active", await acme.Ask<string>("select stage from installation where installation_id = $1", installation));
    }
}
