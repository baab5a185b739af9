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

    public static implicit operator SqlValue(string? text) => new(text, NpgsqlDbType.Text);

    public static implicit operator SqlValue(string[] texts) => new(texts, NpgsqlDbType.Array | NpgsqlDbType.Text);

    public static implicit operator SqlValue(Jsonb json) => new(json.Text, NpgsqlDbType.Jsonb);

    public static implicit operator SqlValue(DateTimeOffset moment) => new(moment, NpgsqlDbType.TimestampTz);

    public static implicit operator SqlValue(DateTimeOffset? moment) => new(moment, NpgsqlDbType.TimestampTz);

    public static implicit operator SqlValue(TimeSpan span) => new(span, NpgsqlDbType.Interval);

    public static implicit operator SqlValue(bool flag) => new(flag, NpgsqlDbType.Boolean);

    public static implicit operator SqlValue(int number) => new(number, NpgsqlDbType.Integer);

    public static implicit operator SqlValue(int? number) => new(number, NpgsqlDbType.Integer);

    public static implicit operator SqlValue(long number) => new(number, NpgsqlDbType.Bigint);

    public static implicit operator SqlValue(decimal number) => new(number, NpgsqlDbType.Numeric);

    public static implicit operator SqlValue(decimal? number) => new(number, NpgsqlDbType.Numeric);

    public static implicit operator SqlValue(byte[]? bytes) => new(bytes, NpgsqlDbType.Bytea);
}
