using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Marketplace.Shell.Persistence;

/// <summary>Inserts rows of one table in one statement, whose text says how many: each text stays the same, and is prepared once.</summary>
/// <param name="two">Of twice as many values as <paramref name="one"/>, row after row.</param>
/// <param name="many">Of as many arrays as there are columns.</param>
internal sealed class Inserts(
    [ConstantExpected] string one, [ConstantExpected] string two, [ConstantExpected] string three, [ConstantExpected] string many)
{
    /// <param name="rows">At least one; each with the same columns, in the same order.</param>
    public NpgsqlBatchCommand Command(IReadOnlyList<SqlValue[]> rows) =>
        rows switch
        {
            [var only] => Sql.BatchCommand(one, only),
            [var first, var second] => Sql.BatchCommand(two, [.. first, .. second]),
            [var first, var second, var third] => Sql.BatchCommand(three, [.. first, .. second, .. third]),
            _ => Sql.BatchCommand(
                many, [.. rows[0].Select((first, column) => SqlValue.Column(rows.Select(row => row[column]), first.Parameter.NpgsqlDbType))]),
        };
}
