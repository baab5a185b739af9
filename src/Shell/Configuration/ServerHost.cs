using Marketplace.Shell.Http;
using Marketplace.Shell.Telemetry;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging.Console;

namespace Marketplace.Shell.Configuration;

/// <summary>What every process of the server has, whatever its role: its limits, its logs.</summary>
internal static class ServerHost
{
    /// <summary>A stop is given 30 seconds by most platforms; this leaves time to end the process itself.</summary>
    private static readonly TimeSpan ShutdownWithin = TimeSpan.FromSeconds(25);

    /// <summary>The first source, so that every other one overrides it.</summary>
    private static readonly Dictionary<string, string?> LogLevels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
        // What it says of a failed start is said by ourselves, for the person who starts it.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
        // What these say of a request is its query, and where it is sent on to, with the code and the state of a sign-on: only who names them
        // gets that, and not who wants to hear more of the framework as a whole.
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Warning",
        ["Logging:LogLevel:Microsoft.AspNetCore.Http.Result"] = "Warning",
        ["Logging:LogLevel:System"] = "Warning",
        ["Logging:LogLevel:Npgsql"] = "Warning",
        ["Logging:LogLevel:Quartz"] = "Warning",
        ["Logging:LogLevel:Hangfire"] = "Warning",
    };

    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // Configuration is read once, so nobody needs to watch its files.
        var builder = WebApplication.CreateSlimBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = LogLevels });
        builder.Configuration.AddSecretFiles();
        builder.Logging.ClearProviders();
        if (builder.Environment.IsDevelopment())
        {
            builder.Logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }
        else
        {
            builder.Logging.AddConsole(console => console.FormatterName = JsonLines.ItsName).AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
        }

        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyLimits.BytesReadMax;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownWithin);
        // The framework's loggers of outgoing calls print addresses and headers, and both carry secrets.
        builder.Services.ConfigureHttpClientDefaults(client => client.RemoveAllLoggers());
        return builder;
    }
}
