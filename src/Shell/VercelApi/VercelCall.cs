using System.Net.Http.Json;
using System.Text.Json;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.VercelApi;

/// <summary>One request to Vercel, and how its answer is read.</summary>
/// <param name="Route">Below the address of the API.</param>
/// <param name="Read">Throws <see cref="JsonException"/> when the answer is not what the contract describes.</param>
internal sealed record VercelCall<T>(HttpMethod Method, string Route, Func<HttpResponseMessage, CancellationToken, Task<T>> Read)
{
    /// <summary>A config of flags may be long.</summary>
    private const int RequestCharactersMax = 16_000;

    /// <summary>Made anew for each attempt; absent where the contract knows no body.</summary>
    public Func<HttpContent>? Body { get; init; }

    /// <summary>Sending the same again does no harm, whether it had arrived or not.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>The version that the caller has. Where it is given, 304 is an answer too.</summary>
    public ConfigVersion? Known { get; init; }

    /// <summary>For a person who wants to know what was asked.</summary>
    public async Task<VercelRequest> ToRequest()
    {
        using var content = Body?.Invoke();
        var text = content is null ? "" : await content.ReadAsStringAsync();
        return new VercelRequest(Method.Method, Route, text.Length <= RequestCharactersMax ? text : text[..RequestCharactersMax]);
    }

    /// <summary>Where another address is to be tried when this one does not exist.</summary>
    public VercelCall<T> At(string route) => this with { Route = route };
}

/// <summary>Calls by their method and by what comes back.</summary>
internal static class VercelCall
{
    private static readonly Nothing Done = default;

    public static VercelCall<T> Get<TWire, T>(string route, Func<TWire, T> map) => Call(HttpMethod.Get, route, Json(map)) with { IsRepeatable = true };

    public static VercelCall<Nothing> Delete(string route) => Call(HttpMethod.Delete, route, NoBody) with { IsRepeatable = true };

    public static VercelCall<Nothing> Put(string route, object body) => Put(route, body, NoBody);

    public static VercelCall<T> Put<T>(string route, object body, Func<HttpResponseMessage, CancellationToken, Task<T>> read) =>
        Call(HttpMethod.Put, route, read) with { Body = ToJson(body), IsRepeatable = true };

    /// <summary>Each names the state that is to be, and not a step to it, so that saying it twice does no harm.</summary>
    public static VercelCall<Nothing> Patch(string route, object body) => Patch(route, body, NoBody);

    public static VercelCall<T> Patch<T>(string route, object body, Func<HttpResponseMessage, CancellationToken, Task<T>> read) =>
        Call(HttpMethod.Patch, route, read) with { Body = ToJson(body), IsRepeatable = true };

    /// <summary>Not repeated, unless the caller knows that it does no harm.</summary>
    public static VercelCall<Nothing> Post(string route, object? body) => Post(route, body, NoBody);

    public static VercelCall<T> Post<T>(string route, object? body, Func<HttpResponseMessage, CancellationToken, Task<T>> read) =>
        Call(HttpMethod.Post, route, read) with { Body = body is null ? null : ToJson(body) };

    public static VercelCall<T> Call<T>(HttpMethod method, string route, Func<HttpResponseMessage, CancellationToken, Task<T>> read) =>
        new(method, route, read);

    public static Func<HttpResponseMessage, CancellationToken, Task<T>> Json<TWire, T>(Func<TWire, T> map) =>
        async (response, cancel) => map(await ReadJson<TWire>(response, cancel));

    public static async Task<TWire> ReadJson<TWire>(HttpResponseMessage response, CancellationToken cancel) =>
        await response.Content.ReadFromJsonAsync<TWire>(WireJson.Options, cancel) ?? throw new JsonException("The body is null.");

    /// <summary>Whatever stands in it.</summary>
    public static Task<Nothing> NoBody(HttpResponseMessage response, CancellationToken cancel) => Task.FromResult(Done);

    private static Func<HttpContent> ToJson(object body) => () => JsonContent.Create(body, body.GetType(), options: WireJson.Options);
}
