using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Simulator.CommandLine;

namespace Marketplace.Integration.Simulator;

/// <summary><c>./run simulator</c>: Vercel's side as anybody runs it beside a server of his own.</summary>
public sealed class SimulatorCommandTests : IDisposable
{
    private const string Secret = "whsec-of-the-settings";

    private readonly string folder = Directory.CreateTempSubdirectory("simulator-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Settings => Path.Combine(folder, "simulator.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_provider_is_driven_as_its_settings_say()
    {
        await using var provider = await TinyProvider.Start(Cancel);
        await File.WriteAllTextAsync(Settings, $$"""
            {
              "integrationId": "oac_mine", "clientSecret": "{{Secret}}", "slug": "mine",
              "baseUrl": "http://127.0.0.1:9/nobody", "webhookUrl": "{{provider.WebhookUrl}}",
              "policies": [{ "id": "toc", "name": "Terms", "url": "https://mine.example/terms" }],
              "products": [{
                "id": "acme-postgres",
                "metadataSchema": { "type": "object", "properties": { "region": { "type": "string", "ui:control": "vercel-region", "enum": ["fra1"] } } }
              }]
            }
            """, Cancel);
        // The option wins over the file.
        await using var simulator = SimulatorProcess.Start(
            "simulator", "--settings", Settings, "--port", "0", "--provider", provider.BaseUrl.ToString(), "--clock", "paused");
        using var http = new HttpClient { BaseAddress = await simulator.Address() };

        var installed = await Post(http, "/customer/installations", new JsonObject());
        var installation = (string)installed["installationId"]!;
        var upsert = JsonNode.Parse(provider.Requests.Single(request => request.Method == "PUT").Body)!;
        Assert.Equal(["toc"], upsert["acceptedPolicies"]!.AsObject().Select(policy => policy.Key));

        // The provider answers a region that the form of its product does not offer.
        await Post(http, $"/customer/installations/{installation}/resources", new JsonObject
        {
            ["productId"] = "acme-postgres", ["name"] = "db", ["billingPlanId"] = "pro", ["metadata"] = new JsonObject { ["region"] = "fra1" },
        });
        Assert.Contains(
            "metadata.region: must be one of fra1, says the product's metadata schema",
            await http.GetStringAsync("/customer/findings", Cancel), StringComparison.Ordinal);

        await Post(http, "/customer/webhooks", new JsonObject { ["type"] = "marketplace.moon.landed", ["payload"] = new JsonObject() });
        var webhook = await Eventually(() => provider.Webhooks.Where(webhook => webhook.Body.Contains("moon", StringComparison.Ordinal)).ToList());
        Assert.Equal(Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(webhook.Body))), webhook.Signature);

