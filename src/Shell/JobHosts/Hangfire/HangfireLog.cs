using Hangfire.Logging;
using HangfireLevel = Hangfire.Logging.LogLevel;
using Level = Microsoft.Extensions.Logging.LogLevel;

namespace Marketplace.Shell.JobHosts;

/// <summary>What Hangfire says, in our log. It knows one log for the whole process.</summary>
internal sealed class HangfireLog(ILoggerFactory loggers) : ILogProvider, ILog
{
    // Made once: whoever comes later, in a process with several servers, may find the factory gone.
    private readonly ILogger log = loggers.CreateLogger("Hangfire");

    public ILog GetLogger(string name) => this;

    /// <param name="messageFunc">Null where the question is whether anybody would hear it.</param>
    public bool Log(HangfireLevel logLevel, Func<string>? messageFunc, Exception? exception = null)
    {
        var level = logLevel switch
        {
            HangfireLevel.Trace => Level.Trace,
            HangfireLevel.Debug => Level.Debug,
            HangfireLevel.Info => Level.Information,
            HangfireLevel.Warn => Level.Warning,
            HangfireLevel.Error => Level.Error,
            HangfireLevel.Fatal => Level.Critical,
            _ => Level.Information,
        };
        if (messageFunc is not null && log.IsEnabled(level))
            log.Log(level, default, messageFunc(), exception, static (message, _) => message);
        return log.IsEnabled(level);
    }
}
