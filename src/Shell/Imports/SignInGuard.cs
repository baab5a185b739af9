using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Jobs.Provisioning;
using Npgsql;

namespace Marketplace.Shell.Imports;

/// <summary>
/// Bounds how often a password can be guessed: by one session, at one account, and at all accounts together, from however many browsers
/// and servers. Each attempt is counted before it is made.
/// </summary>
internal sealed class SignInGuard(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Within the window. Somebody who mistypes stays below; at this rate even a poor password lasts for years.</summary>
    public const int AttemptsMax = 10;

    /// <summary>At all accounts of a product: who tries one password at each of them is held up as well.</summary>
    public const int AttemptsAtAllMax = 300;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private static readonly byte[] Everybody = ImportSecret.HashOf("everybody");

    /// <summary>The provisioner's answer, or a refusal without asking it.</summary>
    public async Task<Either<SignInRefusal, T>> Try<T>(
        ProductId product, string subject, Func<Task<Either<SignInRefusal, T>>> attempt, CancellationToken cancel)
    {
        var (now, hash) = (clock.GetUtcNow(), ImportSecret.HashOf($"one {subject}"));
        await using var connection = await database.OpenConnectionAsync(cancel);
        var atOne = await ImportSessionRows.TakeAttempt(connection, product, hash, now, now - Window, cancel);
        var atAll = await ImportSessionRows.TakeAttempt(connection, product, Everybody, now, now - Window, cancel);
        if (atOne > AttemptsMax || atAll > AttemptsAtAllMax)
            return new SignInRefusal("There were too many attempts. Wait a quarter of an hour, then try again.", ProvesNothing: true);

        await connection.CloseAsync();
        var answer = await attempt();
        if (answer.Match(Right: _ => true, Left: refusal => !refusal.ProvesNothing))
        {
            await connection.OpenAsync(cancel);
            await ImportSessionRows.GiveBackAttempt(connection, product, hash, cancel);
            await ImportSessionRows.GiveBackAttempt(connection, product, Everybody, cancel);
        }

        return answer;
    }
}
