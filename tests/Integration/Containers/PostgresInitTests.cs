using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Marketplace.Integration.Containers;

/// <summary>The PostgreSQL of docker-compose.yml as its first start makes it, and a restore into it by the words of docs/deploy.md.</summary>
public sealed partial class PostgresInitTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("init-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_server_has_a_role_without_rights_that_it_does_not_need_and_a_backup_becomes_its_database_again()
    {
        var shown = Shown().Matches(await File.ReadAllTextAsync(Repository.File("docs/deploy.md"), Cancel)).Select(match => match.Groups["words"].Value.TrimEnd()).ToList();
        Assert.Equal(["pg_dump", "psql", "createdb", "pg_restore"], shown.Select(words => words.Split(' ')[0]));

        var said = await Bash($$"""
            export PATH="$(dirname "$POSTGRES_PSQL"):$PATH" PGHOST=127.0.0.1 PGPORT=$(cat {{folder}}/pg/port) PGPASSWORD=$(cat {{folder}}/pg/superuser.password)
            printf "it's a password\n" >{{folder}}/password
            export POSTGRES_USER=postgres MARKETPLACE_PASSWORD_FILE={{folder}}/password
            {{Repository.File("deploy/postgres-init.sh")}}
            asked() { psql -XAt --username postgres --dbname postgres --command "$1"; }
            echo "role: $(asked "select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = 'marketplace'")"
            echo "databases: $(asked "select string_agg(datname || ' ' || pg_get_userbyid(datdba) || ' ' || has_database_privilege('public', oid, 'connect'), ', ' order by datname) from pg_database where datname in ('marketplace', 'postgres')")"
            export ConnectionStrings__Marketplace="Host=127.0.0.1;Port=$PGPORT;Database=marketplace;Username=marketplace;Password=it's a password"
            dotnet {{AppContext.BaseDirectory}}Marketplace.Shell.dll migrate
            cd {{folder}}
            {{string.Join('\n', shown)}}
            echo "owners: $(psql -XAt --username postgres --dbname marketplace --command "select distinct tableowner from pg_tables where schemaname = 'public'")"
            DataProtection__Key=$(printf %032d 0 | base64) dotnet {{AppContext.BaseDirectory}}Marketplace.Shell.dll key-ring verify
            psql -Xq --username postgres --dbname postgres --command 'drop database before_restore' --command 'drop database marketplace' --command 'drop role marketplace'
            MARKETPLACE_ROLE_MAY='createdb createrole' {{Repository.File("deploy/postgres-init.sh")}}
            echo "with customers: $(asked "select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = 'marketplace'")"
            """);

        Assert.Contains("role: f|f|f\n", said, StringComparison.Ordinal);
        Assert.Contains("databases: marketplace marketplace false, postgres postgres false\n", said, StringComparison.Ordinal);
        Assert.Contains("migrations applied", said, StringComparison.Ordinal);
        Assert.Contains("owners: marketplace\n", said, StringComparison.Ordinal);
        Assert.Contains("0 tokens and secrets open", said, StringComparison.Ordinal);
        Assert.Contains("with customers: f|t|t\n", said, StringComparison.Ordinal);
    }

    /// <summary>On a PostgreSQL of its own, which nobody has prepared.</summary>
    private async Task<string> Bash(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", $$"""
            set -euo pipefail
            source {{Repository.File("scripts/local-packages.sh")}}
            source {{Repository.File("scripts/local-postgres.sh")}}
            trap 'cluster_remove {{folder}}/pg' EXIT
            find_postgres
            choose_postgres_user
            cluster_make_folder {{folder}}/pg
            cluster_initialize {{folder}}/pg scratch
            cluster_launch {{folder}}/pg
            {{script}}
            """])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var key in start.Environment.Keys.Where(key => key.StartsWith("ConnectionStrings__", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(key);
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, string.Concat(said));
        return said[0];
    }

    [GeneratedRegex(@"^docker compose exec -T postgres (?<words>(pg_dump|psql|createdb|pg_restore) [^#\n]*)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Shown();
}
