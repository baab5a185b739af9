using Marketplace.Shell.OperatorConsole.Installations;
using Marketplace.Shell.OperatorConsole.Resources;
using Marketplace.Shell.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.OperatorConsole.Installations;

/// <summary>Lists of everybody's, with very many of them: what is asked for is found, and nobody reads all rows to show a page.</summary>
[Collection(ManyCustomers.Name)]
public sealed class InstallationTableTests(ManyInstallations many)
{
    private static readonly AskedInstallations All = new(null, null, Unpaid: false, Amiss: false, null);

    private static readonly AskedResources Anything = new(null, null, null, null, null);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("NewestSql", "installation_listed")]
    [InlineData("OldestSql", "installation_listed")]
    [InlineData("ByAccountSql", "installation_named")]
    [InlineData("ByAccountBackwardsSql", "installation_named")]
    public async Task Each_order_of_installations_is_read_from_its_index_wherever_the_page_begins(string statement, string index)
    {
        var isByName = statement.StartsWith("ByAccount", StringComparison.Ordinal);
        foreach (var place in new[] { "null", isByName ? "'Green Otter 4'" : "'2026-04-01T00:00:00Z'" })
        {
            var plan = await many.PlanOf(typeof(InstallationTableRows), statement, place, "'icfg_1'", "51", "null", "null", "false", "false", "null", "null");

            Assert.Contains(index, plan.Indexes);
            Assert.False(plan.Sorts, $"{statement} sorts: {plan.Root}");
            Assert.DoesNotContain("installation", plan.ReadWhole);
            Assert.DoesNotContain("resource", plan.ReadWhole);
        }
    }

    [Theory]
    [InlineData("NewestSql", "resource_listed")]
    [InlineData("OldestSql", "resource_listed")]
    [InlineData("ByNameSql", "resource_named")]
    [InlineData("ByNameBackwardsSql", "resource_named")]
    public async Task Each_order_of_resources_is_read_from_its_index_wherever_the_page_begins(string statement, string index)
    {
        var isByName = statement.StartsWith("ByName", StringComparison.Ordinal);
        foreach (var place in new[] { "null", isByName ? "'orders-4'" : "'2026-04-01T00:00:00Z'" })
        {
            var plan = await many.PlanOf(
                typeof(ResourceTableRows), statement, place, "'res_1'", "'icfg_1'", "51", "null", "null", "null", "null", "null");

            Assert.Contains(index, plan.Indexes);
            Assert.False(plan.Sorts, $"{statement} sorts: {plan.Root}");
            Assert.DoesNotContain("resource", plan.ReadWhole);
        }
    }

    [Fact]
    public async Task What_few_are_like_is_found_by_an_index_that_knows_them()
    {
        var found = await many.PlanOf(typeof(InstallationTableRows), "NewestSql", "null", "null", "51", "null", "null", "false", "false", "'''whale'':* & ''77'':*'", "null");
        Assert.Contains("installation_word_words", found.Indexes);
        Assert.DoesNotContain("installation", found.ReadWhole);

        var leaving = await many.PlanOf(typeof(InstallationTableRows), "NewestSql", "null", "null", "51", "'uninstalling'", "null", "false", "false", "null", "null");
        Assert.Contains("installation_by_stage", leaving.Indexes);

        var amiss = await many.PlanOf(typeof(InstallationTableRows), "NewestSql", "null", "null", "51", "null", "null", "false", "true", "null", "null");
        Assert.Contains("resource_notable", amiss.Indexes);
        Assert.Contains("installation_without_token", amiss.Indexes);
        Assert.DoesNotContain("installation", amiss.ReadWhole);
        Assert.DoesNotContain("resource", amiss.ReadWhole);

        var named = await many.PlanOf(typeof(ResourceTableRows), "NewestSql", "null", "null", "null", "51", "null", "null", "null", "null", "'''checkout'':* & ''77'':*'");
        Assert.Contains("resource_word_words", named.Indexes);
        Assert.DoesNotContain("resource", named.ReadWhole);

        var suspended = await many.PlanOf(typeof(ResourceTableRows), "NewestSql", "null", "null", "null", "51", "null", "null", "null", "'suspended'", "null");
        Assert.Contains("resource_notable", suspended.Indexes);
        Assert.DoesNotContain("resource", suspended.ReadWhole);

        var ofOne = await many.PlanOf(typeof(ResourceTableRows), "NewestSql", "null", "null", "null", "51", "'icfg_1'", "null", "null", "null", "null");
        Assert.Contains("resource_pkey", ofOne.Indexes);
    }

    [Fact]
    public async Task Who_has_a_plan_or_a_product_that_few_have_is_found_by_an_index_and_nobody_reads_on_for_what_nobody_has()
    {
        var holders = await many.PlanOf(typeof(InstallationTableRows), "HoldersSql", "'gold'", "1001");
        Assert.Equal(["installation_of_plan", "resource_of_plan"], holders.Indexes.Order(StringComparer.Ordinal));
        Assert.Empty(holders.ReadWhole);
        foreach (var few in new[] { "'{}'", "'{icfg_1,icfg_2}'" })
        {
            var page = await many.PlanOf(typeof(InstallationTableRows), "NewestSql", "null", "null", "51", "null", "null", "false", "false", "null", few);
            Assert.DoesNotContain("installation_listed", page.Indexes);
            Assert.DoesNotContain("installation", page.ReadWhole);
        }

        var planned = await many.PlanOf(typeof(ResourceTableRows), "NewestSql", "null", "null", "null", "51", "null", "null", "'gold'", "null", "null");
        Assert.Contains("resource_of_plan", planned.Indexes);
        Assert.DoesNotContain("resource", planned.ReadWhole);
        var made = await many.PlanOf(typeof(ResourceTableRows), "NewestSql", "null", "null", "null", "51", "null", "'acme-none'", "null", "null", "null");
        Assert.DoesNotContain("resource_listed", made.Indexes);
        Assert.DoesNotContain("resource", made.ReadWhole);
    }

    [Fact]
    public async Task However_often_a_list_was_asked_for_it_is_planned_for_what_is_asked_now()
    {
        await using var services = new ServiceCollection().AddLogging()
            // As PostgreSQL would have it from the sixth time on, should it think that it costs no more.
            .AddPersistence($"{many.ConnectionString};Maximum Pool Size=1;Options=-c plan_cache_mode=force_generic_plan", Shell.Role.Api).BuildServiceProvider();
        var database = services.GetRequiredService<NpgsqlDataSource>();
        for (var time = 0; time < 10; time++)
        {
            await InstallationTableRows.Read(database, All, new InstallationOrder.Installed(Descending: true, null), 51, Cancel);
            await ResourceTableRows.Read(database, Anything, new ResourceOrder.Created(Descending: true, null), 51, Cancel);
        }

        await using var command = database.CreateCommand(
            "select count(*), min(custom_plans), sum(generic_plans)::bigint from pg_prepared_statements where statement like '%order by % limit $%'");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        Assert.True(await reader.ReadAsync(Cancel));
        Assert.Equal(2, reader.GetInt64(0));
        Assert.InRange(reader.GetInt64(1), 6, 10);
        Assert.Equal(0, reader.GetInt64(2));
    }

    [Fact]
    public async Task Pages_go_on_where_the_one_before_ended_and_leave_nothing_out_in_either_direction_of_each_order()
    {
        var asked = All with { Stage = "active", Text = "whale team1" };
        var expected = (await Installations(asked, new InstallationOrder.Installed(Descending: false, null), 10_000)).Select(row => row.Id).ToList();
        Assert.InRange(expected.Count, 100, 5_000);
        Func<InstallationRow?, InstallationOrder>[] orders =
        [
            last => new InstallationOrder.Installed(Descending: true, last is null ? null : (last.InstalledAt, last.Id)),
            last => new InstallationOrder.Installed(Descending: false, last is null ? null : (last.InstalledAt, last.Id)),
            last => new InstallationOrder.Account(Descending: true, last is null ? null : (last.Account, last.Id)),
            last => new InstallationOrder.Account(Descending: false, last is null ? null : (last.Account, last.Id)),
        ];
        foreach (var order in orders)
        {
            var seen = new List<InstallationRow>();
            for (var page = await Installations(asked, order(null), 97); page.Count > 0; page = await Installations(asked, order(seen[^1]), 97))
                seen.AddRange(page);
            Assert.Equal(expected.Order(StringComparer.Ordinal), seen.Select(row => row.Id).Order(StringComparer.Ordinal));
        }

        var all = await Resources(Anything with { Text = "orders" }, new ResourceOrder.Name(Descending: false, null), 20_000);
        var resources = new List<ResourceRow>();
        for (IReadOnlyList<ResourceRow>? page = null; page is null or { Count: > 0 };)
        {
            var last = resources.LastOrDefault();
            page = await Resources(
                Anything with { Text = "orders" },
                new ResourceOrder.Name(Descending: true, last is null ? null : (last.Resource.Facts.Name, last.Resource.Id.Value, last.Installation.Value)), 1999);
            resources.AddRange(page);
        }

        Assert.Equal(all.Reverse().Select(row => row.Resource.Id), resources.Select(row => row.Resource.Id));
    }

    [Fact]
    public async Task A_search_finds_ids_names_and_addresses_by_the_beginnings_of_their_words_in_any_case()
    {
        var one = Assert.Single(await Installations(All with { Text = "blue WHALE 6000" }));
        foreach (var text in new[]
        {
            one.Id, one.Id[..14], one.Id.ToUpperInvariant(), one.AccountId, one.ContactEmail!, "person6000@", "https://vercel.com/team-6000", "6000 whale",
        })
        {
            Assert.Equal([one.Id], (await Installations(All with { Text = text })).Select(row => row.Id));
        }

        foreach (var text in new[] { "hale 6000", "nobody", "--", "' | 'a", "\\", "%", "a:*b & !c" })
            Assert.Empty(await Installations(All with { Text = text }));

        var resource = Assert.Single(await Resources(Anything with { Text = "checkout-6001" }));
        Assert.Equal([resource.Resource.Id], (await Resources(Anything with { Text = resource.Resource.Id.Value })).Select(row => row.Resource.Id));
        Assert.Equal(2, (await Resources(Anything with { Text = resource.Installation.Value })).Count);
    }

    [Fact]
    public async Task Filters_narrow_alone_and_together()
    {
        Assert.All(await Installations(All with { Stage = "uninstalling" }), row => Assert.Equal("uninstalling", row.Stage));
        Assert.Equal(12, (await Installations(All with { Stage = "uninstalling" })).Count);
        Assert.Equal(10, (await Installations(All with { Unpaid = true })).Count(row => row.Standing == "warned"));
        // Its own, or that of something in it, in any version.
        Assert.All(await Installations(All with { Plan = "team" }), row => Assert.Equal("team@2", row.Plan));
        Assert.NotEmpty(await Installations(All with { Plan = "pro", Unpaid = true }));
        Assert.Empty(await Installations(All with { Plan = "gold" }));
        // What it had on a plan and has no more is not looked for.
        Assert.Equal(["12"], Of(await Installations(All with { Plan = "rare" }), "8", "12"));

        var amiss = await Installations(All with { Amiss = true });
        // Something that was never made, something that does not work, and a token that was forgotten.
        Assert.Equal(["6001", "8001", "3005", "77"], Of(amiss, "6001", "8001", "3005", "77", "500", "501"));
        Assert.Single(await Installations(All with { Amiss = true, Text = "person77" }));

        Assert.All(await Resources(Anything with { Status = "suspended" }), row => Assert.IsType<Core.Resources.Resource.Suspended>(row.Resource));
        var wrong = await Resources(Anything with { Status = "error" });
        Assert.Contains(wrong, row => row.Resource is Core.Resources.Resource.Error);
        Assert.Contains(wrong, row => row.Resource.Facts.Fault.IsSome);
        Assert.All(await Resources(Anything with { Product = "acme-keys", Plan = "free" }), row => Assert.Equal("acme-keys", row.Resource.Facts.Product.Value));
        Assert.Empty(await Resources(Anything with { Product = "acme-keys", Plan = "pro" }));
        Assert.All(await Resources(Anything with { Status = "uninstalled" }), row => Assert.IsType<Core.Resources.Resource.Uninstalled>(row.Resource));
        Assert.DoesNotContain(await Resources(Anything), row => row.Resource is Core.Resources.Resource.Uninstalled);
    }

    /// <summary>Those of the teams that are among them.</summary>
    private static IEnumerable<string> Of(IReadOnlyList<InstallationRow> rows, params IEnumerable<string> teams) =>
        teams.Where(team => rows.Any(row => row.ContactEmail!.StartsWith($"person{team}@", StringComparison.Ordinal)));

    private async Task<IReadOnlyList<InstallationRow>> Installations(AskedInstallations asked, InstallationOrder? order = null, int max = 50) =>
        [.. await InstallationTableRows.Read(many.DataSource, asked, order ?? new InstallationOrder.Installed(Descending: true, null), max, Cancel)];

    private async Task<IReadOnlyList<ResourceRow>> Resources(AskedResources asked, ResourceOrder? order = null, int max = 50) =>
        [.. await ResourceTableRows.Read(many.DataSource, asked, order ?? new ResourceOrder.Created(Descending: true, null), max, Cancel)];
}
