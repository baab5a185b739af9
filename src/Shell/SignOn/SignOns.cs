using System.Diagnostics;
using System.Security.Cryptography;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.VercelApi;
using Npgsql;

namespace Marketplace.Shell.SignOn;

/// <summary>
/// Signs people on who come from Vercel: the code is exchanged for Vercel's word on who they are, that is checked like every token, and a
/// session begins. Neither is kept. Source: contract §D.10, §E.8.
/// </summary>
internal sealed partial class SignOns(
    NpgsqlDataSource database, IVercelSignOn vercel, TokenVerifier tokens, TimeProvider clock, ILogger<SignOns> log)
{
    /// <summary>Begins a sign-on of our own; null when nobody can sign on to the installation.</summary>
    public async Task<SignOnState?> Begin(InstallationId installation, SessionSecret browser, CancellationToken cancel)
    {
        var state = SignOnState.New(installation);
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await SignOnRows.Begin(connection, state, browser, clock.GetUtcNow(), cancel) ? state : null;
    }

    /// <param name="state">As it came back: ours is checked here, Vercel's own by Vercel.</param>
    /// <param name="browser">What the browser has that a sign-on of ours belongs to.</param>
    public async Task<Either<SignOnRefusal, SignedOn>> Complete(
        string code, string? state, SessionSecret? browser, CancellationToken cancel)
    {
        var began = SignOnState.Read(state);
        if (began is not null && !await Take(began, browser, cancel))
            return Refused(new SignOnRefusal.NotBegunHere(began.Installation));

        var answer = await vercel.Exchange(code, Prelude.Optional(state)!, Option<Uri>.None, cancel);
        if (answer is not VercelAnswer<SignOnTokens>.Accepted(var given))
            return Refused(RefusalOf(answer, began?.Installation));

        var person = (await Verified(given.IdToken)).Bind(PartnerGate.Person);
        switch (person.Case)
        {
            case LeftCase<TokenRefusal, Caller.User>(var unproven):
                LogUnproven(unproven);
                return new SignOnRefusal.PersonUnproven();
            case RightCase<TokenRefusal, Caller.User>(var user) when began is not null && began.Installation != user.Installation:
                return Refused(new SignOnRefusal.OtherInstallation());
            case RightCase<TokenRefusal, Caller.User>(var user):
                return await Open(user, cancel);
            default:
                throw new UnreachableException();
        }
    }

    private async Task<bool> Take(SignOnState state, SessionSecret? browser, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await SignOnRows.Take(connection, state, cancel) is var (owner, begunAt)
            && browser is not null && CryptographicOperations.FixedTimeEquals(owner, browser.Hash)
            && clock.GetUtcNow() < begunAt + SignOnState.AgeMax;
    }

    /// <summary>A token for calls is no proof that somebody stands before us now.</summary>
    private async ValueTask<Either<TokenRefusal, TokenClaims>> Verified(string idToken) =>
        (await tokens.Verify(idToken)).Bind<TokenClaims>(claims =>
            claims.Type is null or "id_token" ? claims : TokenRefusal.WrongKindOfToken);

    private async Task<Either<SignOnRefusal, SignedOn>> Open(Caller.User user, CancellationToken cancel)
    {
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, user.Installation);
        await loads.Read(database, cancel);
        switch (installation.Value)
        {
            case null:
                return Refused(new SignOnRefusal.NotInstalled());
            case Installation.Finalized:
                return Refused(new SignOnRefusal.Uninstalled());
        }

        var (now, secret) = (clock.GetUtcNow(), SessionSecret.New());
        var session = new Session(user.Installation, user.UserId, user.Role, ShownAs(user), now, now);
        var writes = new Writes();
        SessionRows.Insert(writes, session, secret);
        EventRows.Append(
            writes, user.Installation, null, now, "session.Began", Actor.Of(user, "single sign-on"), new { role = session.Role.ToString() });
        await writes.Commit(database, cancel);
        return new SignedOn(session, secret);
    }

    private static string? ShownAs(Caller.User user) =>
        !string.IsNullOrWhiteSpace(user.Name) ? user.Name : !string.IsNullOrWhiteSpace(user.Email) ? user.Email : null;

    private static SignOnRefusal RefusalOf(VercelAnswer<SignOnTokens> answer, InstallationId? began) =>
        answer switch
        {
            VercelAnswer<SignOnTokens>.Refused { Status: StatusCodes.Status400BadRequest } => new SignOnRefusal.CodeOver(began),
            VercelAnswer<SignOnTokens>.Refused { Status: StatusCodes.Status403Forbidden } => new SignOnRefusal.Barred(),
            _ => new SignOnRefusal.VercelSilent(began),
        };

    private SignOnRefusal Refused(SignOnRefusal refusal)
    {
        LogRefused(refusal.GetType().Name);
        return refusal;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sign-on was refused: {Refusal}")]
    private partial void LogRefused(string refusal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sign-on was refused, for what Vercel says of the person does not hold: {Refusal}")]
    private partial void LogUnproven(TokenRefusal refusal);
}

/// <summary>A session that has begun, and what the browser is to show from now on.</summary>
internal sealed record SignedOn(Session Session, SessionSecret Secret);
