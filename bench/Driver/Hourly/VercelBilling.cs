using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Driver.Hourly;

/// <summary>
/// What the worker needs of Vercel: somebody who takes reports and invoices over HTTP, reads every byte of them, and knows an external id
/// again. The Simulator would check all of it, on the processors that are being measured.
/// </summary>
internal sealed class VercelBilling : IAsyncDisposable
{
    private readonly WebApplication host;
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, string>> invoices = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int reports;
    private int calls;
    private int asked;
    private long firstReport;
    private long lastReport;

    private VercelBilling(WebApplication host) => this.host = host;

    public string BaseUrl => host.Urls.First();

    /// <summary>What the worker takes the time to be.</summary>
    public DateTimeOffset Now { get; set; } = HourlyEstate.DueAt.AddSeconds(3);

    /// <summary>The worker has looked once at everything that was due when it started.</summary>
    public Task CaughtUp => caughtUp.Task;

    /// <summary>How many reports were taken, repeated ones included.</summary>
    public int Reports => Volatile.Read(ref reports);

    /// <summary>How many invoices came, repeated ones included.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>From the first report of those that were counted to the last.</summary>
    public TimeSpan Span => Stopwatch.GetElapsedTime(Volatile.Read(ref firstReport), Volatile.Read(ref lastReport));

    /// <summary>Asked at every call, before it is answered.</summary>
    public Func<int, Task> Called { get; set; } = _ => Task.CompletedTask;

    /// <summary>How many invoices each installation was charged.</summary>
    public IReadOnlyDictionary<string, int> Charged =>
        invoices.ToDictionary(of => of.Key, of => of.Value.Count, StringComparer.Ordinal);

    public static async Task<VercelBilling> Start(CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var side = new VercelBilling(builder.Build());
        side.host.Run(side.Answer);
        await side.host.StartAsync(cancel);
        return side;
    }

    /// <summary>Counts from here.</summary>
    public void Restart()
    {
        Volatile.Write(ref reports, 0);
        Volatile.Write(ref firstReport, 0);
    }

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        if (context.Request.Path == "/clock")
        {
            if (context.Request.Query.ContainsKey("caughtUpTo"))
                caughtUp.TrySetResult();
            await context.Response.WriteAsJsonAsync(new { now = Now });
            return;
        }

        // v1/installations/{id}/billing, or more after it.
        var path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (!context.Request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var call = Interlocked.Increment(ref calls);
        switch (path[3..])
        {
            case ["billing"] when body.RootElement.TryGetProperty("usage", out _) && body.RootElement.TryGetProperty("eod", out _):
                Reported();
                await Called(call);
                context.Response.StatusCode = StatusCodes.Status201Created;
                break;
            case ["billing", "invoices"]:
                var taken = Invoiced(path[2], body.RootElement.GetProperty("externalId").GetString()!);
                await Called(call);
                context.Response.StatusCode = taken is null ? StatusCodes.Status409Conflict : StatusCodes.Status200OK;
                await (taken is null
                    ? context.Response.WriteAsJsonAsync(new { error = new { code = "conflict", message = "externalId is already in use" } })
                    : context.Response.WriteAsJsonAsync(new { invoiceId = taken }));
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private void Reported()
    {
        Interlocked.CompareExchange(ref firstReport, Stopwatch.GetTimestamp(), 0);
        Volatile.Write(ref lastReport, Stopwatch.GetTimestamp());
        Interlocked.Increment(ref reports);
    }

    /// <summary>Null where there is one already.</summary>
    private string? Invoiced(string installation, string externalId)
    {
        Interlocked.Increment(ref asked);
        var id = $"mi_{Guid.NewGuid():N}";
        return invoices.GetOrAdd(installation, _ => new(StringComparer.Ordinal)).TryAdd(externalId, id) ? id : null;
    }
}
