using System.CommandLine;
using Marketplace.Simulator;
using Marketplace.Simulator.Demo;

var urls = new Option<string>("--urls") { Description = "Where to listen.", DefaultValueFactory = _ => "http://127.0.0.1:0" };
var provider = Address("--provider", "The provider's base URL.");
var webhook = Address("--webhook", "Where webhooks go.");
var redirectLogin = Address("--redirect-login", "The Redirect Login URL, where browsers arrive by single sign-on.");
var importResource = Address("--import", "The Import Resource URL, where browsers arrive to import what the provider has already.");
var connectAccount = Address("--connect", "The redirect URL of connectable accounts, where browsers arrive with a code.");
var integrationId = new Option<string>("--integration-id")
{
    Description = "The integration's id, oac_...",
    DefaultValueFactory = _ => "oac_simulated",
};
var clientSecret = new Option<string?>("--client-secret")
{
    Description = "The integration's client secret; the variable Vercel__ClientSecret when absent, so that it need not show in the process list.",
};
var slug = new Option<string>("--slug") { Description = "The integration's URL slug.", DefaultValueFactory = _ => "acme" };
var state = new Option<string?>("--state") { Description = "Where everything is kept between runs; nothing is without it." };
var now = new Option<DateTimeOffset?>("--now") { Description = "The time at the first start; real time without it." };
var edgeConfigOnly = new Option<bool>("--edge-config-only") { Description = "Know the older path of a config of experiments only." };
var clock = new Option<string>("--clock")
{
    Description = "real: runs at real speed; paused: stands still until it is advanced.",
    DefaultValueFactory = _ => "real",
};
clock.AcceptOnlyFromAmong("real", "paused");

var serve = new Command("serve", "Serve Vercel's side until stopped.")
{
    urls, provider, webhook, redirectLogin, importResource, connectAccount, integrationId, clientSecret, slug, state, edgeConfigOnly, now, clock,
};
serve.SetAction(async (given, cancel) =>
{
    var options = new SimulatorOptions
    {
        Urls = given.GetRequiredValue(urls),
        Provider = given.GetValue(provider),
        Webhook = given.GetValue(webhook),
        RedirectLogin = given.GetValue(redirectLogin),
        ImportResource = given.GetValue(importResource),
        ConnectAccount = given.GetValue(connectAccount),
        IntegrationId = given.GetRequiredValue(integrationId),
        Slug = given.GetRequiredValue(slug),
        StateFile = given.GetValue(state),
        KnowsEdgeConfigOnly = given.GetValue(edgeConfigOnly),
        Now = given.GetValue(now),
        Paused = given.GetValue(clock) == "paused",
    };
    if ((given.GetValue(clientSecret) ?? Environment.GetEnvironmentVariable("Vercel__ClientSecret")) is { Length: > 0 } secret)
    {
        options = options with { ClientSecret = secret };
    }

    await using var server = await SimulatorServer.Start(options, cancel);
    Console.WriteLine($"Now listening on: {server.BaseUrl.ToString().TrimEnd('/')}");
    try
    {
        await server.WaitForShutdown(cancel);
    }
    catch (OperationCanceledException) when (cancel.IsCancellationRequested)
    {
        // Asked to stop: everything is written when the server is disposed.
    }

    return 0;
});

var server = new Option<string[]>("--server")
{
    Description = "The command that starts the server, in one text or word by word.",
    Required = true,
    AllowMultipleArgumentsPerToken = true,
};
var demo = new Command("demo", "Play one customer's whole life against a server, and check every step.") { server };
demo.SetAction((given, cancel) => DemoRun.Play(given.GetRequiredValue(server), Transcript.OnConsole, cancel));

try
{
    return await new RootCommand("Vercel's side of the Marketplace, simulated.") { serve, demo }.Parse(args)
        .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (InvalidDataException unreadable)
{
    // A person can mend it, and needs no stack for it.
    Console.Error.WriteLine(unreadable.Message);
    return 1;
}

// The library parses no addresses by itself.
static Option<Uri?> Address(string name, string description) =>
    new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address))
            {
                return address;
            }

            result.AddError($"{name} takes an absolute URL, such as http://127.0.0.1:8080.");
            return null;
        },
    };
