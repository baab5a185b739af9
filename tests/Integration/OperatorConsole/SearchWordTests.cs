using System.Net;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>Operators find what customers have by its words from the moment at which it is there, whatever the job that keeps them has done.</summary>
public sealed class SearchWordTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_new_or_renamed_is_found_at_once_and_by_the_index_when_its_words_are_kept()
    {
        await acme.Work("search-words");
        var installation = await acme.Install();
        var tool = await acme.Provision(installation, "halibut");
        Assert.Equal(0, await acme.Ask<long>("select count(*) from resource_word where resource_id = $1", tool.Id));
        await MustBeFound("hali");

        await acme.Work("search-words");
        Assert.Equal(0, await acme.Ask<long>("select count(*) from word_due"));
        await MustBeFound("hali");

        Assert.True((await acme.Customer.Rename(installation, tool.Id, "turbot", Cancel)).IsSuccess);
        await MustBeFound("turb");
        await acme.Work("search-words");
        await MustBeFound("turb");
        Assert.False(await Finds("hali"));

        // A change of what nobody searches by is no change of its words.
        Assert.True((await acme.Customer.ChangePlan(installation, tool.Id, "pro", Cancel)).IsSuccess);
        await acme.Execute("update resource set status_reason = 'of the test' where resource_id = $1", tool.Id);
        Assert.Equal(0, await acme.Ask<long>("select count(*) from word_due where resource_id = $1", tool.Id));

        async Task MustBeFound(string words)
        {
            Assert.True(await Finds(words));
            using var browser = await Operators.SignIn(acme.Server);
            Assert.Contains(installation, (await browser.Open($"/ops/installations?q={installation[..12]}")).Is(HttpStatusCode.OK).Html, StringComparison.Ordinal);
        }

        async Task<bool> Finds(string words)
        {
            using var browser = await Operators.SignIn(acme.Server);
            return (await browser.Open($"/ops/resources?q={words}")).Is(HttpStatusCode.OK).Html.Contains(tool.Id, StringComparison.Ordinal);
        }
    }
}
