using Marketplace.Core.Installations;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Microsoft.Net.Http.Headers;

namespace Marketplace.Shell.ProviderKeys;

/// <summary>
/// Lets a request pass to its endpoint, or says why not, never with the key: 401 without a good key, 429 when it asks too often, 403 without
/// the scope.
/// </summary>
internal sealed partial class ProviderGate(KnownProviderKeys keys, ProviderLimits limits, ILogger<ProviderGate> log)
{
    private const string Scheme = "Bearer ";

    public async ValueTask<ProblemResult?> Admit(HttpContext context, ProviderScopes needed, RequestKind kind)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return Unknown(context, "Bearer", "There is no key. Send one as \"Authorization: Bearer mpk_…\".");

        if (await keys.Find(header[Scheme.Length..].Trim()) is not { } caller)
            return Unknown(context, "Bearer error=\"invalid_token\"", "The key is not known, or it was revoked.");

        if (limits.Count(context.Response, caller, kind) is { } tooMany)
        {
            LogTooMany(context.Request.Method, context.Request.Path, caller.KeyId);
            return tooMany;
        }

        if (!caller.Scopes.HasFlag(needed))
        {
            var names = string.Join(' ', ScopeNames.Of(needed));
            LogOutOfScope(context.Request.Method, context.Request.Path, caller.KeyId, names);
            context.Response.Headers[HeaderNames.WWWAuthenticate] = $"Bearer error=\"insufficient_scope\", scope=\"{names}\"";
            return ProviderProblems.InsufficientScope($"The key \"{caller.Name}\" lacks the scope {names}.");
        }

        context.Features.Set(caller);
        if (context.Request.RouteValues[PartnerEndpoint.InstallationParameter] is string installation)
            Traces.Concerns(new InstallationId(installation));
        return null;
    }

    private ProblemResult Unknown(HttpContext context, string challenge, string detail)
    {
        LogUnknown(context.Request.Method, context.Request.Path);
        context.Response.Headers[HeaderNames.WWWAuthenticate] = challenge;
        return ProviderProblems.Unauthorized(detail);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} refused: no key of the Provider API that is good")]
    private partial void LogUnknown(string method, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} refused: key {KeyId} asks too often")]
    private partial void LogTooMany(string method, string path, string keyId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} refused: key {KeyId} lacks the scope {Scope}")]
    private partial void LogOutOfScope(string method, string path, string keyId, string scope);
}
