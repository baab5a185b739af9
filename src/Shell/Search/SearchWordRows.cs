using Marketplace.Jobs.Search;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Search;

/// <summary>The words by which installations and resources are found. The database says whose may have changed, whoever wrote it.</summary>
internal sealed class SearchWordRows(NpgsqlDataSource database) : ISearchWords
{
    /// <summary>Of the installations whose words the query is in; it is asked twice, of what is kept and of what is still to be kept.</summary>
    /// <remarks>What was called otherwise until a moment ago is found by both names.</remarks>
    public const string InstallationsFound = """
        select w.installation_id from installation_word w where w.words @@ lower($8)::tsquery
        union all
        select f.installation_id from word_due d join installation f on f.installation_id = d.installation_id
        where d.resource_id is null
            and words_of_installation(f.installation_id, f.account_id, f.account_name, f.contact_email, f.contact_name, f.account_url) @@ lower($8)::tsquery
        """;

    /// <inheritdoc cref="InstallationsFound"/>
    public const string ResourcesFound = """
        select w.resource_id from resource_word w where w.words @@ lower($9)::tsquery
        union all
        select f.resource_id from word_due d join resource f on f.installation_id = d.installation_id and f.resource_id = d.resource_id
        where words_of_resource(f.resource_id, f.name, f.external_id, f.source_reference, f.installation_id) @@ lower($9)::tsquery
        """;

    // Batch claim of a job: it spans installations on purpose. A change that is not seen yet leaves its row for the next time.
    private const string KeepSql = """
        with due as (
            delete from word_due where (installation_id, number) in (
                select installation_id, number from word_due limit $1 for update skip locked)
            returning installation_id, resource_id),
        installations as (
            insert into installation_word as known (installation_id, words)
            select installation_id, words_of_installation(installation_id, account_id, account_name, contact_email, contact_name, account_url)
            from installation where installation_id in (select installation_id from due where resource_id is null)
            on conflict (installation_id) do update set words = excluded.words),
        resources as (
            insert into resource_word as known (installation_id, resource_id, words)
            select installation_id, resource_id, words_of_resource(resource_id, name, external_id, source_reference, installation_id)
            from resource where (installation_id, resource_id) in (select installation_id, resource_id from due where resource_id is not null)
            on conflict (installation_id, resource_id) do update set words = excluded.words)
        select count(*)::integer from due
        """;

    public async Task<int> Keep(int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(KeepSql, max);
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }
}
