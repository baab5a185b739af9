using Marketplace.Jobs.Provisioning;

namespace Marketplace.Integration.Provisioning.Postgres;

/// <summary>A customer's database with a console, and a neighbour's beside it on the same server.</summary>
public sealed class ConsoleDatabase : IAsyncLifetime
{
    private static readonly ProvisionedResource Own = AcmePostgres.Resource("res_own");

    internal AcmePostgres Acme { get; private set; } = null!;

    /// <summary>By the secrets.</summary>
    internal Customer Customer { get; private set; } = null!;

    internal Customer Neighbour { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Acme = await AcmePostgres.Start(Cancel);
        Customer = await Acme.Provision(Own, "op_1", Cancel);
        Neighbour = await Acme.Provision(AcmePostgres.Resource("res_other"), "op_2", Cancel);
        await Customer.Execute(
            """
            CREATE TABLE notes (id int PRIMARY KEY, note text);
            INSERT INTO notes VALUES (1, 'kept');
            CREATE SEQUENCE numbers;
            CREATE SCHEMA attic;
            CREATE TABLE attic.box (id int);
            """,
            Cancel);
    }

    public ValueTask DisposeAsync() => Acme.DisposeAsync();

    internal Task<Shown> Write(string input) => Acme.Ask(Own, input, Cancel);

    internal Task<Shown> Read(string input) => Acme.Ask(Own, input, Cancel, readOnly: true);

    /// <summary>The notes are as they were, and there is nothing beside what was made here.</summary>
    internal async Task IsUntouched()
    {
        Assert.Equal("1 kept", await Customer.Read("SELECT string_agg(id || ' ' || note, ', ') FROM notes", Cancel));
        Assert.Equal(
            "attic.box, public.notes, public.numbers",
            await Customer.Read(
                """
                SELECT string_agg(relnamespace::regnamespace || '.' || relname, ', ' ORDER BY relnamespace::regnamespace::text, relname)
                FROM pg_class WHERE relkind IN ('r', 'S', 'v') AND relnamespace::regnamespace IN ('public', 'attic')
                """,
                Cancel));
        Assert.Equal(false, await Customer.Read("SELECT is_called FROM numbers", Cancel));
        Assert.Equal(0L, await Customer.Read("SELECT count(*) FROM pg_largeobject_metadata", Cancel));
    }
}
