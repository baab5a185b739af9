using System.CommandLine;
using Marketplace.Driver;
using Marketplace.Driver.Customers;
using Marketplace.Driver.Hourly;
using Marketplace.Driver.Ingestion;
using Marketplace.Driver.Keys;
using Marketplace.Driver.Load;
using Marketplace.Driver.Report;
using Marketplace.Driver.Scenarios;
using Marketplace.Driver.Webhooks;

const int Wrong = 1;
const int Missed = 2;
const string Postgres = "ConnectionStrings__Marketplace";

SocketCompletions.Inline();

var server = new Option<FileInfo>("--server") { Description = "The built server.", Required = true };
var floor = new Option<FileInfo>("--floor") { Description = "The built floor.", Required = true };
var catalogue = new Option<FileInfo>("--catalogue") { Description = "The catalogue that both read.", Required = true };
var product = new Option<string>("--product") { Description = "What is bought.", DefaultValueFactory = _ => "acme-keys" };
var plan = new Option<string>("--plan") { Description = "On which plan.", DefaultValueFactory = _ => "free" };
var metadata = new Option<string>("--metadata") { Description = "With which metadata, as JSON.", DefaultValueFactory = _ => "{}" };
var role = new Option<string>("--role") { Description = "The server's role under load: all or api.", DefaultValueFactory = _ => "all" };
role.AcceptOnlyFromAmong("all", "api");
var remembers = new Option<bool>("--floor-remembers-tokens")
{
    Description = "The floor knows a token again that it has checked, as the server does; else it checks the token of every request.",
};
var quick = new Option<bool>("--quick") { Description = "One short round: about a minute, and rough numbers." };
var rounds = new Option<int?>("--rounds") { Description = "How often both are measured in turns." };
var soak = new Option<int?>("--soak") { Description = "For how many seconds the server's memory is watched under a steady load." };
var smoke = new Option<bool>("--smoke") { Description = "Half a second each over four connections: shows that everything works." };
var assert = new Option<bool>("--assert") { Description = $"Exit code {Missed} when something that is asked for is not reached." };
var only = new Option<string?>("--only") { Description = "Only the scenarios whose name contains this." };
var ingest = new Option<bool>("--ingest") { Description = "Instead, how fast usage events are taken in, and how soon they are billed." };
var webhooks = new Option<bool>("--webhooks") { Description = "Instead, how soon webhooks are stored and acknowledged, and have their effect." };
var verify = new Option<bool>("--verify") { Description = "Instead, how soon a gateway knows whether a key is good that somebody shows." };
var markdown = new Option<FileInfo?>("--markdown") { Description = "Where the tables are also written." };
var hourly = new Option<bool>("--hourly") { Description = "Instead of requests: the worker's run of an hour over ever more installations." };
var installations = new Option<int[]>("--installations")
{
    Description = "How many, for --hourly.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1_000, 10_000, 100_000],
};
var periods = new Option<int[]>("--periods")
{
    Description = "How many hours the billing periods have run, for --hourly over the first number of installations.",
    AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [360, 720],
};

var kills = new Option<int>("--kills") { Description = "For --hourly over the first number of installations: kill the worker at so many random points instead." };

var levels = new Option<bool>("--levels") { Description = "For --hourly: what is billed is a level that is read every hour, not what was reported as used." };

