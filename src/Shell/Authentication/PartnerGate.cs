using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Http;
using Microsoft.Net.Http.Headers;

namespace Marketplace.Shell.Authentication;

/// <summary>
/// Lets a request pass to its endpoint, or says why not: always a 403, with the reason in the log and in the body, and
/// never the token. Source: contract §A.1.
/// </summary>
/// <remarks>
/// The contract knows no 401, so there is no challenge (WWW-Authenticate) either: it would ask Vercel for another kind of credential,
/// and there is none.
/// </remarks>
internal sealed partial class PartnerGate(TokenVerifier tokens, ILogger<PartnerGate> log)
{
    private const string StyleHeader = "X-Vercel-Auth";
    private const string Scheme = "Bearer ";

    public async ValueTask<PartnerErrorResult?> Admit(HttpContext context, Admission admission)
    {
        try
        {
            switch ((await Decide(context.Request, admission)).Case)
            {
                case RightCase<TokenRefusal, Admitted>(var admitted):
                    context.Features.Set(admitted.Caller);
                    if (admitted.Caller is { } caller)
                        Traces.Concerns(caller.Installation);
                    return null;
                case LeftCase<TokenRefusal, Admitted>(var refusal):
                    Measures.TokenRefused(refusal.ToString());
                    LogRefused(context.Request.Method, context.Request.Path, refusal);
                    return PartnerResults.Forbidden(refusal.Sentence(), ForCustomer(refusal));
                default:
                    throw new UnreachableException();
            }
        }
        catch (IssuerUnreachableException)
        {
            Measures.TokenRefused(Measures.IssuerUnreachable);
            LogIssuerUnreachable(context.Request.Method, context.Request.Path);
            return PartnerResults.Unavailable("The token cannot be checked, because its issuer does not answer with its keys.");
        }
    }

    private async ValueTask<Either<TokenRefusal, Admitted>> Decide(HttpRequest request, Admission admission)
    {
        var header = request.Headers[HeaderNames.Authorization].ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return TokenRefusal.NoToken;
        }

        var verified = await tokens.Verify(header[Scheme.Length..].Trim());
        return verified.Bind(claims => Style(request, claims).Bind(style => Judge(request, admission, claims, style)));
    }

    /// <summary>The header says it, in any case; without the header, a role makes it a person's token.</summary>
    private static Either<TokenRefusal, Accepts> Style(HttpRequest request, TokenClaims claims)
    {
        var said = request.Headers[StyleHeader].ToString().ToLowerInvariant();
        return (said, claims.HasUserRole) switch
        {
            ("" or "user", true) => Accepts.User,
            ("" or "system", false) => Accepts.System,
            ("user" or "system", _) => TokenRefusal.StyleContradictsClaims,
            _ => TokenRefusal.UnknownStyle,
        };
    }

    private static Either<TokenRefusal, Admitted> Judge(
        HttpRequest request, Admission admission, TokenClaims claims, Accepts style)
    {
        if (!admission.Accepts.HasFlag(style))
        {
            return TokenRefusal.StyleNotAccepted;
        }

        // Its token is Vercel's own and genuine, and that is all that the contract asks of this one call.
        if (admission.BeforeInstallation)
        {
            return new Admitted(Caller: null);
        }

        if (claims.Type is not (null or "access_token" or "id_token"))
        {
            return TokenRefusal.WrongKindOfToken;
        }

        var caller = style switch
        {
            Accepts.User => Person(claims).Map<Caller>(person => person),
            Accepts.System => Vercel(claims),
            _ => throw new UnreachableException(style.ToString()),
        };
        return caller.Bind(known => Admit(request, admission, known));
    }

    /// <summary>The person whom a token speaks of, whatever it was issued for.</summary>
    internal static Either<TokenRefusal, Caller.User> Person(TokenClaims claims)
    {
        if (claims.Subject is null || !TokenSubject.IsOfUser(claims.Subject))
        {
            return TokenRefusal.WrongSubject;
        }

        return Ids(claims).Bind<Caller.User>(ids =>
        {
            if (string.IsNullOrWhiteSpace(claims.UserId))
            {
                return TokenRefusal.NoUser;
            }

            UserRole? role = claims.UserRole switch { "ADMIN" => UserRole.Admin, "USER" => UserRole.User, _ => null };
            return role is { } known
                ? new Caller.User(ids.Account, ids.Installation, claims.UserId, known, claims.Email, claims.Name)
                : TokenRefusal.UnknownRole;
        });
    }

    private static Either<TokenRefusal, Caller> Vercel(TokenClaims claims)
    {
        // The claim is required, but null says that no account is behind the call.
        if (!claims.HasSubject || (claims.Subject is not null && !TokenSubject.IsOfAccount(claims.Subject)))
        {
            return TokenRefusal.WrongSubject;
        }

        return Ids(claims).Map<Caller>(ids => new Caller.System(ids.Account, ids.Installation));
    }

    private static Either<TokenRefusal, (AccountId Account, InstallationId Installation)> Ids(TokenClaims claims)
    {
        if (string.IsNullOrWhiteSpace(claims.AccountId))
        {
            return TokenRefusal.NoAccount;
        }

        // Null is allowed in a token as such, but one that names no installation opens none.
        return string.IsNullOrWhiteSpace(claims.InstallationId)
            ? TokenRefusal.NoInstallation
            : (new AccountId(claims.AccountId), new InstallationId(claims.InstallationId));
    }

    private static Either<TokenRefusal, Admitted> Admit(HttpRequest request, Admission admission, Caller caller)
    {
        if (request.RouteValues[PartnerEndpoint.InstallationParameter] is not string asked
            || asked != caller.Installation.Value)
        {
            return TokenRefusal.OtherInstallation;
        }

        return admission.NeedsAdmin && caller is Caller.User { Role: not UserRole.Admin }
            ? TokenRefusal.NotAdmin
            : new Admitted(caller);
    }

    private static PartnerErrorUser? ForCustomer(TokenRefusal refusal) => refusal == TokenRefusal.NotAdmin
        ? new PartnerErrorUser("Your role in the team does not allow this. Ask somebody who may install integrations.")
        : null;

    /// <param name="Caller">None before any installation exists.</param>
    private sealed record Admitted(Caller? Caller);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} refused: {Refusal}")]
    private partial void LogRefused(string method, string path, TokenRefusal refusal);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} cannot be judged: no key of the token issuer is known")]
    private partial void LogIssuerUnreachable(string method, string path);
}
