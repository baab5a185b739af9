using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Marketplace.Integration.Documents;

namespace Marketplace.Integration.Containers;

/// <summary>Dockerfile and docker-compose.yml, as far as they can be held without Docker: what they say is done, process by process.</summary>
public sealed class ComposeTests
{
    private static readonly ImageFile Image = ImageFile.Read(Repository.File("Dockerfile"));

    private static readonly IgnoreFile Ignored = IgnoreFile.Read(Repository.File(".dockerignore"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_compose_file_says_is_a_marketplace_that_installs_provisions_works_and_stops()
    {
        await using var composed = await ComposedServices.Prepare("deploy/simulator.env");

        composed.Start("migrate");
        Assert.True(await composed.Ended("migrate") == 0, composed.OutputOf("migrate"));
        Assert.Contains("migrations applied", composed.OutputOf("migrate"), StringComparison.Ordinal);
        foreach (var service in (string[])["simulator", "api", "worker"])
            composed.Start(service);
        await Task.WhenAll(composed.Healthy("api"), composed.Healthy("worker"));

        using var vercel = new HttpClient { BaseAddress = composed.Address("simulator") };
        var installation = (string)(await Post(vercel, "/customer/installations", new JsonObject()))["installationId"]!;
        var bought = await Post(vercel, $"/customer/installations/{installation}/resources", new JsonObject
        {
            ["productId"] = "acme-keys", ["name"] = "key", ["billingPlanId"] = "payg", ["metadata"] = new JsonObject(),
        });
        Assert.Contains("\"ready\"", bought.ToJsonString(), StringComparison.Ordinal);
        // It waits until the worker has done what is due by then.
        await Post(vercel, "/clock", new JsonObject { ["advance"] = "02:00:00" });
        Assert.Contains(
            (JsonArray)JsonNode.Parse(await vercel.GetStringAsync("/customer/calls", Cancel))!,
            call => (string?)call!["path"] == $"/v1/installations/{installation}/billing" && (int?)call["status"] is >= 200 and < 300);
        Assert.Empty((JsonArray)JsonNode.Parse(await vercel.GetStringAsync("/customer/findings", Cancel))!);

        await Task.WhenAll(((string[])["worker", "api", "simulator"]).Select(composed.Stop));
        foreach (var output in ((string[])["migrate", "api", "worker", "simulator"]).Select(composed.OutputOf))
        {
            Assert.DoesNotMatch(new Regex("^(fail|crit):| (fail|crit): |Unhandled", RegexOptions.ExplicitCapture | RegexOptions.Multiline, TimeSpan.FromSeconds(1)), output);
            Assert.DoesNotContain(composed.SecretValues, secret => output.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("deploy/simulator.env")]
    [InlineData("deploy/example.env")]
    public void Every_service_starts_again_has_its_limits_and_may_do_no_more_than_it_needs(string environment)
    {
        var compose = ComposeFile.Read(Repository.File("docker-compose.yml"), ComposeFile.Variables(Repository.File(environment)));
        Assert.All(compose.Services.Values, service =>
        {
            Assert.Equal(service.Name == "migrate" ? "no" : "unless-stopped", service.Text("restart"));
            var limits = ComposeFile.Map(ComposeFile.Map(ComposeFile.Map(service.Parts["deploy"])["resources"])["limits"]);
            Assert.True(limits.ContainsKey("cpus") && limits.ContainsKey("memory"));
            // PostgreSQL's own image begins as root, and writes.
            Assert.True(service.Name == "postgres" || (service.Text("read_only") == "true" && service.List("cap_drop").Contains("ALL")
                && service.List("security_opt").Contains("no-new-privileges:true")), service.Name);
            Assert.All(service.DependsOn, on => Assert.Contains(on.Value, (string[])["service_healthy", "service_completed_successfully"]));
            Assert.All(service.Secrets.Values, secret => Assert.True(compose.Secrets.ContainsKey(secret), secret));
            // A secret in a variable would be seen by whoever may inspect the container.
            Assert.DoesNotContain(service.Environment.Keys, key => key.EndsWith("Secret", StringComparison.Ordinal) || key.EndsWith("Password", StringComparison.Ordinal));
            if (service.Target == "server")
            {
                Assert.Empty(service.Environment.Keys.Concat(service.Secrets.Keys).Where(key => !DocumentationTests.KeysAsked.Contains(key)).Except(["DOTNET_ENVIRONMENT"]));
            }
        });
    }

    /// <summary>By Compose itself, which judges the file by its schema and needs no engine for that; and the tests read the file as it does.</summary>
    [Theory]
    [InlineData("deploy/simulator.env")]
    [InlineData("deploy/example.env")]
    public async Task Compose_reads_the_file_as_it_is_read_here(string environment)
    {
        var compose = Environment.GetEnvironmentVariable("MARKETPLACE_COMPOSE");
        Assert.False(string.IsNullOrEmpty(compose), "Docker Compose was not found: apt-get install docker-compose, or see scripts/local-compose.sh.");
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec {compose} --env-file {environment} config"])
        {
            WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["COMPOSE_PROFILES"] = "simulator,collector";
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, said[1]);

        var ours = ComposeFile.Read(Repository.File("docker-compose.yml"), ComposeFile.Variables(Repository.File(environment)));
        var theirs = ComposeFile.Parse(said[0]);
        Assert.Equal(ours.Services.Keys.Order(), theirs.Services.Keys.Order());
        Assert.All(ours.Services.Values, service =>
        {
            Assert.Equal(service.Command, theirs.Services[service.Name].Command);
            Assert.Equal(
                service.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal),
                theirs.Services[service.Name].Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        });
    }

    /// <summary>What somebody sets, or would by taking the mark of a comment away, must not end where nobody asks for it.</summary>
    [Theory]
    [InlineData("deploy/simulator.env")]
    [InlineData("deploy/example.env")]
    public void What_is_set_for_the_compose_file_is_asked_for_by_it(string environment)
    {
        var asked = Regex.Matches(File.ReadAllText(Repository.File("docker-compose.yml")), @"\$\{(?<name>[A-Z_]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(match => match.Groups["name"].Value);
        var set = File.ReadLines(Repository.File(environment)).Select(line => line.TrimStart('#').Split('=')).Where(words => words.Length > 1 && !words[0].Contains(' ', StringComparison.Ordinal))
            .Select(words => words[0]).ToList();

        Assert.Contains("PUBLIC_URL", set);
        Assert.Empty(set.Except(asked, StringComparer.Ordinal).Except(["COMPOSE_PROFILES"], StringComparer.Ordinal));
    }

    /// <summary>Whoever takes the mark of a comment away has a setting of the server.</summary>
    [Fact]
    public void Other_settings_are_the_servers_own()
    {
        var lines = File.ReadAllLines(Repository.File("deploy/server.env"));

        Assert.All(lines, line => Assert.StartsWith("#", line, StringComparison.Ordinal));
        Assert.All(lines.Where(line => line[1] != ' '), line => Assert.Contains(line[1..].Split('=')[0], DocumentationTests.KeysAsked));
    }

    [Fact]
    public void The_image_begins_without_rights_and_without_a_shell()
    {
        Assert.All(Image.Stages.Where(stage => stage.Entrypoint.Length > 0), stage =>
        {
            Assert.Contains("chiseled", stage.From, StringComparison.Ordinal);
            Assert.Equal("$APP_UID", stage.User);
            Assert.Equal("dotnet", stage.Entrypoint[0]);
        });
        Assert.Equal("server", Image.Last.Name);
        Assert.Equal("Hangfire", Image.Fill("${JOB_HOST}", new Dictionary<string, string>(StringComparer.Ordinal)));
    }

    /// <summary>What is forgotten there would fail in front of whoever builds it first.</summary>
    [Fact]
    public void The_image_restores_every_project_that_its_programs_are_made_of()
    {
        var copied = Image.Named("build").Copied.SelectMany(words => words[..^1]).Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(new[] { "src/Shell/Shell.csproj", "src/Simulator/Simulator.csproj" }.SelectMany(WithReferences).Distinct().Order(), copied.Order());
        Assert.All(Image.Named("build").Copied.SelectMany(words => words[..^1]), file => Assert.True(Ignored.LetsThrough(file), file));
    }

    /// <summary>A file that a project names and the build has not got ends the build; nothing here would tell, because here every file is.</summary>
    [Fact]
    public void The_image_is_built_from_every_file_that_its_projects_name()
    {
        var copied = Image.Named("build").Copied.SelectMany(words => words[..^1]).ToList();
        string[] projects = [.. Directory.EnumerateFiles(Repository.File("src"), "*.csproj", SearchOption.AllDirectories), Repository.File("Directory.Build.props")];
        var named = projects.SelectMany(project => XDocument.Load(project).Descendants()
                .Where(item => item.Name.LocalName is not ("PackageReference" or "FrameworkReference" or "Using" or "InternalsVisibleTo"))
                .Attributes("Include")
                .SelectMany(include => include.Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Select(file => Path.GetRelativePath(Repository.Root, Path.GetFullPath(file, Path.GetDirectoryName(project)!))))
            .ToList();

        Assert.Contains("docs/runbook.md", named);
        Assert.All(named, file =>
        {
            Assert.True(Ignored.LetsThrough(file), $"{file} is kept back by .dockerignore.");
            Assert.True(copied.Exists(source => file == source || file.StartsWith($"{source}/", StringComparison.Ordinal)), $"{file} is not copied by the Dockerfile.");
        });
    }

    [Fact]
    public async Task The_simulator_of_a_rehearsal_knows_what_the_catalogue_sells()
    {
        await using var console = ServerProcess.Start(["catalog", "console"], new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Equal(0, await console.Ended(Cancel));

        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(console.Output), JsonNode.Parse(await File.ReadAllTextAsync(Repository.File("deploy/simulator.json"), Cancel))),
            "./run catalog console > deploy/simulator.json");
    }

    private static IEnumerable<string> WithReferences(string project) =>
        XDocument.Load(Repository.File(project)).Descendants("ProjectReference")
            .Select(reference => Path.GetRelativePath(Repository.Root, Path.GetFullPath(reference.Attribute("Include")!.Value, Path.GetDirectoryName(Repository.File(project))!)))
            .SelectMany(WithReferences)
            .Append(project);

    private static async Task<JsonNode> Post(HttpClient http, string path, JsonObject body)
    {
        using var answer = await http.PostAsJsonAsync(path, body, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
