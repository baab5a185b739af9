namespace Marketplace.Integration.Postgres;

/// <summary>
/// Writes that the database refuses while this stands: what is left behind is what a process leaves that dies right before them.
/// </summary>
internal sealed class RefusedWrites : IAsyncDisposable
{
    private readonly Acme acme;
    private readonly string name;
    private readonly string table;

    private RefusedWrites(Acme acme, string name, string table) => (this.acme, this.name, this.table) = (acme, name, table);

    /// <param name="when">Which rows, by <c>new</c> and, for updates, <c>old</c>.</param>
    public static async Task<RefusedWrites> To(Acme acme, string table, string operations, string when)
    {
        var writes = new RefusedWrites(acme, $"refuse_{Guid.NewGuid():N}", table);
        await acme.Execute(
            $"""
            create function {writes.name}() returns trigger language plpgsql as $$
            begin raise exception 'the process is dead'; end $$;
            create trigger {writes.name} before {operations} on {table} for each row when ({when}) execute function {writes.name}();
            """);
        return writes;
    }

    /// <summary>The answer to a call is never committed, and never sent.</summary>
    public static Task<RefusedWrites> ToAnswers(Acme acme) => To(acme, "idempotency_record", "update", "new.status_code is not null");

    /// <summary>No outcome of an operation is committed, nor that it failed, nor that somebody was told to wait.</summary>
    public static Task<RefusedWrites> ToOutcomes(Acme acme) => To(acme, "operation", "update", "new.attempts = old.attempts");

    public async ValueTask DisposeAsync() => await acme.Execute($"drop trigger {name} on {table}; drop function {name}();");
}
