using System.Globalization;
using LanguageExt;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>
/// Databases on our server that were not made through Vercel. Who knows the password of the role that owns them may link them; the secrets
/// are that role's own.
/// </summary>
/// <remarks>
/// Neither the databases nor the roles are ours, and nothing here changes anything about them. What is to be seen is read by our own
/// connection; the customer's is opened to prove the password, and closed.
/// </remarks>
internal sealed class PostgresImports(PostgresTarget target, NpgsqlDataSource pool)
{
    private const string Database = "database";
    private const string Role = "user";
    private const string Password = "password";

    /// <summary>As PostgreSQL cuts it.</summary>
    private const int NameBytesMax = 63;

    private static readonly TimeSpan StatementLimit = TimeSpan.FromSeconds(10);

    private static readonly SignInRefusal Wrong = new("Database, user or password is wrong.", ProvesNothing: true);

    /// <summary>Exactly the databases of this role: whose rights it has besides does not matter.</summary>
    private const string Owned =
        """
        SELECT d.datname, pg_database_size(d.oid) FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
        WHERE r.rolname = $1 AND r.rolname <> current_user AND NOT d.datistemplate AND d.datallowconn
        ORDER BY d.datname
        """;

    public static readonly Seq<SignInField> Fields = Seq(
        new SignInField(Database, "Database", IsSecret: false),
        new SignInField(Role, "User", IsSecret: false),
        new SignInField(Password, "Password", IsSecret: true));

    public static string SubjectOf(SignIn given) => given[Role];

    public async Task<Either<SignInRefusal, Seq<Importable>>> List(SignIn given, CancellationToken cancel) =>
        await Refusal(given, given[Database], cancel) is { } refusal ? refusal : await OwnedBy(given[Role], cancel);

    public async Task<Either<SignInRefusal, Seq<Secret>>> Secrets(SignIn given, string reference, CancellationToken cancel)
    {
        if (await Refusal(given, reference, cancel) is { } refusal)
            return refusal;

        var owned = await OwnedBy(given[Role], cancel);
        return owned.Exists(database => database.Reference == reference)
            ? PostgresSecrets.For(target, reference, given[Role], given[Password])
            : new SignInRefusal("This database does not belong to this user any more.", ProvesNothing: false);
    }

    /// <summary>Null when the login is proven.</summary>
    private async Task<SignInRefusal?> Refusal(SignIn given, string database, CancellationToken cancel)
    {
        var (role, password) = (given[Role], given[Password]);
        if (!IsName(role) || !IsName(database) || password.Contains('\0', StringComparison.Ordinal))
            return Wrong;
        if (await Connect(database, role, password, cancel) is { } refused)
            return refused;

        // A server that lets us in without looking at the password has proven nothing: then nobody is let in by it.
        if (await Connect(database, role, PostgresSecrets.NewPassword(), cancel) is null)
            throw new InvalidOperationException("The server of Acme Postgres asks for no password when we connect, so that no login can be proven: change pg_hba.conf.");

        return await IsSuperuser(role, cancel)
            ? new SignInRefusal("A superuser's password belongs in no project. Sign in as the user that owns the database.", ProvesNothing: false)
            : null;
    }

    private async Task<SignInRefusal?> Connect(string database, string role, string password, CancellationToken cancel)
    {
        await using var source = target.SourceFor(database, role, password, StatementLimit);
        try
        {
            await using var session = await source.OpenConnectionAsync(cancel);
            return null;
        }
        catch (PostgresException no) when (no.SqlState
            is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification
            or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege)
        {
            return Wrong;
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            return new SignInRefusal("All connections of this user or database are in use. Close one and try again.", ProvesNothing: true);
        }
    }

    private async Task<bool> IsSuperuser(string role, CancellationToken cancel)
    {
        await using var command = pool.CreateCommand("SELECT rolsuper FROM pg_roles WHERE rolname = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = role });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private async Task<Seq<Importable>> OwnedBy(string role, CancellationToken cancel)
    {
        await using var command = pool.CreateCommand(Owned);
        command.Parameters.Add(new NpgsqlParameter { Value = role });
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var owned = new List<Importable>();
        while (await rows.ReadAsync(cancel))
        {
            var (name, bytes) = (rows.GetString(0), rows.GetInt64(1));
            if (!target.Names.IsDatabase(name))
                owned.Add(new Importable(name, name, string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000m:0.0} MB")));
        }

        return owned.ToSeq().Strict();
    }

    private static bool IsName(string text) =>
        text.Length > 0 && System.Text.Encoding.UTF8.GetByteCount(text) <= NameBytesMax && !text.Contains('\0', StringComparison.Ordinal);
}
