using System.Text.Json.Nodes;
using Marketplace.Simulator;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Integration.Simulator;

/// <summary>The settings file stands for the Integration Console; whoever gets it wrong is told everything at once.</summary>
public sealed class SettingsFileTests
{
    private const string Secret = "whsec-do-not-tell";

    [Fact]
    public void Every_field_is_read()
    {
        var settings = Good(
            """
            // Comments may stay.
            {
              "integrationId": "oac_mine", "clientSecret": "whsec-do-not-tell", "slug": "mine",
              "baseUrl": "http://127.0.0.1:3000/partner", "webhookUrl": "https://mine.example/webhooks",
              "redirectLoginUrl": "https://mine.example/sso", "importResourceUrl": "https://mine.example/import",
              "redirectUrl": "https://mine.example/connect", "signOnStart": "https://mine.example/sso/{{installationId}}",
              "policies": [{ "id": "toc", "name": "Terms", "url": "https://mine.example/terms" }],
              "products": [
                {
                  "id": "db", "name": "My Database", "protocols": ["storage", "experimentation"], "actions": ["branch"],
                  "metadataSchema": { "type": "object", "properties": { "size": { "type": "number", "ui:control": "input" } }, "required": ["size"] },
                  "sampleMetadata": { "size": 4 },
                },
                { "id": "bare" },
              ],
              "secretProbe": { "postgres": "{{DATABASE_URL}}" },
            }
            """);

        Assert.Equal("oac_mine", settings.IntegrationId);
        Assert.Equal(Secret, settings.ClientSecret);
        Assert.Equal("mine", settings.Slug);
        Assert.Equal("http://127.0.0.1:3000/partner", settings.BaseUrl!.AbsoluteUri);
        Assert.Equal("https://mine.example/webhooks", settings.WebhookUrl!.AbsoluteUri);
        Assert.Equal("https://mine.example/sso", settings.RedirectLoginUrl!.AbsoluteUri);
        Assert.Equal("https://mine.example/import", settings.ImportResourceUrl!.AbsoluteUri);
        Assert.Equal("https://mine.example/connect", settings.RedirectUrl!.AbsoluteUri);
        Assert.Equal("https://mine.example/sso/{{installationId}}", settings.SignOnStart);
        Assert.Equal([new ConsolePolicy("toc", "Terms", new Uri("https://mine.example/terms"))], settings.Policies);
        var (database, bare) = (settings.Products[0], settings.Products[1]);
        Assert.Equal(("db", "My Database", true, true), (database.Id, database.Name, database.HasRepl, database.HasExperimentation));
        Assert.Equal(["branch"], database.Actions);
        Assert.Equal("""{"size":4}""", database.Example().ToJsonString());
        Assert.Equal(new SecretProbe.Postgres("{{DATABASE_URL}}"), database.SecretProbe);
        Assert.Equal(("bare", false, "{}"), (bare.Name, bare.HasRepl, bare.Example().ToJsonString()));
    }

    [Fact]
    public void An_empty_file_is_good_and_changes_nothing()
    {
        var options = new SimulatorOptions { Slug = "kept" };

        Assert.Equal(options, options.With(Good("{}")));
    }

    [Fact]
    public void What_a_person_begins_with_is_good_as_it_is()
    {
        var settings = Good(StartingPoint.Text);

        Assert.Equal("""{"region":"iad1"}""", Assert.Single(settings.Products).Example().ToJsonString());
        Assert.NotNull(settings.BaseUrl);
        Assert.NotNull(settings.WebhookUrl);
    }

    [Theory]
    [InlineData("""{"secretProbe": {"http": {"url": "https://x.example/{{ID}}", "headers": {"authorization": "Bearer {{KEY}}"}, "opens": [200, 204]}}}""", "GET https://x.example/{{ID}}")]
    [InlineData("""{"secretProbe": {"http": {"url": "https://x.example", "method": "post", "body": "{{KEY}}"}}}""", "POST https://x.example")]
    [InlineData("""{"secretProbe": {"command": ["./opens.sh", "-v"]}}""", "./opens.sh")]
    public void A_probe_of_secrets_is_one_of_three_and_holds_for_every_product_without_its_own(string probe, string expected)
    {
        var json = JsonNode.Parse(probe)!.AsObject();
        json["products"] = JsonNode.Parse("""[{"id": "a"}, {"id": "b", "secretProbe": {"postgres": "{{URL}}"}}]""");

        var products = Good(json.ToJsonString()).Products;

        Assert.Equal(expected, products[0].SecretProbe!.ToString());
        Assert.IsType<SecretProbe.Postgres>(products[1].SecretProbe);
    }

