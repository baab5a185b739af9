using System.Collections.Immutable;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Secrets;

namespace Marketplace.Integration.Simulator;

/// <summary>The rules of contract §G, each by an example.</summary>
public sealed class EnvironmentVariableTests
{
    [Theory]
    [InlineData("DATABASE_URL", null, null, "DATABASE_URL")]
    [InlineData("DATABASE_URL", "ACME", null, "ACME_DATABASE_URL")]
    [InlineData("DATABASE_URL", "ACME", "MAIN", "MAIN_DATABASE_URL")]
    [InlineData("DATABASE_URL", "ACME", "", "ACME_DATABASE_URL")]
    [InlineData("DATABASE_URL", null, "blue-whale 2", "blue_whale_2_DATABASE_URL")]
    [InlineData("MAIN_DATABASE_URL", null, "MAIN", "MAIN_DATABASE_URL")]
    [InlineData("my_db_URL", null, "my-db", "my_db_URL")]
    [InlineData("NEXT_PUBLIC_KEY", null, "MAIN", "NEXT_PUBLIC_MAIN_KEY")]
    [InlineData("NEXT_PUBLIC_MAIN_KEY", null, "MAIN", "NEXT_PUBLIC_MAIN_KEY")]
    [InlineData("NEXT_PUBLIC_KEY", null, null, "NEXT_PUBLIC_KEY")]
    public void The_prefix_of_the_connection_wins_and_stands_once_behind_the_public_mark(
        string name, string? prefix, string? customPrefix, string expected) =>
        Assert.Equal(expected, EnvironmentVariables.Name(new Secret(name, "value", prefix), customPrefix));

    [Fact]
    public void An_override_wins_in_its_environment_only()
    {
        var secret = new Secret("URL", "base", EnvironmentOverrides:
            ImmutableSortedDictionary.CreateRange([KeyValuePair.Create("preview", "other")]));

        Assert.Equal("base", Value(secret, "production"));
        Assert.Equal("other", Value(secret, "preview"));
        Assert.Equal("base", Value(secret, "staging"));
    }

    [Fact]
    public void Only_the_chosen_environments_get_variables_and_all_share_the_sensitive_mark()
    {
        var connection = new Connection("prj_1", null, ["production"], IsSensitive: true, Scene.Start);

        Assert.Empty(EnvironmentVariables.In("preview", [new Secret("URL", "base")], connection));
        Assert.True(Assert.Single(EnvironmentVariables.In("production", [new Secret("URL", "base")], connection)).IsSensitive);
    }

    [Fact]
    public async Task Every_connected_project_has_the_same_values_and_follows_a_change_of_secrets()
    {
        await using var scene = await Scene.Set();
        var dashboard = scene.Vercel.Dashboard;
        var shop = dashboard.CreateProject(scene.AccountId, "shop");
        var blog = dashboard.CreateProject(scene.AccountId, "blog");

        Assert.Empty(dashboard.Connect(scene.InstallationId, scene.ResourceId, shop.Id));
        Assert.Empty(dashboard.Connect(scene.InstallationId, scene.ResourceId, blog.Id, "BLOG"));
        await scene.Call(HttpMethod.Put, $"/resources/{scene.ResourceId}/secrets", System.Text.Json.Nodes.JsonNode.Parse(
            """{"secrets": [{"name": "DATABASE_URL", "value": "postgresql://two"}]}"""));

        var inShop = Assert.Single(dashboard.Variables(shop.Id, "production"));
        var inBlog = Assert.Single(dashboard.Variables(blog.Id, "production"));
        Assert.Equal(("DATABASE_URL", "postgresql://two"), (inShop.Name, inShop.Value));
        Assert.Equal(("BLOG_DATABASE_URL", "postgresql://two"), (inBlog.Name, inBlog.Value));
    }

    [Fact]
    public async Task A_name_that_is_taken_in_the_project_is_not_connected_over()
    {
        await using var scene = await Scene.Set();
        var dashboard = scene.Vercel.Dashboard;
        var shop = dashboard.CreateProject(scene.AccountId, "shop");
        var second = await dashboard.Provision(
            scene.InstallationId, "acme-postgres", "second", "pro", [], TestContext.Current.CancellationToken);
        var secondId = second.Json!.Value.GetProperty("id").GetString()!;

        Assert.Empty(dashboard.Connect(scene.InstallationId, scene.ResourceId, shop.Id));
        Assert.Equal(["DATABASE_URL"], dashboard.Connect(scene.InstallationId, secondId, shop.Id));
        Assert.Empty(dashboard.Connect(scene.InstallationId, secondId, shop.Id, "SECOND"));

        Assert.Equal(
            ["DATABASE_URL", "SECOND_DATABASE_URL"], dashboard.Variables(shop.Id, "production").Select(variable => variable.Name));
    }

    private static string Value(Secret secret, string environment) =>
        Assert.Single(EnvironmentVariables.In(
            environment, [secret], new Connection("prj_1", null, [environment], IsSensitive: false, Scene.Start))).Value;
}
