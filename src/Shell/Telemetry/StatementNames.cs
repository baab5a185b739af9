using System.Collections.Frozen;
using System.Diagnostics;
using System.Reflection;
using Npgsql;

namespace Marketplace.Shell.Telemetry;

/// <summary>
/// What spans call the statements of our own database: by the constant that each of them is, like <c>OutboxRows.ClaimSql</c>. Their texts stay
/// here, and so do those of everybody else's databases.
/// </summary>
internal static class StatementNames
{
    private const string Prefix = "sql ";

    private static readonly Lazy<FrozenDictionary<string, string>> Known = new(Read);

    /// <summary>Only what is part of a trace that is kept: a worker that looks for work again and again is none.</summary>
    public static void Trace(NpgsqlTracingOptionsBuilder tracing) => tracing
        .ConfigureCommandFilter(_ => IsKept)
        .ConfigureBatchFilter(_ => IsKept)
        .ConfigureCopyOperationFilter(_ => IsKept)
        .ConfigureCommandSpanNameProvider(command => Prefix + Of(command.CommandText))
        .ConfigureBatchSpanNameProvider(Of)
        .EnablePhysicalOpenTracing(enable: false)
        .EnableFirstResponseEvent(enable: false);

    private static bool IsKept => Activity.Current is { IsAllDataRequested: true };

    /// <summary>Whether a span is called as we call them.</summary>
    public static bool IsOne(string span) => span.StartsWith(Prefix, StringComparison.Ordinal);

    private static string Of(string text) =>
        Known.Value.TryGetValue(text, out var name) ? name
        : text is "begin" or "commit" ? text
        : text.StartsWith("set local", StringComparison.Ordinal) ? "set local"
        : "other";

    private static string Of(NpgsqlBatch batch) => Prefix + string.Join(
        ", ", ((IEnumerable<NpgsqlBatchCommand>)batch.BatchCommands).Select(command => Of(command.CommandText)).Distinct(StringComparer.Ordinal));

    private static FrozenDictionary<string, string> Read() =>
        (from type in typeof(StatementNames).Assembly.GetTypes()
         where type.Name.EndsWith("Rows", StringComparison.Ordinal)
         from constant in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
         where constant.IsLiteral && constant.Name.EndsWith("Sql", StringComparison.Ordinal)
         select (Text: (string)constant.GetRawConstantValue()!, Name: $"{type.Name}.{constant.Name}"))
        .DistinctBy(statement => statement.Text, StringComparer.Ordinal)
        .ToFrozenDictionary(statement => statement.Text, statement => statement.Name, StringComparer.Ordinal);
}
