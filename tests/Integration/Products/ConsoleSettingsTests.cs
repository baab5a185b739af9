using Marketplace.Shell.Products;
using Marketplace.Simulator.IntegrationConsole;
using Microsoft.Extensions.Configuration;

namespace Marketplace.Integration.Products;

/// <summary><c>catalog console</c>: what somebody enters in Vercel's console, in the form that the simulator reads, which shares no code with us.</summary>
public sealed class ConsoleSettingsTests
{
    public static TheoryData<string> Catalogues =>
        [.. Directory.EnumerateFiles(Repository.File("tests/Integration"), "*.catalog.json")
            .Concat(Directory.EnumerateFiles(Repository.File("docs/examples"), "catalog.json", SearchOption.AllDirectories))
            .Append(Repository.File("catalog.json"))
            .Select(file => Path.GetRelativePath(Repository.Root, file))];

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void The_simulator_reads_what_any_catalogue_says_to_the_console(string catalogue)
    {
        var (settings, problems) = Printed(catalogue, []);

        Assert.Empty(problems);
        Assert.NotEmpty(settings.Products);
        Assert.All(settings.Products, product => Assert.Empty(product.Metadata.Faults(product.Example())));
        Assert.Null(settings.ClientSecret);
    }

    [Fact]
    public void A_product_is_entered_with_its_form_and_what_it_does()
    {
        var products = Printed("catalog.json", []).Settings.Products;

        var database = products.Find(product => product.Id == "acme-postgres")!;
        Assert.Equal("Acme Postgres", database.Name);
        Assert.Equal(["checks", "storage"], database.Protocols.Order(StringComparer.Ordinal));
        Assert.Equal(["check-database", "branch-database"], database.Actions);
        Assert.Equal(new SecretProbe.Postgres("{{DATABASE_URL}}"), database.SecretProbe);
        Assert.Equal("""{"region":"iad1"}""", database.Example().ToJsonString());
        var keys = products.Find(product => product.Id == "acme-keys")!;
        Assert.Equal(["experimentation"], keys.Protocols);
        Assert.Null(keys.SecretProbe);
    }

    [Fact]
    public void What_is_configured_is_entered_but_for_the_secret()
    {
        var settings = Printed("catalog.json", new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PublicUrl"] = "https://marketplace.example.com/", ["Vercel:IntegrationId"] = "oac_mine", ["Vercel:Slug"] = "mine", ["Vercel:ClientSecret"] = "never",
        }).Settings;

        Assert.Equal(("oac_mine", "mine"), (settings.IntegrationId, settings.Slug));
        Assert.Null(settings.ClientSecret);
        Assert.Equal("https://marketplace.example.com/", settings.BaseUrl!.AbsoluteUri);
        Assert.Equal("https://marketplace.example.com/webhooks/vercel", settings.WebhookUrl!.AbsoluteUri);
        Assert.Equal("https://marketplace.example.com/sso/callback", settings.RedirectLoginUrl!.AbsoluteUri);
        Assert.Equal("https://marketplace.example.com/import", settings.ImportResourceUrl!.AbsoluteUri);
        Assert.Equal("https://marketplace.example.com/connect/callback", settings.RedirectUrl!.AbsoluteUri);
        Assert.Equal("https://marketplace.example.com/sso/{{installationId}}", settings.SignOnStart);
    }

    private static (IntegrationSettings Settings, IReadOnlyList<SettingsProblem> Problems) Printed(
        string catalogue, Dictionary<string, string?> configuration) =>
        SettingsFile.Parse(ConsoleSettings.Of(
            CatalogueFile.Open(Repository.File(catalogue)).Match(file => file, _ => throw new InvalidDataException(catalogue)),
            new ConfigurationBuilder().AddInMemoryCollection(configuration).Build()).ToJsonString());
}
