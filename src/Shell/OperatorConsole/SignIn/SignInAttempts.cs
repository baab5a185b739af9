using System.Net;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>
/// Bounds how often a password can be guessed: for one name from one address, from one address whatever the name, and for one name from
/// everywhere. Each attempt is counted before it is made, in the database, so that several servers count together.
/// </summary>
internal sealed class SignInAttempts(NpgsqlDataSource database, TimeProvider clock)
{
    public const int AtOneMax = 10;
    public const int FromOneMax = 30;

    /// <summary>Far above the others: whoever guesses from many addresses shall not lock the operator out at once.</summary>
    public const int OfOneMax = 200;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>False when there were too many.</summary>
    public async Task<bool> Take(string name, IPAddress? from, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        var atOne = await OperatorSessionRows.TakeAttempt(connection, AtOne(name, from), now, now - Window, cancel);
        var fromOne = await OperatorSessionRows.TakeAttempt(connection, Hash($"from {from}"), now, now - Window, cancel);
        var ofOne = await OperatorSessionRows.TakeAttempt(connection, Hash($"of {name}"), now, now - Window, cancel);
        return atOne <= AtOneMax && fromOne <= FromOneMax && ofOne <= OfOneMax;
    }

    /// <summary>The person was who they said: what they mistyped before counts no more.</summary>
    public static void Forgive(Writes writes, string name, IPAddress? from) => OperatorSessionRows.Forgive(writes, AtOne(name, from));

    private static byte[] AtOne(string name, IPAddress? from) => Hash($"{name} from {from}");

    private static byte[] Hash(string subject) => SHA256.HashData(Encoding.UTF8.GetBytes(subject));
}
