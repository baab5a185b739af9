using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration.ProviderEvents;

/// <summary>
/// The provider's backend as somebody writes it who has read <c>docs/events.md</c> and nothing else: it checks the signature by itself, and
/// does what a test wants of it.
/// </summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication host;
    private readonly ConcurrentQueue<Heard> heard = new();

    private Backend(WebApplication host, string[] secrets) => (this.host, Secrets) = (host, secrets);

    /// <summary>Those that it takes.</summary>
    public string[] Secrets { get; set; }

    /// <summary>What it does with what is signed well; 204 unless a test says otherwise.</summary>
    public Func<Heard, HttpContext, Task> Answers { get; set; } = (_, http) => Status(http, 204);

    public Uri Url => new(new Uri(host.Urls.First()), "/events");

    /// <summary>Every attempt, in the order of arrival, that was signed well.</summary>
    public IReadOnlyList<Heard> Attempts => [.. heard];

    public IEnumerable<Heard> Taken => Attempts.Where(one => one.Status is >= 200 and < 300);

    public ConcurrentQueue<string> Forged { get; } = new();

    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Events:Url"] = Url.AbsoluteUri, ["Events:Secrets"] = string.Join(',', Secrets),
    };

    public static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public static Task Status(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <param name="port">Of one that died, and comes back; any other when absent.</param>
    public static async Task<Backend> Start(CancellationToken cancel, string[]? secrets = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        var backend = new Backend(builder.Build(), secrets ?? [NewSecret()]);
        backend.host.Run(backend.Listen);
        await backend.host.StartAsync(cancel);
        return backend;
    }

    /// <summary>The names of what it took of an installation, in the order in which it did.</summary>
    public IEnumerable<string> TypesOf(string installation) => TakenOf(installation).Select(one => one.Type);

    public IEnumerable<Heard> TakenOf(string installation) => Taken.Where(one => one.Installation == installation);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private async Task Listen(HttpContext http)
    {
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
        if (http.Request is not { Method: "POST", Path.Value: "/events", ContentType: "application/json" } || !IsSigned(http.Request.Headers, bytes.ToArray()))
        {
            Forged.Enqueue(Encoding.UTF8.GetString(bytes.ToArray()));
            http.Response.StatusCode = 401;
            return;
        }

        var one = new Heard(http.Request.Headers["webhook-id"].ToString(), JsonNode.Parse(bytes.ToArray())!);
        heard.Enqueue(one);
        await Answers(one, http);
        one.Status = http.Response.StatusCode;
    }

    private bool IsSigned(IHeaderDictionary headers, byte[] body)
    {
        var (id, sentAt) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString());
        if (Math.Abs(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - long.Parse(sentAt, CultureInfo.InvariantCulture)) > 300)
            return false;
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{sentAt}."), .. body];
        var given = headers["webhook-signature"].ToString().Split(' ');
        return Secrets.Any(secret => given.Contains(
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed)), StringComparer.Ordinal));
    }
}

/// <summary>One attempt to tell the backend something.</summary>
internal sealed record Heard(string Id, JsonNode Json)
{
    /// <summary>What it was answered with; none while it is being answered, or when nobody waits any more.</summary>
    public int? Status { get; set; }

    public string Type => Json["type"]!.GetValue<string>();

    public string? Installation => Json["installationId"]?.GetValue<string>();

    public JsonNode Data => Json["data"]!;
}
