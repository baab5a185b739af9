using Marketplace.Shell.OperatorConsole.SignIn;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Audit;

/// <summary>Writes down what operators do. What is not written down is not done.</summary>
internal sealed class OperatorLog(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>In its own transaction, before the action; returns the number by which it is ended. What is begun here is ended, whoever has gone.</summary>
    public async Task<long> Begin(HttpContext context, OperatorAction action)
    {
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        return await OperatorActionRows.Begin(
            connection, Of(context, action.Person.Person, action.What, action.About, action.Reason, ActionOutcome.Begun, ""), CancellationToken.None);
    }

    /// <summary>Also when the person has gone meanwhile.</summary>
    public async Task End(long number, ActionOutcome outcome, string told)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await OperatorActionRows.End(connection, number, outcome, told, CancellationToken.None);
    }

    /// <summary>It came to no end of its own.</summary>
    public Task Fail(HttpContext context, long number, Exception fault) => End(
        number, ActionOutcome.Failed,
        context.RequestAborted.IsCancellationRequested ? "The browser went away before the end: part of it may be done."
        : fault is OperationCanceledException ? "It was cut short: part of it may be done."
        : fault.GetType().Name);

    /// <summary>What somebody tried to do, and may not.</summary>
    public async Task Refused(HttpContext context, OperatorPerson person, string what, string why)
    {
        var writes = new Writes();
        Add(writes, context, person, what, ActionOutcome.Refused, why);
        await writes.Commit(database, context.RequestAborted);
    }

    /// <summary>With what it changes, in one transaction.</summary>
    public void Add(Writes writes, HttpContext context, OperatorPerson person, string what, ActionOutcome outcome, string told) =>
        OperatorActionRows.Insert(writes, Of(context, person, what, "", "", outcome, told));

    private RecordedAction Of(
        HttpContext context, OperatorPerson person, string what, string about, string reason, ActionOutcome outcome, string told) => new(
        clock.GetUtcNow(), person, what, string.Join(", ", [.. Addressed(context), .. about.Length > 0 ? (string[])[about] : []]), reason,
        context.Connection.RemoteIpAddress?.ToString() ?? "", outcome, told);

    private static IEnumerable<string> Addressed(HttpContext context) =>
        context.Request.RouteValues.Where(value => value.Value is string).OrderBy(value => PlaceIn(context, value.Key)).Select(value => (string)value.Value!);

    /// <summary>In the order in which the address names them.</summary>
    private static int PlaceIn(HttpContext context, string parameter) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.IndexOf($"{{{parameter}}}", StringComparison.Ordinal) ?? 0;
}
