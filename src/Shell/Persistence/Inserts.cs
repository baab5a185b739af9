using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Marketplace.Shell.Persistence;

/// <summary>
/// Inserts rows of one table in one statement, whose text says how many: each text stays the same, and is prepared once. Few rows go
/// without arrays where a text for so many is given, because an array costs as much as another row.
/// </summary>
/// <param name="many">Of as many arrays as there are columns.</param>
/// <param name="two">Of twice as many values as <paramref name="one"/>, row after row.</param>
internal sealed class Inserts(
    [ConstantExpected] string one, [ConstantExpected] string many, [ConstantExpected] string? two = null, [ConstantExpected] string? three = null)
{
    /// <param name="rows">At least one; each with the same columns, in the same order.</param>
    public NpgsqlBatchCommand Command(IReadOnlyList<SqlValue[]> rows) =>
        rows switch
        {
            [var only] => Sql.BatchCommand(one, only),
            [var first, var second] when two is not null => Sql.BatchCommand(two, [.. first, .. second]),
            [var first, var second, var third] when three is not null => Sql.BatchCommand(three, [.. first, .. second, .. third]),
            _ => Sql.BatchCommand(many, [.. rows[0].Select((_, column) => SqlValue.Column(rows, column))]),
        };
}
