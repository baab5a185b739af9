using Npgsql;
using NpgsqlTypes;

namespace Marketplace.Shell.Persistence;

/// <summary>
/// A parameter with the type of its column, also when it is null: PostgreSQL prepares one statement for one list of types, and Npgsql
/// sends a statement unprepared when the types differ from the last time.
/// </summary>
internal readonly struct SqlValue
{
    private SqlValue(object? value, NpgsqlDbType type) =>
        Parameter = new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    public NpgsqlParameter Parameter { get; }

    /// <summary>Text that is kept as it came: <c>jsonb</c> would rewrite it.</summary>
    public static SqlValue Json(string text) => new(text, NpgsqlDbType.Json);

    /// <summary>What several rows have in one column, as <c>unnest</c> takes it.</summary>
    public static SqlValue Column(IReadOnlyList<SqlValue[]> rows, int column)
    {
        var type = rows[0][column].Parameter.NpgsqlDbType;
        return new(
            type switch
            {
                NpgsqlDbType.Text or NpgsqlDbType.Json or NpgsqlDbType.Jsonb => Values<string>(),
                NpgsqlDbType.Bytea => Values<byte[]>(),
                NpgsqlDbType.TimestampTz => Values<DateTimeOffset?>(),
                NpgsqlDbType.Integer => Values<int?>(),
                _ => throw new NotSupportedException($"No table whose rows are inserted together has a column of {type}."),
            },
            NpgsqlDbType.Array | type);

        T?[] Values<T>()
        {
            var values = new T?[rows.Count];
            for (var row = 0; row < values.Length; row++)
                values[row] = rows[row][column].Parameter.Value is T value ? value : default;
            return values;
        }
    }

    /// <summary>Many values at once, which the caller has checked: as <c>unnest</c> takes them, without a copy.</summary>
    public static SqlValue List<T>(IList<T> values, NpgsqlDbType type) => new(values, NpgsqlDbType.Array | type);

    public static implicit operator SqlValue(DateTimeOffset[] moments) => new(moments, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);

    public static implicit operator SqlValue(long[]? numbers) => new(numbers, NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public static implicit operator SqlValue(string? text) => new(Storable(text), NpgsqlDbType.Text);

    public static implicit operator SqlValue(string[]? texts) =>
        new(texts is null ? null : Array.ConvertAll(texts, text => Storable(text)!), NpgsqlDbType.Array | NpgsqlDbType.Text);

    public static implicit operator SqlValue(Jsonb json) => new(json.Text, NpgsqlDbType.Jsonb);

    public static implicit operator SqlValue(Jsonb? json) => new(json?.Text, NpgsqlDbType.Jsonb);

    public static implicit operator SqlValue(DateTimeOffset moment) => new(moment, NpgsqlDbType.TimestampTz);

    public static implicit operator SqlValue(DateTimeOffset? moment) => new(moment, NpgsqlDbType.TimestampTz);

    public static implicit operator SqlValue(TimeSpan span) => new(span, NpgsqlDbType.Interval);

    public static implicit operator SqlValue(bool flag) => new(flag, NpgsqlDbType.Boolean);

    public static implicit operator SqlValue(bool? flag) => new(flag, NpgsqlDbType.Boolean);

    public static implicit operator SqlValue(int number) => new(number, NpgsqlDbType.Integer);

    public static implicit operator SqlValue(int? number) => new(number, NpgsqlDbType.Integer);

    public static implicit operator SqlValue(long number) => new(number, NpgsqlDbType.Bigint);

    public static implicit operator SqlValue(decimal number) => new(number, NpgsqlDbType.Numeric);

    public static implicit operator SqlValue(decimal? number) => new(number, NpgsqlDbType.Numeric);

    public static implicit operator SqlValue(byte[]? bytes) => new(bytes, NpgsqlDbType.Bytea);

    /// <summary>
    /// PostgreSQL would refuse it too, but only when it binds the values: Npgsql 10.0.0 then takes a statement that was to be prepared by
    /// the way for prepared, without knowing its columns, and the next call on that connection would fail for it.
    /// </summary>
    private static string? Storable(string? text) => text?.Contains('\0') == true ? throw new UnstorableTextException() : text;
}

/// <summary>PostgreSQL stores every character but U+0000, which no name, id or text of the contract has any use for.</summary>
internal sealed class UnstorableTextException() : Exception("A text has a character that cannot be stored (U+0000).");
