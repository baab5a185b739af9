using System.CommandLine;
using Marketplace.Shell.Clock;
using Marketplace.Shell.DataProtection;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;

namespace Marketplace.Shell.Configuration;

/// <summary>What a command does, once it has what it runs on.</summary>
internal delegate Task<int> CommandAct<in THost>(THost host, ParseResult parsed, CancellationToken cancel);

/// <summary>
/// On what a command runs: the server's parts, our database alone, or nothing but the configuration. Nothing is started, and
/// nothing is migrated.
/// </summary>
/// <param name="server">Everything that a server is made of, from ASP.NET's part of the command line.</param>
/// <param name="parts">The same, whatever its catalogue promises.</param>
internal sealed class CommandHost(Func<string[], WebApplication> server, Func<string[], WebApplication> parts)
{
    /// <summary>Everything that a server is made of, whatever its catalogue promises.</summary>
    public Func<string[], WebApplication> Parts => parts;

    /// <summary>The whole server's parts, at this binary's schema and at the time of its clock.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> OnServer(CommandAct<WebApplication> act) =>
        async (parsed, cancel) =>
        {
            await using var app = Server(parsed);
            await app.Services.GetRequiredService<Migrations>().Require(cancel);
            app.Services.GetRequiredService<KeyRing>().Require();
            await app.Services.OpenCatalogue(isOffered: false, cancel);
            await app.Services.AwaitClock(cancel);
            return await act(app, parsed, cancel);
        };

    /// <summary>The whole server's parts, whatever the state of the database.</summary>
    /// <exception cref="StartRefusedException">The configuration is wrong.</exception>
    public WebApplication Server(ParseResult parsed) => server(ConfigurationWords.Of(parsed));

    /// <summary>Our database and nothing else, at this binary's schema.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> OnDatabase(CommandAct<WebApplication> act) =>
        OnAnyDatabase(async (app, parsed, cancel) =>
        {
            await app.Services.GetRequiredService<Migrations>().Require(cancel);
            return await act(app, parsed, cancel);
        });

    /// <summary>Our database, whatever its schema.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> OnAnyDatabase(CommandAct<WebApplication> act) =>
        OnConfiguration(async (builder, parsed, cancel) =>
        {
            builder.Services.AddPersistence(SettingsSource.ReadDatabase(builder.Configuration), Role.None);
            await using var app = builder.Build();
            return await act(app, parsed, cancel);
        });

    /// <summary>The configuration as it is, right or wrong.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> OnConfiguration(CommandAct<WebApplicationBuilder> act) =>
        (parsed, cancel) => act(ServerHost.CreateBuilder(ConfigurationWords.Of(parsed)), parsed, cancel);
}
