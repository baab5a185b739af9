using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Clock;

/// <summary>Whether anything that is due at a moment is not done yet, whoever holds it.</summary>
internal static class BacklogRows
{
    // It spans installations on purpose: the virtual clock of a development server waits for all of them. Accounts are not here: they are
    // read all the same whenever the worker wakes, and nothing that is due at a moment depends on them, so that the clock need not wait for
    // one that cannot be read. Nor does it wait for a token that only Vercel can give.
    private const string AnythingDueSql = """
        select exists (select from operation where state = 'pending')
            or exists (select from outbox_message where state = 'pending' and due_at <= $1)
            or exists (select from webhook where state = 'pending')
            or exists (select from deployment_action where due_at <= $1)
            or exists (select from billing_schedule where due_at <= $1 and not awaits_token)
            or exists (select from check_run where state = 'wanted')
            or exists (select from resource where next_plan_at <= $1 and status not in ('error', 'uninstalled'))
            or exists (select from secret_generation where expires_at <= $1 and expired_at is null)
        """;

    public static async Task<bool> AnythingDue(NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(AnythingDueSql, now);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }
}
