using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Marketplace.Shell.Telemetry;
using Marketplace.Simulator.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marketplace.Integration.Telemetry;

/// <summary>What a deployment without a collector reads in its log. Alone, because whoever collects traces in this process listens for everybody in it.</summary>
[Collection(TelemetryStory.Alone)]
public sealed class LoggedTracesTests
{
    [Fact]
    public async Task A_line_of_a_worker_names_trace_span_and_installation_though_nobody_collects_traces()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        var tool = await acme.Provision(await acme.Install());
        using var lines = new Lines();
        acme.Server.Services.GetRequiredService<ILoggerFactory>().AddProvider(lines);
        await acme.Execute(
            "insert into outbox_message (installation_id, resource_id, kind, created_at, due_at) values ($1, $2, 'resource_state', $3, $3)",
            tool.Installation, tool.Id, acme.Now);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tool.Id, Disturbance.Fails(401));

        await acme.Work("outbox");

        var line = Assert.Single(lines.Written, line => (string?)line["Category"] == "Marketplace.Jobs.Outbox.OutboxDispatch");
        Assert.Equal(tool.Installation, (string?)line["InstallationId"]);
        Assert.Matches("^[0-9a-f]{32}$", (string?)line["TraceId"]);
        Assert.Matches("^[0-9a-f]{16}$", (string?)line["SpanId"]);
    }

    [Fact]
    public async Task Nothing_of_it_is_kept_for_later()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        var tool = await acme.Provision(await acme.Install(), "db", "free", "acme-postgres");

        Assert.Equal(0, await acme.Ask<long>("select count(*) from operation where installation_id = $1 and traceparent is not null", tool.Installation));
    }

    /// <summary>The lines as a deployment writes them.</summary>
    private sealed class Lines : ILoggerProvider
    {
        private readonly JsonLines format = new();
        private readonly ConcurrentQueue<JsonNode> written = new();

        public IEnumerable<JsonNode> Written => written;

        public ILogger CreateLogger(string categoryName) => new OfCategory(this, categoryName);

        public void Dispose() => written.Clear();

        private void Write<TState>(string category, LogLevel level, EventId id, TState state, Exception? fault, Func<TState, Exception?, string> formatter)
        {
            using var text = new StringWriter();
            format.Write(new LogEntry<TState>(level, category, id, state, fault, formatter), scopeProvider: null, text);
            written.Enqueue(JsonNode.Parse(text.ToString())!);
        }

        private sealed class OfCategory(Lines lines, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Write(category, logLevel, eventId, state, exception, formatter);
        }
    }
}
