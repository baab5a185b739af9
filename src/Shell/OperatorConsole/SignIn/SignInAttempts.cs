using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>
/// Bounds how often a password can be guessed: from one address whatever the name, for one name from one address, and for one name from
/// everywhere. Each attempt is counted before it is made, in the database, so that several servers count together.
/// </summary>
internal sealed class SignInAttempts(NpgsqlDataSource database, TimeProvider clock)
{
    public const int AtOneMax = 10;
    public const int FromOneMax = 30;

    /// <summary>Far above the others: whoever guesses from many addresses shall not lock the operator out at once.</summary>
    public const int OfOneMax = 200;

    /// <summary>So many ways back from an issuer that fit to nothing are written down of one address; anybody can come by one.</summary>
    public const int RefusedFromOneMax = 30;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Counts an attempt. One that a narrower limit ends counts in no wider one: whoever goes on from one address locks nobody out elsewhere.
    /// </summary>
    public async Task<Attempt> Take(string name, IPAddress? from, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        var taken = await OperatorSessionRows.TakeAttempt(
            connection, new AttemptSubjects(Hash($"from {from}"), AtOne(name, from), Hash($"of {name}")), now, now - Window, cancel);
        return Of((taken.FromOne, FromOneMax), (taken.AtOne, AtOneMax), (taken.OfOne, OfOneMax));
    }

    /// <summary>Counts a way back from the issuer that signs nobody in.</summary>
    public async Task<Attempt> TakeRefused(IPAddress? from, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        return Of((await OperatorSessionRows.TakeOne(connection, Hash($"back from {from}"), now, now - Window, cancel), RefusedFromOneMax));
    }

    /// <summary>The person was who they said: what they mistyped before counts no more.</summary>
    public static void Forgive(Writes writes, string name, IPAddress? from) => OperatorSessionRows.Forgive(writes, AtOne(name, from));

    /// <summary>Whence a request comes. An IPv6 host has a whole network of addresses to try from, and counts as one.</summary>
    public static IPAddress? Origin(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address || address.IsIPv4MappedToIPv6)
            return context.Connection.RemoteIpAddress?.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    /// <param name="counts">Null where it was not counted any more.</param>
    private static Attempt Of(params ReadOnlySpan<(int? Count, int Max)> counts)
    {
        var outcome = Attempt.Within;
        foreach (var (count, max) in counts)
        {
            if (count > max)
                outcome = count == max + 1 ? Attempt.FirstBeyond : Attempt.Beyond;
        }

        return outcome;
    }

    private static byte[] AtOne(string name, IPAddress? from) => Hash($"{name} from {from}");

    private static byte[] Hash(string subject) => SHA256.HashData(Encoding.UTF8.GetBytes(subject));
}

/// <summary>Whether an attempt is within its limits.</summary>
internal enum Attempt
{
    Within,

    /// <summary>Refused, and the first to be: it is written down.</summary>
    FirstBeyond,

    /// <summary>Refused and counted; so many of them would fill the audit.</summary>
    Beyond,
}

/// <summary>What an attempt counts against, from the narrowest limit on, as hashes.</summary>
internal sealed record AttemptSubjects(byte[] FromOne, byte[] AtOne, byte[] OfOne);

/// <summary>How many there are by now, this one too. Null where an earlier limit has ended it.</summary>
internal sealed record AttemptCounts(int FromOne, int? AtOne, int? OfOne);
