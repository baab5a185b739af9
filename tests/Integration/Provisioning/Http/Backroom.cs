using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration.Provisioning.Http;

/// <summary>
/// A control plane in the hands of a test: it makes what it is asked for at once, unless the test has said what becomes of a question. It
/// checks signatures by itself, from the specification of Standard Webhooks.
/// </summary>
internal sealed class Backroom : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Type, string Name), ConcurrentQueue<Mood>> planned = new();
    private readonly ConcurrentQueue<Question> questions = new();
    private readonly ConcurrentDictionary<string, string> outcomes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> made = new(StringComparer.Ordinal);
    private readonly WebApplication app;

    private Backroom(WebApplication app) => this.app = app;

    public Uri Url => new(new Uri(app.Urls.First()), "/marketplace");

    /// <summary>The secrets that it knows at present.</summary>
    public IReadOnlyList<string> Secrets { get; set; } = [NewSecret()];

    public IReadOnlyCollection<Question> Questions => questions;

    public IEnumerable<string> Types(string resource) =>
        questions.Where(asked => asked.Resource == resource && asked.Type != "measure").Select(asked => asked.Type);

    public Question Last(string type) => questions.Last(asked => asked.Type == type);

    public bool Holds(string resource) => made.ContainsKey(resource);

    public void Lose(string resource) => made.TryRemove(resource, out _);

    /// <summary>How often something was really made: a repetition of an operation makes nothing.</summary>
    public int MadeCount { get; private set; }

    public static async Task<Backroom> Open(CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var backroom = new Backroom(builder.Build());
        backroom.app.Urls.Add("http://127.0.0.1:0");
        backroom.app.MapPost("/marketplace", backroom.Take);
        await backroom.app.StartAsync(cancel);
        return backroom;
    }

    public static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>What the next questions of a type about the resource of this name bring; after these it works again.</summary>
    public void Plan(string type, string name, params Mood[] moods) => planned[(type, name)] = new ConcurrentQueue<Mood>(moods);

    /// <summary>As the specification says: the base64 of an HMAC-SHA256 over id, seconds and body.</summary>
    public static string Sign(string secret, string id, long seconds, string body) => "v1," + Convert.ToBase64String(HMACSHA256.HashData(
        Convert.FromBase64String(secret["whsec_".Length..]),
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{seconds}.{body}"))));

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        var headers = context.Request.Headers;
        var (id, seconds) = (headers["webhook-id"].ToString(), long.Parse(headers["webhook-timestamp"].ToString(), CultureInfo.InvariantCulture));
        var signatures = headers["webhook-signature"].ToString().Split(' ');
        if (!Secrets.Any(secret => signatures.Contains(Sign(secret, id, seconds, text), StringComparer.Ordinal)))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var question = new Question(id, JsonNode.Parse(text)!, signatures);
        questions.Enqueue(question);
        var mood = planned.TryGetValue((question.Type, question.Name), out var moods) && moods.TryDequeue(out var next) ? next : new Mood.Works();
        switch (mood)
        {
            case Mood.Works:
                await Write(context, StatusCodes.Status200OK, Work(question));
                break;
            case Mood.Says says:
                foreach (var (name, value) in says.Headers)
                    context.Response.Headers[name] = value;
                await Write(context, says.Status, says.Body);
                break;
            case Mood.DiesAfter:
                Work(question);
                context.Abort();
                break;
            case Mood.DiesBefore:
                context.Abort();
                break;
            case Mood.Waits waits:
                await waits.Until.Task.WaitAsync(context.RequestAborted);
                await (waits.Then is var (status, body) ? Write(context, status, body) : Write(context, StatusCodes.Status200OK, Work(question)));
                break;
            default:
                throw new UnreachableException(mood.GetType().Name);
        }
    }

    /// <summary>The same outcome for the same operation, however often it is asked for.</summary>
    private string Work(Question question)
    {
        if (question.Type == "measure")
            return made.ContainsKey(question.Resource) ? """{"measurements":[{"metric":"jobs","value":7.5}]}""" : """{"measurements":[]}""";
        if (question.Type == "list")
            return new JsonObject { ["resources"] = new JsonArray([.. made.Keys.Select(id => (JsonNode)id)]) }.ToJsonString();

        if (question.Type == "repl")
            return """{"blocks":[{"type":"paragraph","children":[{"text":"Heard."}]}]}""";

        return outcomes.GetOrAdd($"{question.Installation} {question.Operation}", _ =>
        {
            if (question.Type == "deprovision")
                made.TryRemove(question.Resource, out string? _);
            if (question.Type is not ("provision" or "rotate"))
                return """{"status":"done"}""";
            if (question.Type == "provision")
            {
                made[question.Resource] = question.PlanId;
                MadeCount++;
            }

            return Done($"key-{RandomNumberGenerator.GetHexString(20, lowercase: true)}");
        });
    }

    public static string Done(string key) => $$$"""{"status":"done","secrets":[{"name":"ACME_KEY","value":"{{{key}}}"}]}""";

    private static async Task Write(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (body.Length > 0)
            await context.Response.WriteAsync(body, context.RequestAborted);
    }
}

/// <summary>What the control plane was asked.</summary>
internal sealed record Question(string Id, JsonNode Json, IReadOnlyList<string> Signatures)
{
    public string Type => (string)Json["type"]!;

    public string Operation => (string?)Json["operationId"] ?? "";

    public string Installation => (string?)Json["installationId"] ?? "";

    public string Resource => (string?)Json["resource"]?["id"] ?? "";

    public string Name => (string?)Json["resource"]?["name"] ?? "";

    public string PlanId => (string?)Json["plan"]?["id"] ?? "";
}

/// <summary>What becomes of one question.</summary>
internal abstract record Mood
{
    private Mood() { }

    public sealed record Works : Mood;

    /// <summary>It says this, and does nothing.</summary>
    public sealed record Says(int Status, string Body) : Mood
    {
        public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    }

    /// <summary>What was asked is done, and nobody hears of it.</summary>
    public sealed record DiesAfter : Mood;

    public sealed record DiesBefore : Mood;

    /// <summary>Nothing happens until the test says so.</summary>
    public sealed record Waits(TaskCompletionSource Until) : Mood
    {
        /// <summary>What it says then; null where it works.</summary>
        public (int Status, string Body)? Then { get; init; }
    }

    public static Mood Pending { get; } = new Says(StatusCodes.Status202Accepted, """{"status":"pending"}""");

    public static Mood Broken { get; } = new Says(StatusCodes.Status500InternalServerError, "");
}
