using System.Diagnostics;
using Npgsql;

namespace Marketplace.Shell.Doctor;

/// <summary>The database's clock against ours: leases and next attempts are counted by the one, decisions by the other.</summary>
internal sealed class DatabaseClockExamination(DoctorDatabase database, TimeProvider clock) : IExamination
{
    private static readonly TimeSpan SkewMax = TimeSpan.FromSeconds(2);

    public string Subject => "database-clock";

    public Task<IReadOnlyList<Finding>> Look(CancellationToken cancel) =>
        database.Look(
            async connection =>
            {
                await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
                var asked = Stopwatch.GetTimestamp();
                var theirs = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancel))!, TimeSpan.Zero);
                // It was read half way between the question and the answer.
                var skew = theirs - (clock.GetUtcNow() - (Stopwatch.GetElapsedTime(asked) / 2));
                return skew.Duration() <= SkewMax
                    ? [new Finding.Ok($"The database's clock and ours differ by {skew.Duration().TotalSeconds:0.0} s.")]
                    : [new Finding.Warning(
                        $"The database's clock is {Skew.Words(skew)} ours: work is taken up or given up too late or too soon by as much.",
                        "Have both machines follow the same time servers (NTP).")];
            },
            cancel);
}
