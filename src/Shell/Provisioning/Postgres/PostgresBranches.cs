using LanguageExt;
using Marketplace.Core.Deployments;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;
using Npgsql;
using static LanguageExt.Prelude;
using static Marketplace.Shell.Provisioning.Postgres.SqlText;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>
/// Copies of a resource's database, one for each deployment that asked: with an owner and logins of their own, which open the copy and
/// nothing else.
/// </summary>
/// <remarks>
/// PostgreSQL copies a database only while nobody is connected to it, and lets nobody in meanwhile. Whoever is connected is never sent away
/// for a copy: then there is none, and the customer is told. That nobody is let in lasts no longer than the copy of so few bytes.
/// </remarks>
internal sealed class PostgresBranches(PostgresTarget target, NpgsqlDataSource pool)
{
    private const int MegabytesMax = 100;
    private const long BytesMax = MegabytesMax * 1_000_000L;
    private const int BranchesMax = 10;

    private const int LooksMax = 3;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    /// <summary>A comment on the database, which nobody else may write: rights to connect come and go with suspensions.</summary>
    private const string ReadyMark = "ready";

    private static readonly TimeSpan CopyMax = TimeSpan.FromSeconds(15);

    private PostgresNames Names => target.Names;

    public async Task<Either<ProvisionerRefusal, ActionOutcome>> Make(
        ProvisionedResource resource, DeploymentActionId action, CancellationToken cancel)
    {
        var (database, branch) = (Names.Database(resource.Id), Names.Branch(resource.Id, action));
        // The lock of the resource: nobody suspends or drops it halfway through.
        await using var server = await LockedServer.Open(pool, database, cancel);
        if (!await PostgresDatabases.Exists(server, database, cancel))
            return new ProvisionerRefusal("The database does not exist any more.");
        if (!await PostgresDatabases.IsOpen(server, database, cancel))
            return new ProvisionerRefusal("The database is suspended, and is not copied meanwhile.");
        if (!await IsReady(server, branch, cancel) && await Copy(server, resource, branch, cancel) is { } refusal)
            return refusal;

        var (login, password) = (PostgresNames.NewBranchLogin(branch), PostgresSecrets.NewPassword());
        await PostgresRoles.CreateLogin(server, branch, login, ScramVerifier.Of(password), cancel);
        return new ActionOutcome(
            "The deployment has a database of its own: a copy of the resource's, as it was a moment ago.",
            PostgresSecrets.For(target, branch, login, password));
    }

    public async Task Drop(ProvisionedResource resource, DeploymentActionId action, CancellationToken cancel)
    {
        await using var server = await LockedServer.Open(pool, Names.Database(resource.Id), cancel);
        await Drop(server, Names.Branch(resource.Id, action), cancel);
    }

    /// <summary>Those that there are, half made ones too.</summary>
    public static Task<List<string>> Of(LockedServer server, PostgresNames names, ResourceId resource, CancellationToken cancel) =>
        server.Names("SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY datname", names.BranchesOf(resource), cancel);

    /// <summary>With everything in it, whoever is connected, and its roles. Quiet when it is gone already.</summary>
    public async Task Drop(LockedServer server, string branch, CancellationToken cancel)
    {
        await PostgresDatabases.Drop(server, branch, cancel);
        foreach (var login in await PostgresRoles.LoginsThatStartWith(server, PostgresNames.LoginsOfBranch(branch), cancel))
            await PostgresRoles.Drop(server, target, login, cancel);
        // Made first and dropped last, so that a half of it is found again.
        await PostgresRoles.Drop(server, target, branch, cancel);
    }

    /// <summary>No login of a copy is made before all in it is its own owner's.</summary>
    private static Task<bool> IsReady(LockedServer server, string branch, CancellationToken cancel) =>
        server.Holds(
            $"EXISTS (SELECT FROM pg_database WHERE datname = $1 AND shobj_description(oid, 'pg_database') = {Literal(ReadyMark)})",
            branch, cancel);

    private async Task<ProvisionerRefusal?> Copy(LockedServer server, ProvisionedResource resource, string branch, CancellationToken cancel)
    {
        var database = Names.Database(resource.Id);
        // What an earlier attempt has left is no copy of anything.
        await Drop(server, branch, cancel);
        if (await server.Holds($"pg_database_size($1::name) > {BytesMax}", database, cancel))
            return new ProvisionerRefusal($"The database is larger than {MegabytesMax} MB, which is the most that is copied for a deployment.");
        if ((await Of(server, Names, resource.Id, cancel)).Count >= BranchesMax)
            return new ProvisionerRefusal($"There are {BranchesMax} copies of the database already. Delete deployments that you do not need any more.");
        if (!await IsLeftAlone(server, database, cancel))
            return new ProvisionerRefusal("Somebody is connected to the database, and it is copied only while nobody is. Close the connections and deploy again.");

        await PostgresRoles.CreateGroup(server, branch, cancel);
        if (!await TryCopy(server, database, branch, cancel))
            return new ProvisionerRefusal("The database could not be copied while nobody was connected to it. Deploy again.");

        await HandOver(server, database, branch, resource, cancel);
        return null;
    }

    /// <summary>Looked at before PostgreSQL is asked for a copy: it would wait for those who are connected, and let nobody else in meanwhile.</summary>
    private static async Task<bool> IsLeftAlone(LockedServer server, string database, CancellationToken cancel)
    {
        for (var look = 1; ; look++)
        {
            if (await server.Holds(
                "NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend')", database, cancel))
                return true;
            if (look == LooksMax)
                return false;
            await Task.Delay(BetweenLooks, cancel);
        }
    }

    private static async Task<bool> TryCopy(LockedServer server, string database, string branch, CancellationToken cancel)
    {
        try
        {
            await server.Execute($"SET statement_timeout = {CopyMax.TotalMilliseconds:0}", cancel);
            await server.Execute($"CREATE DATABASE {Identifier(branch)} TEMPLATE {Identifier(database)} ALLOW_CONNECTIONS false", cancel);
            return true;
        }
        catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.ObjectInUse or PostgresErrorCodes.QueryCanceled)
        {
            return false;
        }
        finally
        {
            await server.Execute("RESET statement_timeout", CancellationToken.None);
        }
    }

    /// <summary>All in it becomes its own owner's, so that no credential of the one opens the other.</summary>
    private async Task HandOver(LockedServer server, string database, string branch, ProvisionedResource resource, CancellationToken cancel)
    {
        // Rights on a database are not copied: a new one is open to everybody, and then to us alone.
        await server.ExecuteTogether(
            [$"REVOKE ALL ON DATABASE {Identifier(branch)} FROM PUBLIC", $"ALTER DATABASE {Identifier(branch)} ALLOW_CONNECTIONS true"], cancel);
        var roles = await PostgresRoles.LoginsThatStartWith(server, Names.LoginsOf(resource.Id), cancel);
        await target.ExecuteInside(branch, Reassign([database, .. roles.Where(role => !PostgresNames.IsOfBranch(role))], branch), cancel);
        await PostgresDatabases.Limit(server, branch, resource.Plan, cancel);
        // Last: from here on it is ready.
        await server.ExecuteTogether(
            [
                $"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {Identifier(branch)} TO {Identifier(branch)}",
                $"COMMENT ON DATABASE {Identifier(branch)} IS {Literal(ReadyMark)}",
            ],
            cancel);
    }

    private static string Reassign(IEnumerable<string> owners, string branch) =>
        string.Join(' ', owners.Select(owner => $"REASSIGN OWNED BY {Identifier(owner)} TO {Identifier(branch)};"));
}
