using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.SignOn;
using Npgsql;

namespace Marketplace.Shell.Connections;

/// <summary>On the way to Vercel and back: each state comes back once, to the browser that left with it, before it is old.</summary>
internal sealed class ConnectAttempts(NpgsqlDataSource database, VercelSettings vercel, TimeProvider clock)
{
    /// <summary>As long as Vercel takes a code.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromMinutes(30);

    /// <summary>The address at Vercel where the customer chooses an account.</summary>
    public async Task<string> Begin(SessionSecret browser, CancellationToken cancel)
    {
        var state = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await using var connection = await database.OpenConnectionAsync(cancel);
        await ConnectionRows.Sweep(connection, clock.GetUtcNow() - AgeMax, cancel);
        await ConnectionRows.Begin(connection, HashOf(state), browser.Hash, clock.GetUtcNow(), cancel);
        return $"{vercel.DashboardUrl}/integrations/{Uri.EscapeDataString(vercel.Slug)}/new?state={state}";
    }

    /// <summary>Whether it is good. From now on it is not.</summary>
    public async Task<bool> Take(string state, SessionSecret browser, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ConnectionRows.Take(connection, HashOf(state), browser.Hash, cancel) is { } begunAt && clock.GetUtcNow() < begunAt + AgeMax;
    }

    private static byte[] HashOf(string state) => SHA256.HashData(Encoding.UTF8.GetBytes(state));
}