    [Theory]
    [InlineData("[]", "the file must be an object: {…}")]
    [InlineData("""{"clientsecret": "whsec-do-not-tell"}""", "clientsecret is not a field here; did you mean clientSecret?")]
    [InlineData("""{"webhook_url": "https://x.example"}""", "webhook_url is not a field here; did you mean webhookUrl?")]
    [InlineData("""{"colour": "red"}""", "colour is not a field here; the fields are $schema, integrationId, clientSecret, slug,")]
    [InlineData("""{"slug": "a", "slug": "b"}""", "slug is there twice: remove one")]
    [InlineData("""{"integrationId": 7}""", "integrationId must be text in quotes")]
    [InlineData("""{"integrationId": " "}""", "integrationId is empty: write text such as \"oac_simulated\", or leave the field out")]
    [InlineData("""{"slug": "a/b"}""", "slug must be letters, digits and hyphens, as it stands in addresses")]
    [InlineData("""{"baseUrl": "127.0.0.1:3000"}""", "baseUrl must be an address that begins with http:// or https://, such as \"http://127.0.0.1:3000\"")]
    [InlineData("""{"policies": {}}""", "policies must be a list: […]")]
    [InlineData("""{"policies": [{"id": "eula", "name": "Terms"}]}""", "policies[0].url is missing: it must be an address such as \"https://example.com/terms\"")]
    [InlineData("""{"policies": [7]}""", "policies[0] must be an object: {…}")]
    [InlineData("""{"products": [{"name": "A"}]}""", "products[0].id is missing: it must be text such as \"acme-postgres\"")]
    [InlineData("""{"products": [{"id": "a"}, {"id": "a"}]}""", "products[1] is there twice: remove one, or give it another id")]
    [InlineData("""{"products": [{"id": "a", "protocols": ["repl"]}]}""", "products[0].protocols[0] must be one of storage, experimentation, checks, log-drain, ai,")]
    [InlineData("""{"products": [{"id": "a", "protocols": ["experiments"]}]}""", "products[0].protocols[0] is not known; did you mean experimentation? There are storage,")]
    [InlineData("""{"products": [{"id": "a", "actions": [1]}]}""", "products[0].actions[0] must be text in quotes")]
    [InlineData("""{"products": [{"id": "a", "actions": ["b", "b"]}]}""", "products[0].actions[1] is there twice")]
    [InlineData("""{"products": [{"id": "a", "metadata": {}}]}""", "products[0].metadata is not a field here; the fields are id, name, metadataSchema,")]
    [InlineData("""{"products": [{"id": "a", "sampleMetadata": []}]}""", "products[0].sampleMetadata must be an object: {…}")]
    [InlineData("""{"products": [{"id": "a", "sampleMetadata": {"region": "iad1"}}]}""", "products[0].sampleMetadata.region must be one of")]
    [InlineData("""{"secretProbe": {}}""", "secretProbe must have exactly one of http, postgres, command")]
    [InlineData("""{"secretProbe": {"postgres": "a", "command": ["b"]}}""", "secretProbe must have exactly one of http, postgres, command")]
    [InlineData("""{"secretProbe": {"http": {}}}""", "secretProbe.http.url is missing: it must be text such as \"https://api.example.com/whoami\"")]
    [InlineData("""{"secretProbe": {"http": {"url": "https://x", "opens": ["ok"]}}}""", "secretProbe.http.opens[0] must be a number, without quotes")]
    [InlineData("""{"secretProbe": {"command": []}}""", "secretProbe.command must be a list that begins with a program, such as [\"./probe.sh\"]")]
    public void What_is_wrong_is_said_with_its_place_and_what_was_expected(string file, string expected)
    {
        var problems = SettingsFile.Parse(file).Problems;

        Assert.StartsWith($"line 1: {expected}", Assert.Single(problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once_each_with_its_line()
    {
        var problems = SettingsFile.Parse(
            """
            {
              // One line is a comment.
              "slug": "a/b",
              "products": [
                {
                  "id": "db",
                  "metadataSchema": {
                    "type": "object",
                    "properties": {
                      "region": {
                        "type": "string",
                        "ui:control": "region"
                      }
                    }
                  }
                }
              ],
              "baseURL": 3
            }
            """).Problems;

        Assert.Equal(
            ["line 3: slug", "line 12: products[0].metadataSchema.properties.region.ui:control", "line 18: baseURL"],
            problems.Select(problem => $"line {problem.Line}: {problem.Path}"));
    }

    [Fact]
    public void What_is_not_JSON_is_said_with_its_place_and_without_what_stands_there()
    {
        var problem = Assert.Single(SettingsFile.Parse("{\n  \"clientSecret\": \"whsec-do-not-tell\"\n  \"slug\": \"a\"\n}").Problems);

        Assert.Equal(3, problem.Line);
        Assert.Equal("is not JSON at character 3 of this line: look for a missing comma, quote or bracket there or just before", problem.Reason);
    }

    [Theory]
    [InlineData("""{"clientSecret": "whsec-do-not-tell", "clientSecret": "whsec-do-not-tell"}""")]
    [InlineData("""{"clientSecret": ["whsec-do-not-tell"]}""")]
    [InlineData("""{"baseUrl": "whsec-do-not-tell"}""")]
    [InlineData("""{"secretProbe": "whsec-do-not-tell"}""")]
    [InlineData("""{"clientSecret": "whsec-do-not-tell}""")]
    [InlineData("""{"clientSecret": whsec-do-not-tell}""")]
    public void No_message_has_a_value_in_it(string file)
    {
        var problems = SettingsFile.Parse(file).Problems;

        Assert.NotEmpty(problems);
        Assert.All(problems, problem => Assert.DoesNotContain(Secret, problem.Of("simulator.json"), StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_is_read_and_one_that_is_not_there_is_said_with_what_to_do()
    {
        var file = Path.Combine(Path.GetTempPath(), $"simulator-{Guid.NewGuid():n}.json");
        var missing = Assert.Throws<InvalidDataException>(() => SettingsFile.Read(file));
        Assert.Equal($"There is no settings file {file}: give the path of one, or begin one with: ./run simulator --new-settings {file}", missing.Message);
        try
        {
            File.WriteAllText(file, "{\n\"slog\": 1}");
            var wrong = Assert.Throws<InvalidDataException>(() => SettingsFile.Read(file));
            Assert.Equal($"{file}:2: slog is not a field here; did you mean slug?", wrong.Message);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IntegrationSettings Good(string file)
    {
        var (settings, problems) = SettingsFile.Parse(file);
        Assert.Empty(problems);
        return settings;
    }
}
