using System.Diagnostics;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Audit;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>/ops/sign-in/oidc, which leads to the issuer, and /ops/sign-in/callback, where it leads back.</summary>
internal static class OidcEndpoints
{
    public const string BeginPath = $"{OperatorPaths.SignIn}/oidc";

    public static readonly RequestDelegate Begin = HandlerDelegate.Create(BeginHere);

    public static readonly RequestDelegate Complete = HandlerDelegate.Create(ComeBack);

    private static async Task<IResult> BeginHere(HttpContext context, OperatorSettings settings, OperatorMessages messages)
    {
        if (settings.Oidc is null)
            return messages.NoIssuer();
        BrowserHeaders.Write(context.Response, BrowserHeaders.NoReferrer);
        return await context.RequestServices.GetRequiredService<OidcSignIn>().Begin(context, OperatorPaths.PageOf(context.Request.Query[SignInEndpoints.ToField]))
            ? Results.Empty
            : messages.IssuerSilent(settings.Oidc.Label);
    }

    private static async Task<IResult> ComeBack(
        HttpContext context, OperatorSettings settings, OperatorSessions sessions, SignInAttempts attempts, OperatorMessages messages, OperatorLog log,
        NpgsqlDataSource database, CancellationToken cancel)
    {
        if (settings.Oidc is not { } oidc)
            return messages.NoIssuer();

        var (outcome, to) = await context.RequestServices.GetRequiredService<OidcSignIn>().Complete(context);
        switch (outcome)
        {
            case OidcOutcome.Person { Role: { } role } person:
                var writes = new Writes();
                sessions.Begin(writes, context.Response, person.Who, role, OperatorSessions.GroundOf(oidc));
                log.Add(writes, context, person.Who, SignInEndpoints.What, ActionOutcome.Done, role == OperatorRole.Operator ? "By the issuer, as operator." : "By the issuer, as viewer.");
                await writes.Commit(database, cancel);
                return new SeeOther(to);
            case OidcOutcome.Person person:
                await Refused(person.Who, "The issuer names no role for the person.");
                return messages.NoRole(person.Who.Name, oidc);
            case OidcOutcome.Refused refused:
                await Refused(OperatorPerson.Unknown, refused.Why);
                return messages.NotSignedIn(oidc.Label);
            default:
                throw new UnreachableException(outcome.GetType().Name);
        }

        // Anybody can ask for this page as often as they like, and the audit is kept for good.
        async Task Refused(OperatorPerson who, string why)
        {
            switch (await attempts.TakeRefused(SignInAttempts.Origin(context), cancel))
            {
                case Attempt.Within:
                    await log.Refused(context, who, SignInEndpoints.What, why);
                    break;
                case Attempt.FirstBeyond:
                    await log.Refused(context, who, SignInEndpoints.What, $"{why} Further ones of this quarter of an hour are refused, and not written down.");
                    break;
            }
        }
    }
}
