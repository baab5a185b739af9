using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration;

/// <summary>What runs by real time, leases and backoff, without waiting for it; and days that pass hour by hour.</summary>
internal static class RealTime
{
    private static readonly string[] Waiting = ["operation", "outbox_message", "webhook", "deployment_action", "check_run", "project_check", "billing_schedule"];

    /// <summary>Of these, the next attempt is when the lease is over.</summary>
    private static readonly string[] Leased = ["webhook", "deployment_action", "check_run", "project_check"];

    private static readonly string EndBackoff = string.Concat(Waiting.Select(table =>
        $"update {table} set next_attempt_at = clock_timestamp() where next_attempt_at > clock_timestamp();"));

    private static readonly string EndLeases = string.Concat(Waiting.Select(table => Leased.Contains(table, StringComparer.Ordinal)
        ? $"update {table} set next_attempt_at = clock_timestamp() where next_attempt_at > clock_timestamp();"
        : $"update {table} set leased_until = '-infinity' where leased_until > clock_timestamp();"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The pause after a failure is over.</summary>
    public static Task BackoffIsOver(this Acme acme) => acme.Execute(EndBackoff);

    public static Task BackoffIsOver(this TestDatabase database) => database.Execute(EndBackoff, Cancel);

    /// <summary>Whoever held something has not been heard of for too long.</summary>
    public static Task LeasesAreOver(this Acme acme) => acme.Execute(EndLeases);

    public static Task LeasesAreOver(this TestDatabase database) => database.Execute(EndLeases, Cancel);

    /// <summary>Every job, again and again, without waiting between attempts, until nothing is due.</summary>
    public static async Task WorkOff(this Acme acme)
    {
        for (var rounds = 0; rounds < 10; rounds++)
        {
            await acme.BackoffIsOver();
            foreach (var job in acme.Server.Services.GetServices<IScheduledJob>())
                await job.RunOnce(acme.Now, Cancel);
            if (!await acme.AnythingDue())
                return;
        }

        throw new InvalidOperationException("Work is left that ten rounds did not finish.");
    }

    /// <summary>Every hour until the moment passes: Vercel does what is due there, and the worker what is due here.</summary>
    public static async Task Live(this Acme acme, DateTimeOffset until)
    {
        await acme.WorkOff();
        while (acme.Now < until)
        {
            var hour = new DateTimeOffset(acme.Now.Ticks - (acme.Now.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero).AddHours(1);
            acme.Vercel.Clock.MoveTo(hour < until ? hour : until);
            await acme.Vercel.Settle(Cancel);
            await acme.WorkOff();
            await acme.Vercel.Settle(Cancel);
        }
    }

    /// <summary>Asks until it is so; a minute is long enough for anything here.</summary>
    public static async Task Until(Func<Task<bool>> isSo, string what)
    {
        for (var asked = 0; asked < 2400; asked++)
        {
            if (await isSo())
                return;
            await Task.Delay(25, Cancel);
        }

        Assert.Fail($"It never was so: {what}");
    }

    /// <summary>Whether anything that is due by now is not done yet.</summary>
    public static async Task<bool> AnythingDue(this Acme acme) =>
        await acme.Ask<bool>(
            """
            select exists (select from operation where state = 'pending')
                or exists (select from outbox_message where state = 'pending' and due_at <= $1)
                or exists (select from webhook where state = 'pending')
                or exists (select from deployment_action where due_at <= $1)
                or exists (select from billing_schedule where due_at <= $1 and not awaits_token)
            """,
            acme.Now);
}
