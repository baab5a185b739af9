using System.Diagnostics.CodeAnalysis;
using LanguageExt;
using Npgsql;

namespace Marketplace.Shell.Persistence;

/// <summary>Commands with positional parameters (<c>$1</c>…), which Npgsql sends without rewriting the text.</summary>
internal static class Sql
{
    public static NpgsqlCommand Command(
        this NpgsqlTransaction transaction, [ConstantExpected] string text, params ReadOnlySpan<SqlValue> values)
    {
        var command = new NpgsqlCommand(text, transaction.Connection, transaction);
        foreach (var value in values)
            command.Parameters.Add(value.Parameter);
        return command;
    }

    public static NpgsqlCommand Command(
        this NpgsqlConnection connection, [ConstantExpected] string text, params ReadOnlySpan<SqlValue> values)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var value in values)
            command.Parameters.Add(value.Parameter);
        return command;
    }

    public static NpgsqlBatchCommand BatchCommand([ConstantExpected] string text, params ReadOnlySpan<SqlValue> values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values)
            command.Parameters.Add(value.Parameter);
        return command;
    }

    public static string? OrNull(this Option<string> option) => option.MatchUnsafe<string?>(value => value, () => null);

    public static T? OrNull<T>(this Option<T> option)
        where T : struct => option.MatchUnsafe<T?>(value => value, () => null);

    public static string? TextOrNull(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    public static DateTimeOffset Moment(this NpgsqlDataReader reader, int column) =>
        reader.GetFieldValue<DateTimeOffset>(column);

    public static DateTimeOffset? MomentOrNull(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    public static Option<string> TextOption(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? Option<string>.None : reader.GetString(column);
}

/// <summary>Text that PostgreSQL stores as <c>jsonb</c>.</summary>
internal readonly record struct Jsonb(string Text);
