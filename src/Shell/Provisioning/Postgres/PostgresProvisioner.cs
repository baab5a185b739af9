using LanguageExt;
using Marketplace.Core.Deployments;
using Marketplace.Core.Repl;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Provisioning;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>Acme Postgres: every resource is a database on one PostgreSQL server, with an owner role and logins of its own.</summary>
/// <remarks>
/// Each method is a list of steps of which every one finds out whether it was done already. They run under a lock of the
/// resource, so a crash between any two of them, or a second call beside the first, ends where one undisturbed call would.
/// </remarks>
internal sealed class PostgresProvisioner(
    PostgresTarget target, NpgsqlDataSource pool, PostgresIsolation isolation, PostgresRepl repl)
    : IReplProvisioner, IImportProvisioner, IDeploymentProvisioner, IHealthProvisioner
{
    private const string CheckDatabase = "check-database";
    private const string BranchDatabase = "branch-database";

    private readonly PostgresImports imports = new(target, pool);
    private readonly PostgresBranches branches = new(target, pool);
    private readonly PostgresHealth health = new(target);

    private static readonly MetricId Storage = new("storage");
    private static readonly MetricId Transactions = new("transactions");
    private const decimal BytesPerMegabyte = 1_000_000;

    private PostgresNames Names => target.Names;

    public string Name => "postgres";

    public IReadOnlyCollection<string> DeploymentActions { get; } = [CheckDatabase, BranchDatabase];

    public async Task<ProvisionerAnswer<Seq<Secret>>> Provision(
        ProvisionedResource resource, OperationId operation, CancellationToken cancel)
    {
        var database = Names.Database(resource.Id);
        // First, and not while a connection is held: two of the pool for each call would be one too many.
        await isolation.Enforce(pool, cancel);
        await using var server = await LockedServer.Open(pool, database, cancel);
        await PostgresRoles.CreateGroup(server, Names.Owner(resource.Id), cancel);
        await PostgresDatabases.Create(server, target, database, resource.Plan, cancel);
        return await MintLogin(server, resource.Id, operation, cancel);
    }

    public async Task<ProvisionerAnswer<Unit>> ChangePlan(ProvisionedResource resource, OperationId operation, CancellationToken cancel)
    {
        var database = Names.Database(resource.Id);
        await using var server = await LockedServer.Open(pool, database, cancel);
        await PostgresDatabases.Limit(server, database, resource.Plan, cancel);
        return unit;
    }

    public async Task<ProvisionerAnswer<Unit>> Suspend(ProvisionedResource resource, OperationId operation, CancellationToken cancel)
    {
        var database = Names.Database(resource.Id);
        await using var server = await LockedServer.Open(pool, database, cancel);
        if (await PostgresDatabases.Exists(server, database, cancel))
        {
            await PostgresDatabases.Close(server, database, cancel);
            await PostgresSessions.EndOn(server, database, cancel);
        }

        foreach (var branch in await PostgresBranches.Of(server, Names, resource.Id, cancel))
        {
            await PostgresDatabases.Close(server, branch, cancel);
            await PostgresSessions.EndOn(server, branch, cancel);
        }
        return unit;
    }

    public async Task<ProvisionerAnswer<Unit>> Resume(ProvisionedResource resource, OperationId operation, CancellationToken cancel)
    {
        var database = Names.Database(resource.Id);
        await using var server = await LockedServer.Open(pool, database, cancel);
        await PostgresDatabases.Open(server, database, cancel);
        foreach (var branch in await PostgresBranches.Of(server, Names, resource.Id, cancel))
        {
            await PostgresDatabases.Open(server, branch, cancel);
        }
        return unit;
    }

    public async Task<ProvisionerAnswer<Seq<Secret>>> Rotate(
        ProvisionedResource resource, OperationId operation, CancellationToken cancel)
    {
        var database = Names.Database(resource.Id);
        await using var server = await LockedServer.Open(pool, database, cancel);
        return await PostgresDatabases.Exists(server, database, cancel)
            ? await MintLogin(server, resource.Id, operation, cancel)
            : new ProvisionerRefusal("The database does not exist any more.");
    }

    public async Task<ProvisionerAnswer<Unit>> ExpireSecrets(
        ProvisionedResource resource, OperationId operation, Seq<OperationId> minted, CancellationToken cancel)
    {
        await using var server = await LockedServer.Open(pool, Names.Database(resource.Id), cancel);
        var logins = new List<string>();
        foreach (var mint in minted)
        {
            logins.AddRange(await PostgresRoles.LoginsThatStartWith(server, Names.LoginsOf(resource.Id, mint), cancel));
        }

        if (logins.Count == 0)
        {
            return unit;
        }

        // What matters most first: whatever may hold up the rest, the old credentials are dead by then.
        await PostgresRoles.RefuseLogin(server, logins, cancel);
        await PostgresSessions.EndOf(server, logins, cancel);
        foreach (var login in logins)
        {
            await PostgresRoles.Drop(server, target, login, cancel);
        }
        return unit;
    }

    public async Task<ProvisionerAnswer<Unit>> Deprovision(ProvisionedResource resource, OperationId operation, CancellationToken cancel)
    {
        var database = Names.Database(resource.Id);
        await using var server = await LockedServer.Open(pool, database, cancel);
        if (await PostgresDatabases.Exists(server, database, cancel))
        {
            await PostgresDatabases.Close(server, database, cancel);
            await PostgresDatabases.Drop(server, database, cancel);
        }

        foreach (var branch in await PostgresBranches.Of(server, Names, resource.Id, cancel))
        {
            await branches.Drop(server, branch, cancel);
        }

        foreach (var login in await PostgresRoles.LoginsThatStartWith(server, Names.LoginsOf(resource.Id), cancel))
        {
            await PostgresRoles.Drop(server, target, login, cancel);
        }

        // Made first and dropped last, so List tells of everything that was left half way.
        await PostgresRoles.Drop(server, target, Names.Owner(resource.Id), cancel);
        return unit;
    }

    public async Task<Seq<Measurement>> Measure(ProvisionedResource resource, DateTimeOffset now, CancellationToken cancel)
    {
        // From outside: a connection to the customer's database would count as the customer's transactions.
        await using var command = pool.CreateCommand(
            """
            SELECT pg_database_size(d.oid), s.xact_commit + s.xact_rollback
            FROM pg_database d JOIN pg_stat_database s ON s.datid = d.oid
            WHERE d.datname = $1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = Names.Database(resource.Id) });
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? Seq(
                new Measurement(resource.Id, Storage, now, row.GetInt64(0) / BytesPerMegabyte),
                new Measurement(resource.Id, Transactions, now, row.GetInt64(1)))
            : Empty;
    }

    public Task Run(ProvisionedResource resource, ReplCommand command, IReplScreen screen, CancellationToken cancel) =>
        repl.Run(resource.Id, command, screen, cancel);

    public Seq<SignInField> SignInFields => PostgresImports.Fields;

    public string SubjectOf(SignIn given) => PostgresImports.SubjectOf(given);

    public Task<Either<SignInRefusal, Seq<Importable>>> List(SignIn given, CancellationToken cancel) => imports.List(given, cancel);

    public Task<Either<SignInRefusal, Seq<Secret>>> Secrets(SignIn given, string reference, CancellationToken cancel) =>
        imports.Secrets(given, reference, cancel);

    public async Task<Either<ProvisionerRefusal, ActionOutcome>> Act(
        ProvisionedResource resource, DeploymentActionId action, Seq<Secret> current, CancellationToken cancel) =>
        action.Slug switch
        {
            CheckDatabase => Reported(await Check(resource, current, cancel)),
            BranchDatabase => await branches.Make(resource, action, cancel),
            _ => throw new ArgumentException($"There is no action {action.Slug}.", nameof(action)),
        };

    public Task Undo(ProvisionedResource resource, DeploymentActionId action, CancellationToken cancel) =>
        action.Slug == BranchDatabase ? branches.Drop(resource, action, cancel) : Task.CompletedTask;

    public Task<ResourceHealth> Check(ProvisionedResource resource, Seq<Secret> current, CancellationToken cancel) =>
        health.Look(Names.Database(resource.Id), current, cancel);

    public async Task<Option<Seq<ResourceId>>> List(CancellationToken cancel)
    {
        // Whatever is left of a resource counts, and only what this role made: others may use the same prefix.
        await using var command = pool.CreateCommand(
            """
            SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = current_user
            UNION
            SELECT r.rolname FROM pg_roles r JOIN pg_auth_members m ON m.roleid = r.oid
            WHERE pg_get_userbyid(m.member) = current_user
            ORDER BY 1
            """);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var held = new List<ResourceId>();
        while (await rows.ReadAsync(cancel))
        {
            if (Names.HolderOf(rows.GetString(0)) is { } resource)
            {
                held.Add(resource);
            }
        }

        return held.Distinct().ToSeq().Strict();
    }

    private static Either<ProvisionerRefusal, ActionOutcome> Reported(ResourceHealth found) =>
        found.Serves ? new ActionOutcome(found.Text, LanguageExt.Seq<Secret>.Empty) : new ProvisionerRefusal(found.Text);

    /// <summary>Also while the resource is suspended: the login then waits for it to be resumed, like all the others.</summary>
    private async Task<Seq<Secret>> MintLogin(LockedServer server, ResourceId resource, OperationId operation, CancellationToken cancel)
    {
        var database = Names.Database(resource);
        var login = Names.NewLogin(resource, operation);
        var password = PostgresSecrets.NewPassword();
        await PostgresRoles.CreateLogin(server, database, login, ScramVerifier.Of(password), cancel);
        return PostgresSecrets.For(target, database, login, password);
    }
}
