using Marketplace.Floor;
using Npgsql;

// The least that any server of this API must do: check the token, run one statement, answer. No routing, no binding, no
// validation, no transaction of more than one statement, and nothing that a repeated request would need.
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args });
builder.Configuration.AddEnvironmentVariables().AddCommandLine(args);
builder.WebHost.UseKestrelCore().UseUrls(Setting("urls"));
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

var tokens = await Tokens.Of(
    new Uri(Setting("Vercel:MetadataAddress")), Setting("Vercel:Issuer"), Setting("Vercel:IntegrationId"), builder.Configuration.GetValue<bool>("Tokens:Remembered"));
await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Setting("ConnectionStrings:Marketplace"))
{
    // As the server has it: every statement prepared once, and sessions left as they are. And a connection for each of the driver's.
    MaxAutoPrepare = 200,
    AutoPrepareMinUsages = 2,
    NoResetOnClose = true,
    MaxPoolSize = 64,
});
var documents = new Documents(database);
await documents.Create();

await using var app = builder.Build();
app.Run(new Requests(
    tokens, documents, await ProductPlans.Read(Setting("Catalog:Path")), Setting("Vercel:ClientSecret"),
    $"Bearer {builder.Configuration["Gateway:Key"]}").Answer);
await app.StartAsync();
Console.WriteLine($"Now listening on: {app.Urls.First()}");
await app.WaitForShutdownAsync();

string Setting(string key) => builder.Configuration[key] ?? throw new InvalidOperationException($"The setting {key} is missing.");
