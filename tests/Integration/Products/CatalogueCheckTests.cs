using System.Text.Json.Nodes;

namespace Marketplace.Integration.Products;

/// <summary><c>catalog check</c>: everything that a start would say, at once, with its place in the file.</summary>
public sealed class CatalogueCheckTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(file);

    [Fact]
    public async Task Every_problem_is_said_with_its_line_and_its_column()
    {
        await File.WriteAllTextAsync(
            file,
            """
            {
              "products": [
                {
                  "id": "p", "name": "P", "provisioner": "postgres", "versoin": 2,
                  "plans": [
                    { "id": "pro", "type": "subscription", "name": " ", "description": "Pró.", "pricing": { "base": 19 } }
                  ]
                }
              ]
            }
            """,
            Cancel);

        var (code, json, _) = await Check(file, "--json");

        Assert.Equal(2, code);
        var told = JsonNode.Parse(json)!;
        Assert.False((bool)told["isGood"]!);
        Assert.Equal(
            [
                "products[0].plans[0].name 6:48", "products[0].plans[0].pricing.base 6:97", "products[0].versoin 4:58",
            ],
            told["problems"]!.AsArray().Select(one => $"{one!["path"]} {one["line"]}:{one["column"]}").Order(StringComparer.Ordinal));
        var (again, text, _) = await Check(file);
        Assert.Equal(2, again);
        Assert.Contains($"{file}:6:97: products[0].plans[0].pricing.base: must be a decimal string such as \"19.00\".", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_good_one_ends_well_and_what_no_provisioner_does_is_found_without_any_configuration()
    {
        var (good, said, _) = await Check(Repository.File("catalog.json"));
        Assert.Equal(0, good);
        Assert.Contains("The catalogue is good.", said, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(Repository.File("catalog.json"), Cancel)).Replace("\"keys\"", "\"locks\"", StringComparison.Ordinal), Cancel);
        var (bad, problems, _) = await Check(file);
        Assert.Equal(2, bad);
        Assert.Contains("products[1].provisioner: acme-keys names the provisioner \"locks\"", problems, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_file_or_no_JSON_is_said_as_such()
    {
        var (missing, _, errors) = await Check(Path.Combine(Path.GetTempPath(), "no-such-catalogue.json"));
        Assert.Equal(1, missing);
        Assert.Contains("There is no file", errors, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "{\n  \"products\": [,\n}", Cancel);
        var (malformed, said, _) = await Check(file);
        Assert.Equal(2, malformed);
        Assert.Contains($"{file}:2:16: is not JSON", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_database_it_says_which_plans_would_change_under_those_who_have_them()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "../../catalog.json" });
        await acme.Provision(await acme.Install(), "held", "payg", "acme-keys");
        var tools = JsonNode.Parse(await File.ReadAllTextAsync(Repository.File("catalog.json"), Cancel))!;
        var plan = tools["products"]![1]!["plans"]![1]!;
        plan["pricing"]!["base"] = "77.00";
        await File.WriteAllTextAsync(file, tools.ToJsonString(), Cancel);
        var database = ("ConnectionStrings__Marketplace", acme.ConnectionString);

        var (changed, said, _) = await Run(["catalog", "check", file], database);
        Assert.Equal(2, changed);
        Assert.Contains("changes under those who have it: pricing.base was", said, StringComparison.Ordinal);
        Assert.Contains("1 resource has it", said, StringComparison.Ordinal);

        plan["version"] = 2;
        await File.WriteAllTextAsync(file, tools.ToJsonString(), Cancel);
        var (versioned, kept, _) = await Run(["catalog", "check", file], database);
        Assert.Equal(0, versioned);
        Assert.Contains("kept for those who have it: acme-keys/payg.", kept, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Errors)> Check(params string[] words) => Run(["catalog", "check", .. words]);

    private static async Task<(int Code, string Output, string Errors)> Run(string[] words, params (string Key, string Value)[] environment)
    {
        await using var process = ServerProcess.Start(words, environment.ToDictionary(one => one.Key, one => one.Value, StringComparer.Ordinal));
        var code = await process.Ended(Cancel);
        return (code, process.Output, process.Errors);
    }
}