var root = new RootCommand("Measures the server against the floor: the least that any server of this API must do.")
{
    server, floor, catalogue, product, plan, metadata, role, remembers, quick, rounds, soak, smoke, assert, only, ingest, webhooks, verify, markdown,
    hourly, installations, periods, kills, levels,
};
root.SetAction(async (given, cancel) =>
{
    if (given.GetValue(hourly))
        return await Hourly(given, cancel);

    var target = new BenchTarget(
        ["dotnet", given.GetRequiredValue(server).FullName, "--role", given.GetRequiredValue(role)],
        ["dotnet", given.GetRequiredValue(floor).FullName, "--Tokens:Remembered", $"{given.GetValue(remembers)}"],
        Environment.GetEnvironmentVariable(Postgres) ?? throw new InvalidOperationException($"{Postgres} is not set: use ./run bench."),
        given.GetRequiredValue(catalogue).FullName,
        new Purchase(given.GetRequiredValue(product), given.GetRequiredValue(plan), given.GetRequiredValue(metadata)),
        [.. Scenario.All.Where(scenario => scenario.Name.Contains(given.GetValue(only) ?? "", StringComparison.OrdinalIgnoreCase))]);
    var how = given.GetValue(smoke) ? BenchPlan.Smoke : given.GetValue(quick) ? BenchPlan.Quick : BenchPlan.Full;
    how = how with
    {
        Rounds = given.GetValue(rounds) ?? how.Rounds,
        Soak = given.GetValue(soak) is { } seconds ? TimeSpan.FromSeconds(seconds) : how.Soak,
    };
    try
    {
        if (given.GetValue(ingest))
        {
            var ingestion = new IngestionBench(
                given.GetValue(smoke) ? IngestionPlan.Smoke : given.GetValue(quick) ? IngestionPlan.Quick : IngestionPlan.Full, target, new Bench(how, target, Console.Error).Settings, Console.Error);
            var table = IngestionBench.Tables(await ingestion.Run(given.GetRequiredValue(server).FullName, cancel));
            Console.WriteLine();
            Console.WriteLine(table);
            if (given.GetValue(markdown) is { } place)
                await File.WriteAllTextAsync(place.FullName, table, cancel);
            return 0;
        }

        if (given.GetValue(webhooks))
        {
            var pace = given.GetValue(smoke) ? WebhookPlan.Smoke : given.GetValue(quick) ? WebhookPlan.Quick : WebhookPlan.Full;
            var found = await new WebhookBench(pace, target, new Bench(how, target, Console.Error).Settings, Console.Error).Run(cancel);
            var table = WebhookBench.Tables(found, pace);
            Console.WriteLine();
            Console.WriteLine(table);
            if (given.GetValue(markdown) is { } place)
                await File.WriteAllTextAsync(place.FullName, table, cancel);
            return 0;
        }

        if (given.GetValue(verify))
        {
            var pace = given.GetValue(smoke) ? KeyPlan.Smoke : given.GetValue(quick) ? KeyPlan.Quick : KeyPlan.Full;
            var found = await new KeyBench(pace, target, new Bench(how, target, Console.Error).Settings, Console.Error).Run(cancel);
            var table = KeyBench.Tables(found, pace);
            Console.WriteLine();
            Console.WriteLine(table);
            if (given.GetValue(markdown) is { } place)
                await File.WriteAllTextAsync(place.FullName, table, cancel);
            return 0;
        }

        var findings = await new Bench(how, target, Console.Error).Run(cancel);
        var tables = Tables.Write(findings, given.GetValue(remembers) ? "a floor that remembers tokens" : "floor");
        Console.WriteLine();
        Console.WriteLine(tables);
        if (given.GetValue(markdown) is { } file)
            await File.WriteAllTextAsync(file.FullName, tables, cancel);

        var missed = Tables.Missed(findings).ToList();
        foreach (var miss in missed)
            Console.WriteLine($"not reached: {miss}");
        return missed.Count > 0 && given.GetValue(assert) ? Missed : 0;
    }
    catch (WrongAnswerException wrong)
    {
        Console.Error.WriteLine($"A wrong answer, so there is no result: {wrong.Message}");
        return Wrong;
    }
});
return await root.Parse(args).InvokeAsync();

async Task<int> Hourly(ParseResult given, CancellationToken cancel)
{
    try
    {
        string[] worker = ["dotnet", given.GetRequiredValue(server).FullName];
        var postgres = Environment.GetEnvironmentVariable(Postgres) ?? throw new InvalidOperationException($"{Postgres} is not set: use ./run bench.");
        var tables = given.GetValue(kills) is > 0 and var times
            ? await new HourlyCrashes(worker, postgres, Console.Error).Run(
                given.GetRequiredValue(installations)[0], times, Environment.TickCount, cancel)
            : await new HourlyBench(worker, postgres, Console.Error).Run(
                given.GetRequiredValue(installations), given.GetRequiredValue(periods), warming: 3_000, given.GetValue(levels), cancel);
        Console.WriteLine();
        Console.WriteLine(tables);
        if (given.GetValue(markdown) is { } file)
            await File.WriteAllTextAsync(file.FullName, tables, cancel);
        return 0;
    }
    catch (WrongAnswerException wrong)
    {
        Console.Error.WriteLine($"A wrong answer, so there is no result: {wrong.Message}");
        return Wrong;
    }
}
