using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>Who may call an endpoint. Source: the table of contract §A.1.</summary>
[Flags]
internal enum Callers
{
    /// <summary>A person, who must be an admin to change something.</summary>
    Person = 1,

    /// <summary>Vercel itself.</summary>
    Vercel = 2,

    Both = Person | Vercel,
}

/// <summary>A call whose token was trusted and whose body is JSON.</summary>
/// <param name="Installation">As the path has it; empty for what is asked before there is one.</param>
internal sealed record PartnerCall(string Installation, RouteValueDictionary Route, IQueryCollection Query, JsonObject Body, DateTimeOffset Now)
{
    public string Value(string name) => (string)Route[name]!;

    /// <summary>What the form holds now; none when it is no JSON object.</summary>
    public JsonObject? Metadata() => Query.TryGetValue("metadata", out var text) ? JsonReading.Object(text.ToString()) : [];
}

/// <summary>What every endpoint of the Partner API does first: who calls, what is asked, whether it was asked before.</summary>
internal sealed class PartnerApi(ProviderSettings settings, TokenCheck tokens, RepeatedCalls repeated, TimeProvider clock, IEndpointRouteBuilder routes)
{
    public void Map(string method, string path, Callers who, Func<PartnerCall, Answer> decide) =>
        Map(method, path, who, call => Task.FromResult(decide(call)));

    public void Map(string method, string path, Callers who, Func<PartnerCall, Task<Answer>> decide) =>
        routes.MapMethods(path, [method], async (HttpContext http) =>
            await Shaped(await Serve(http.Request, who, decide)).Write(http.Response, settings.Is(Oddity.MisspellsCharset) ? "utf8" : null));

    private async Task<Answer> Serve(HttpRequest request, Callers who, Func<PartnerCall, Task<Answer>> decide)
    {
        var installation = (string?)request.RouteValues["installation"];
        if (await Refusal(request, who, installation) is { } refusal)
        {
            if (settings.Breaks(Breakage.RefusesAfterTheDeed))
            {
                await Do(request, installation, decide);
            }

            return refusal;
        }

        return await Do(request, installation, decide);
    }

    private async Task<Answer> Do(HttpRequest request, string? installation, Func<PartnerCall, Task<Answer>> decide)
    {
        var text = await new StreamReader(request.Body).ReadToEndAsync(request.HttpContext.RequestAborted);
        var now = clock.GetUtcNow();
        if (request.Method == HttpMethods.Get)
        {
            return await decide(new PartnerCall(installation ?? "", request.RouteValues, request.Query, [], now));
        }

        if (text.Length > 0 && request.Method == HttpMethods.Delete && settings.Breaks(Breakage.FailsOnDeleteBody))
        {
            return new Answer(StatusCodes.Status500InternalServerError, Body: null);
        }

        if ((text.Length == 0 ? [] : JsonReading.Object(text)) is not { } body)
        {
            return settings.Breaks(Breakage.FailsOnBrokenJson)
                ? new Answer(StatusCodes.Status500InternalServerError, Body: null)
                : Answer.Invalid("The body is no JSON object.");
        }

        if (settings.Breaks(Breakage.RefusesUnknownFields) && body.Any(field => !Known.Contains(field.Key)))
        {
            return Answer.Invalid("The body has a field that is not known.");
        }

        var key = request.Headers["Idempotency-Key"].ToString();
        return await repeated.Once(
            key.Length == 0 ? null : $"{(settings.Breaks(Breakage.MixesIdempotencyKeys) ? "" : installation)} {key}", $"{request.Method} {request.Path} {text}",
            () => decide(new PartnerCall(installation ?? "", request.RouteValues, request.Query, body, now)));
    }

    private async Task<Answer?> Refusal(HttpRequest request, Callers who, string? installation)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return Answer.Forbidden("There is no bearer token.");
        }

        var (caller, fault) = await tokens.Read(header[Scheme.Length..].Trim());
        if (caller is null)
        {
            return Answer.Forbidden(fault);
        }

        // A token that names an installation is for that one alone; before there is any, it names none.
        if (installation is not null && caller.InstallationId != installation && !settings.Breaks(Breakage.IgnoresInstallation))
        {
            return Answer.Forbidden("installation_id: is not that of the path.");
        }

        if (installation is null && caller.InstallationId is null && settings.Breaks(Breakage.HidesPlansBeforeInstallation))
        {
            return Answer.Forbidden("installation_id: is missing.");
        }

        if (!who.HasFlag(caller.IsPerson ? Callers.Person : Callers.Vercel) && !settings.Breaks(Breakage.IgnoresStyle))
        {
            return Answer.Forbidden(caller.IsPerson ? "This is for Vercel itself." : "This is for a person.");
        }

        if (!caller.IsPerson && request.Method != HttpMethods.Get && settings.Breaks(Breakage.TakesSystemForViewer))
        {
            return Answer.Forbidden("user_role: must be ADMIN.");
        }

        return caller.Role == "USER" && !settings.Breaks(Breakage.IgnoresRole)
            ? Answer.Forbidden("user_role: must be ADMIN.")
            : null;
    }

    private Answer Shaped(Answer answer) =>
        answer.Status < 400 || answer.Body is null ? answer
        : settings.Breaks(Breakage.RefusesInPlainText) ? answer with { Body = JsonValue.Create("Not that.").ToJsonString() }
        : settings.Breaks(Breakage.RefusesInAnotherShape) ? answer with { Body = JsonNode.Parse(answer.Body)!["error"]!.ToJsonString() }
        : answer;

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "scopes", "acceptedPolicies", "credentials", "account", "billingPlanId", "cascadeResourceDeletion", "productId", "name", "metadata", "externalId",
        "delayOldSecretsExpirationHours", "input", "readOnly", "invoiceId", "resourceIds", "expiresAt",
    };
}
