using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Marketplace.Integration.VercelApi;

[assembly: AssemblyFixture(typeof(ContractWatch))]

namespace Marketplace.Integration.VercelApi;

/// <summary>
/// Holds every request that a server of the tests sends to Vercel against the published description, whatever the test is about. One that
/// is not as described is not sent; and the whole run fails at its end, should nobody have noticed.
/// </summary>
public sealed class ContractWatch : IDisposable
{
    private static readonly ConcurrentQueue<string> Found = [];

    private static readonly Lazy<PublishedRequests?> Published = new(() =>
    {
        if (Repository.Contract("vercel-api.openapi.json") is { } file)
            return new PublishedRequests(JsonNode.Parse(File.ReadAllText(file))!);
        Console.WriteLine("requests to Vercel were not compared: shared/contract/vercel-api.openapi.json is absent");
        return null;
    });

    private static int watched;

    /// <summary>How many requests were held against it.</summary>
    public static int Watched => Volatile.Read(ref watched);

    public static bool IsPresent => Published.Value is not null;

    public static DelegatingHandler Handler() => new Watch();

    public void Dispose() =>
        Assert.True(Found.IsEmpty, $"Requests to Vercel that are not as published: {string.Join("; ", Found.Distinct(StringComparer.Ordinal).Take(10))}");

    /// <summary>What is wrong with a request.</summary>
    internal static async Task<IReadOnlyList<string>> Faults(HttpRequestMessage request, CancellationToken cancel)
    {
        if (Published.Value is not { } published)
            return [];

        Interlocked.Increment(ref watched);
        return published.Faults(
            request.Method.Method, request.RequestUri!.AbsolutePath, request.Content?.Headers.ContentType?.MediaType,
            request.Content is null ? null : await request.Content.ReadAsStringAsync(cancel));
    }

    /// <summary>What is wrong with an answer of Vercel's.</summary>
    internal static IReadOnlyList<string> AnswerFaults(string method, string path, int status, string body) =>
        Published.Value?.AnswerFaults(method, path, status, body) ?? [];

    private sealed class Watch : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (await Faults(request, cancellationToken) is { Count: > 0 } faults)
            {
                foreach (var fault in faults)
                    Found.Enqueue(fault);
                throw new InvalidOperationException($"The request is not as published: {string.Join("; ", faults)}");
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