        var known = await http.GetStringAsync("/customer/integration", Cancel);
        var integration = JsonNode.Parse(known)!;
        Assert.Equal("oac_mine", (string?)integration["integrationId"]);
        Assert.Equal(provider.BaseUrl.ToString().TrimEnd('/'), (string?)integration["baseUrl"]);
        Assert.Equal("vercel-region", (string?)integration["products"]![0]!["metadata"]![0]!["control"]);
        Assert.DoesNotContain(Secret, known + simulator.Output + simulator.Errors, StringComparison.Ordinal);
        Assert.Contains("stands still", simulator.Output, StringComparison.Ordinal);
    }

    /// <summary>In a container it is called by another name than it listens by, and its secret is a file.</summary>
    [Fact]
    public async Task By_another_name_it_is_the_issuer_that_the_provider_can_reach()
    {
        var secret = Path.Combine(folder, "secret");
        await File.WriteAllTextAsync(secret, $"{Secret}\n", Cancel);
        await using var simulator = SimulatorProcess.Start(
            "simulator", "--port", "0", "--listen", "0.0.0.0", "--public-url", "http://simulator:8090", "--client-secret-file", secret);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{(await simulator.Address()).Port}") };

        var discovery = JsonNode.Parse(await http.GetStringAsync("/.well-known/openid-configuration", Cancel))!;
        Assert.Equal("http://simulator:8090", (string?)discovery["issuer"]);
        Assert.StartsWith("http://simulator:8090/", (string?)discovery["jwks_uri"], StringComparison.Ordinal);
        Assert.Contains("Vercel's API    http://simulator:8090", simulator.Output, StringComparison.Ordinal);
        Assert.Contains("the one that you gave", simulator.Output, StringComparison.Ordinal);

        foreach (var (wrong, says) in (IEnumerable<(string[], string)>)[
            (["--listen", "everywhere"], "--listen takes an IP address"), (["--public-url", "http://simulator:8090/path"], "--public-url takes an address without a path"),
            (["--client-secret-file", Path.Combine(folder, "none")], "cannot be read")])
        {
            var (code, _, errors) = await SimulatorProcess.Run(["simulator", "--port", "0", .. wrong]);
            Assert.Equal(1, code);
            Assert.Contains(says, errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_to_set_on_the_other_side_is_said_and_is_true()
    {
        await using var simulator = SimulatorProcess.Start("simulator", "--port", "0");
        var address = await simulator.Address();
        using var http = new HttpClient { BaseAddress = address };

        var said = simulator.Output;
        var discovery = JsonNode.Parse(await http.GetStringAsync("/.well-known/openid-configuration", Cancel))!;
        Assert.Equal(address.ToString().TrimEnd('/'), (string?)discovery["issuer"]);
        Assert.Contains($"Issuer          {(string?)discovery["issuer"]}", said, StringComparison.Ordinal);
        Assert.Contains((string)discovery["jwks_uri"]!, said, StringComparison.Ordinal);
        Assert.Contains("oac_simulated", said, StringComparison.Ordinal);
        Assert.Contains("simulated-client-secret", said, StringComparison.Ordinal);
        Assert.Contains($"{address}clock", said, StringComparison.Ordinal);
        Assert.Contains("runs at real speed", said, StringComparison.Ordinal);
        Assert.Contains("nobody: give --provider URL", said, StringComparison.Ordinal);
        Assert.Equal(200, (int)(await http.GetAsync("/", Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_yet_is_a_warning_and_no_end()
    {
        await using var simulator = SimulatorProcess.Start("simulator", "--port", "0", "--provider", $"http://127.0.0.1:{FreePort()}");
        using var http = new HttpClient { BaseAddress = await simulator.Address() };

        await simulator.Says("Warning: nothing answers at http://127.0.0.1:");
        Assert.Equal(200, (int)(await http.GetAsync("/clock", Cancel)).StatusCode);
    }

    [Fact]
    public async Task New_settings_are_written_once_and_can_be_used_as_they_are()
    {
        var (code, output, _) = await SimulatorProcess.Run("simulator", "--new-settings", Settings);
        Assert.Equal(0, code);
        Assert.Contains($"./run simulator --settings {Settings}", output, StringComparison.Ordinal);

        await using (var simulator = SimulatorProcess.Start("simulator", "--settings", Settings, "--port", "0"))
        {
            await simulator.Says("my-product");
        }

        await File.AppendAllTextAsync(Settings, "// mine", Cancel);
        var again = await SimulatorProcess.Run("simulator", "--new-settings", Settings);
        Assert.Equal(1, again.Code);
        Assert.Equal($"{Settings} is there already, and stays as it is: name another file.", again.Errors.Trim());
        Assert.EndsWith("// mine", await File.ReadAllTextAsync(Settings, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_knows_is_there_again_from_the_same_state_file()
    {
        await using var provider = await TinyProvider.Start(Cancel);
        string[] words = ["simulator", "--port", "0", "--provider", provider.BaseUrl.ToString(), "--state", Path.Combine(folder, "state.json")];
        string installation;
        await using (var simulator = SimulatorProcess.Start(words))
        {
            using var http = new HttpClient { BaseAddress = await simulator.Address() };
            installation = (string)(await Post(http, "/customer/installations", new JsonObject()))["installationId"]!;
        }

        await using var again = SimulatorProcess.Start(words);
        using var other = new HttpClient { BaseAddress = await again.Address() };
        Assert.Contains(installation, await other.GetStringAsync("/customer/installations", Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"slog": "a"}""", "simulator.json:1: slog is not a field here; did you mean slug?")]
    [InlineData("{\n\"slug\": \"a\"\n\"name\"}", "simulator.json:3: the file is not JSON at character 1 of this line: look for a missing comma, quote or bracket there or just before.")]
    public async Task Settings_that_are_wrong_are_said_with_their_place(string file, string expected)
    {
        await File.WriteAllTextAsync(Settings, file, Cancel);

        var (code, output, errors) = await SimulatorProcess.Run("simulator", "--settings", Settings);

        Assert.Equal((1, ""), (code, output.Trim()));
        Assert.Equal(Path.Combine(folder, expected), errors.Trim());
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_with_what_to_do()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

        var (code, _, errors) = await SimulatorProcess.Run("simulator", "--port", $"{port}");

        Assert.Equal(1, code);
        Assert.Equal(
            $"Failed to bind to address http://127.0.0.1:{port}: address already in use. Stop the program that has it, or choose another port with --port N.",
            errors.Trim());
    }

    [Theory]
    [InlineData("There is no settings file nope.json: give the path of one, or begin one with: ./run simulator --new-settings nope.json", "simulator", "--settings", "nope.json")]
    [InlineData("nowhere/s.json cannot be written: name a file in a folder that is there and yours.", "simulator", "--new-settings", "nowhere/s.json")]
    [InlineData("--port takes a number up to 65535, such as 8090; 0 takes one that is free. --help lists what simulator takes.", "simulator", "--port", "many")]
    [InlineData("--provider takes an absolute URL, such as http://127.0.0.1:8080. --help lists what simulator takes.", "simulator", "--provider", "127.0.0.1:3000")]
    [InlineData("--clock takes real, paused, or a speed", "simulator", "--clock", "fast")]
    [InlineData("Unrecognized command or argument '--provder'.", "simulator", "--provder", "http://127.0.0.1:3000")]
    [InlineData("There is nobody to try: give --provider URL, or baseUrl in the settings.", "conformance")]
    [InlineData("No product is known: name them in the settings (--settings FILE), or one by --product ID.", "conformance", "--provider", "http://127.0.0.1:9")]
    [InlineData("No case fits moon/*: --list prints them all.", "conformance", "--provider", "http://127.0.0.1:9", "--product", "db", "--case", "moon/*")]
    [InlineData("--report out.pdf: the name must end in .html, .json, or .xml and .junit for JUnit.", "conformance", "--provider", "http://127.0.0.1:9", "--product", "db", "--report", "out.pdf")]
    [InlineData("--patience takes seconds from 1 to 900.", "conformance", "--provider", "http://127.0.0.1:9", "--product", "db", "--patience", "0")]
    [InlineData("The server did not start. It said: no database", "conformance", "--port", "0", "--product", "db", "--server", "sh", "-c", "echo no database; exit 3")]
    public async Task A_command_that_cannot_do_its_work_says_in_a_sentence_what_to_do(string expected, params string[] words)
    {
        var (code, output, errors) = await SimulatorProcess.Run(words);

        Assert.Equal((1, ""), (code, output.Trim()));
        Assert.StartsWith(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "./run conformance --provider http://127.0.0.1:3000 --settings 'my settings.json' --webhook http://127.0.0.1:3000/hooks --port 9000", false,
        "--provider", "http://127.0.0.1:3000", "--settings", "my settings.json", "--webhook", "http://127.0.0.1:3000/hooks", "--port", "9000",
        "--client-secret", Secret, "--seed", "7", "--case", "webhooks", "--report", "out.html", "--strict", "--now", "2027-01-21T09:00:00Z")]
    [InlineData(
        "./run conformance --installations 50", true,
        "--settings", "scratch/simulator.json", "--installations", "50", "--report", "a.html", "--report", "b.xml", "--server", "dotnet", "server.dll")]
    public void A_case_is_played_again_by_what_was_typed_without_the_secret(string expected, bool isOwnServer, params string[] words) =>
        Assert.Equal(expected, ReplayCommand.Of(Commands.All().Parse(["conformance", .. words]), isOwnServer));

    private static async Task<JsonNode> Post(HttpClient http, string path, JsonObject body)
    {
        using var answer = await http.PostAsJsonAsync(path, body, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text) ?? new JsonObject();
    }

    private static async Task<T> Eventually<T>(Func<IReadOnlyList<T>> look)
    {
        for (var tries = 0; tries < 500; tries++)
        {
            if (look() is [var found, ..])
            {
                return found;
            }

            await Task.Delay(20, Cancel);
        }

        throw new TimeoutException("It did not come.");
    }

    private static int FreePort()
    {
        using var free = new TcpListener(System.Net.IPAddress.Loopback, 0);
        free.Start();
        return ((System.Net.IPEndPoint)free.LocalEndpoint).Port;
    }
}
