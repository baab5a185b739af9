using Carter;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Clock;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Connections;
using Marketplace.Shell.Credentials;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.DataProtection;
using Marketplace.Shell.Drift;
using Marketplace.Shell.Experiments;
using Marketplace.Shell.Health;
using Marketplace.Shell.Http;
using Marketplace.Shell.Imports;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.JobHosts;
using Marketplace.Shell.OpenApi;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Provisioning.Keys;
using Marketplace.Shell.Provisioning.Postgres;
using Marketplace.Shell.Resync;
using Marketplace.Shell.Statements;
using Marketplace.Shell.UsageEvents;
using Marketplace.Shell.Webhooks;
using Npgsql;

namespace Marketplace.Shell;

/// <summary>The composition root: the one place where HTTP, jobs and adapters meet.</summary>
internal static class Program
{
    private const int Refused = 1;

    /// <summary>The routes that Vercel calls, their description, and those that the provider calls.</summary>
    private static readonly Type[] ApiModules = [typeof(PartnerApi), typeof(WebhookModule), typeof(OpenApiModule), typeof(ProviderApi), typeof(DashboardModule),
        typeof(ImportModule), typeof(ConnectModule)];

    public static async Task<int> Main(string[] args)
    {
        try
        {
            return await new CommandLine(
                Serve, Migrate, On<DriftRequest>(DriftCommand.Run), On<StatementRequest>(StatementCommand.Run), On<RedraftRequest>(InvoiceCommands.Redraft),
                On<OutboxRequest>(OutboxCommands.Run), On<WebhookRequest>(WebhookCommands.Run), On<string>(CredentialCommands.Rotate),
                On<ResyncOrder>(ResyncCommand.Run), On<FlagOrder>(FlagCommands.Run),
                new KeyActions(KeyCommands.Create, KeyCommands.List, KeyCommands.Revoke)).Invoke(args);
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return Refused;
        }
        catch (NpgsqlException lost)
        {
            await Console.Error.WriteLineAsync($"Marketplace stopped: PostgreSQL cannot be used: {FirstConnection.Reason(lost)}.");
            return Refused;
        }
    }

    /// <summary>The whole server, not yet started.</summary>
    /// <param name="args">ASP.NET's configuration arguments.</param>
    /// <param name="adjust">The last word on services, for tests.</param>
    /// <exception cref="StartRefusedException">The configuration is wrong.</exception>
    public static WebApplication Build(Role role, string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = ServerHost.CreateBuilder(args);
        var settings = SettingsSource.Read(builder.Configuration, builder.Environment);
        builder.Services
            .AddSettings(settings)
            .AddPersistence(settings.Database.Marketplace, role)
            .AddSecretBox(settings.DataProtection)
            .AddClock(settings.Clock)
            .AddWire()
            .AddHealth()
            .AddPostgresProvisioner(settings.AcmePostgres)
            .AddSingleton<IProvisioner, KeysProvisioner>()
            .AddDecisions()
            .AddRoutes(role.HasFlag(Role.Api) ? [typeof(HealthModule), .. ApiModules] : [typeof(HealthModule)])
            .AddSingleton<DriftReport>();
        if (role.HasFlag(Role.Api))
        {
            builder.Services.AddPartnerAuthentication().AddProviderKeys().AddUsageEvents().AddDashboard().AddImports().AddConnectableAccounts();
        }

        if (role.HasFlag(Role.Worker))
        {
            builder.Services.AddJobs().AddJobHost();
        }

        adjust?.Invoke(builder);
        var app = builder.Build();
        CatalogueFit.Require(app.Services);
        app.UseFaultAnswers();
        app.MapCarter();
        return app;
    }

    /// <summary>Everything that must be right before the first request and the first job.</summary>
    /// <exception cref="StartRefusedException">The database, its key ring or the clock cannot be used.</exception>
    public static async Task Start(WebApplication app, CancellationToken cancel)
    {
        await app.Services.GetRequiredService<Migrations>().Apply(cancel);
        await app.Services.GetRequiredService<KeyRing>().Open(cancel);
        await app.Services.AwaitClock(cancel);
        await app.StartListening(cancel);
    }

    private static async Task<int> Serve(Role role, string[] args)
    {
        await using var app = Build(role, args);
        await Start(app, CancellationToken.None);
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task<int> Migrate(string[] args, CancellationToken cancel)
    {
        var builder = ServerHost.CreateBuilder(args);
        builder.Services.AddPersistence(SettingsSource.ReadDatabase(builder.Configuration), Role.None);
        await using var app = builder.Build();
        var applied = await app.Services.GetRequiredService<Migrations>().Apply(cancel);
        await Console.Out.WriteLineAsync(applied == 0 ? "The database is up to date." : $"{Counted.Of(applied, "migration")} applied.");
        return 0;
    }

    /// <summary>A command on the server's parts, at this binary's schema; nothing is started.</summary>
    private static Func<TRequest, string[], CancellationToken, Task<int>> On<TRequest>(
        Func<WebApplication, TRequest, CancellationToken, Task<int>> command) =>
        async (request, args, cancel) =>
        {
            await using var app = Build(Role.None, args);
            await app.Services.GetRequiredService<Migrations>().Require(cancel);
            await app.Services.AwaitClock(cancel);
            return await command(app, request, cancel);
        };
}
