using System.Security.Cryptography;
using System.Text;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.SignOn;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>Who is before the browser, if anybody who may be there.</summary>
internal sealed class OperatorSessions(NpgsqlDataSource database, OperatorSettings settings, OperatorCookies cookies, TimeProvider clock)
{
    /// <summary>One round trip; now and then another one, which writes down that the session is in use. Null when nobody is signed in.</summary>
    public async Task<Operator?> Find(HttpContext context)
    {
        if (!settings.IsAnybody || cookies.SessionOf(context.Request) is not { } secret)
            return null;

        var now = clock.GetUtcNow();
        if (await OperatorSessionRows.Find(database, secret, context.RequestAborted) is not { } session || !session.LivesAt(now) || !Stands(session))
            return null;

        if (session.IsToBeSeen(now))
        {
            var writes = new Writes();
            OperatorSessionRows.Seen(writes, secret, now);
            await writes.Commit(database, context.RequestAborted);
            session = session with { SeenAt = now };
        }

        return new Operator(session, secret);
    }

    /// <summary>A new session, which is to be committed; the cookie is set.</summary>
    public void Begin(Writes writes, HttpResponse response, OperatorPerson person, OperatorRole role, byte[] ground)
    {
        var (now, secret) = (clock.GetUtcNow(), SessionSecret.New());
        OperatorSessionRows.Insert(writes, new OperatorSession(person, role, ground, now, now), secret);
        cookies.SignIn(response, secret);
    }

    /// <summary>Another password, or none, ends what began with this one.</summary>
    public static byte[] GroundOf(BootstrapOperator bootstrap) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"bootstrap {bootstrap.Name}\n{bootstrap.PasswordHash}"));

    /// <summary>So does another issuer, or another reading of what it says.</summary>
    public static byte[] GroundOf(OidcSettings oidc) => SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', "oidc", oidc.Authority.AbsoluteUri, oidc.ClientId, oidc.NameClaim, oidc.RoleClaim, oidc.ViewerRole, oidc.OperatorRole)));

    private bool Stands(OperatorSession session) =>
        (settings.Bootstrap is { } bootstrap && session.Ground.AsSpan().SequenceEqual(GroundOf(bootstrap)))
        || (settings.Oidc is { } oidc && session.Ground.AsSpan().SequenceEqual(GroundOf(oidc)));
}
