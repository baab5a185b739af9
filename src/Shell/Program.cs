using System.CommandLine;
using Carter;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Clock;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Connections;
using Marketplace.Shell.Credentials;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.DataProtection;
using Marketplace.Shell.Doctor;
using Marketplace.Shell.Drift;
using Marketplace.Shell.Experiments;
using Marketplace.Shell.Health;
using Marketplace.Shell.Http;
using Marketplace.Shell.Imports;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.JobHosts;
using Marketplace.Shell.OpenApi;
using Marketplace.Shell.OperatorConsole;
using Marketplace.Shell.OperatorConsole.SignIn;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.ProviderEvents;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Provisioning.Http;
using Marketplace.Shell.Provisioning.Keys;
using Marketplace.Shell.Provisioning.Postgres;
using Marketplace.Shell.Resync;
using Marketplace.Shell.Statements;
using Marketplace.Shell.Telemetry;
using Marketplace.Shell.UsageEvents;
using Marketplace.Shell.Webhooks;
using Npgsql;

namespace Marketplace.Shell;

/// <summary>The composition root: the one place where HTTP, jobs and adapters meet.</summary>
internal static class Program
{
    /// <summary>The routes that Vercel calls, their description, and those that the provider calls.</summary>
    private static readonly Type[] ApiModules = [typeof(PartnerApi), typeof(WebhookModule), typeof(OpenApiModule), typeof(ProviderApi), typeof(ControlPlaneModule), typeof(DashboardModule),
        typeof(ImportModule), typeof(ConnectModule), typeof(OperatorModule)];

    /// <summary>What the binary can do beside serving; each family says itself what it runs on.</summary>
    private static readonly Func<CommandHost, Command>[] Families =
    [
        DoctorCommand.Command, MigrateCommand.Command, DatabaseCommands.Command, HealthCommand.Command, KeyRingCommands.Command, CatalogueCommands.Command, KeyCommands.Command, DriftCommand.Command, ResyncCommand.Command,
        OutboxCommands.Command, ProviderEventCommands.Command, WebhookCommands.Command, ReplayCommands.Command, StatementCommand.Command, InvoiceCommands.Command,
        CredentialCommands.Command, FlagCommands.Command, JobCommands.Command, OperatorCommands.Command,
    ];

    public static async Task<int> Main(string[] args)
    {
        try
        {
            return await Commands().Invoke(args);
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return CommandParts.NotRun;
        }
        catch (NpgsqlException lost)
        {
            await Console.Error.WriteLineAsync($"Marketplace stopped: PostgreSQL cannot be used: {FirstConnection.Reason(lost)}.");
            return CommandParts.NotRun;
        }
    }

    /// <summary>The command line, with every command that there is.</summary>
    public static CommandLine Commands()
    {
        var host = new CommandHost(args => Build(Role.None, args), args => Compose(Role.None, args));
        return new CommandLine(Serve, Families.Select(family => family(host)));
    }

    /// <summary>The whole server, not yet started.</summary>
    /// <param name="args">ASP.NET's configuration arguments.</param>
    /// <param name="adjust">The last word on services, for tests.</param>
    /// <exception cref="StartRefusedException">The configuration is wrong.</exception>
    public static WebApplication Build(Role role, string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var app = Compose(role, args, adjust);
        CatalogueFit.Require(app.Services);
        app.UseForwardedHeaders();
        app.UseRequestSpans();
        app.UseFaultAnswers();
        app.MapCarter();
        return app;
    }

    /// <summary>Its parts, whatever the catalogue promises.</summary>
    private static WebApplication Compose(Role role, string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = ServerHost.CreateBuilder(args);
        var settings = SettingsSource.Read(builder.Configuration, builder.Environment);
        builder.Services
            .AddSettings(settings)
            .AddPersistence(settings.Database.Marketplace, role)
            .AddSecretBox(settings.DataProtection)
            .AddClock(settings.Clock)
            .AddWire()
            .AddKnownProxies(settings.Proxies)
            .AddHealth()
            .AddTelemetry(settings.Telemetry, role)
            .AddPostgresProvisioner(settings.AcmePostgres)
            .AddHttpProvisioner(settings.HttpProvisioner)
            .AddKeysProvisioner()
            .AddDecisions()
            .AddJobsView()
            .AddRoutes(role.HasFlag(Role.Api) ? [typeof(HealthModule), .. ApiModules, .. JobHost.Modules] : [typeof(HealthModule)])
            .AddSingleton<DriftReport>()
            .AddSingleton<DriftResults>();
        if (role != Role.None)
        {
            builder.Services.AddHostedService<CatalogueWatch>();
        }

        if (role.HasFlag(Role.Api))
        {
            builder.Services.AddPartnerAuthentication().AddProviderKeys().AddOutcomes().AddUsageEvents().AddDashboard().AddOperatorConsole().AddJobDashboard().AddImports().AddConnectableAccounts();
        }

        if (role.HasFlag(Role.Worker))
        {
            builder.Services.AddJobs().AddJobRuns().AddJobHost();
        }

        adjust?.Invoke(builder);
        return builder.Build();
    }

    /// <summary>Everything that must be right before the first request and the first job.</summary>
    /// <exception cref="StartRefusedException">The database, its key ring or the clock cannot be used, or the catalogue changes what was sold.</exception>
    public static async Task Start(WebApplication app, CancellationToken cancel)
    {
        await app.Services.GetRequiredService<Migrations>().Apply(cancel);
        await app.Services.GetRequiredService<KeyRing>().Open(cancel);
        await app.Services.OpenCatalogue(isOffered: true, cancel);
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
}
