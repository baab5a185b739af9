using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Doctor;

/// <summary>Whether the database is at the schema of this program, nothing before and nothing beyond.</summary>
internal sealed class SchemaExamination(DoctorDatabase database) : IExamination
{
    public string Subject => "schema";

    public Task<IReadOnlyList<Finding>> Look(CancellationToken cancel) =>
        database.Look(
            async connection =>
            {
                var ours = Migration.Embedded;
                try
                {
                    var applied = await MigrationHistory.Load(connection, cancel);
                    return MigrationHistory.Pending(ours, applied) is [var next, ..] pending
                        ? [new Finding.Failed(
                            $"{Counted.Of(pending.Count, "migration is", "migrations are")} pending, {next} first.", "Run the command migrate, or start the server.")]
                        : [new Finding.Ok($"At migration {ours[^1]}.")];
                }
                catch (StartRefusedException refused)
                {
                    return [new Finding.Failed(refused.Message, "The version of this program must be the newest that ever ran on this database.")];
                }
            },
            cancel);
}
