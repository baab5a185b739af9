using Marketplace.Integration.Authentication;

namespace Marketplace.Integration.Idempotency;

/// <summary>Duplicates at the same moment leave what one call leaves, and are answered as one, at every endpoint that changes something. Source: contract §B.0.</summary>
[Collection(SharedAcme.Name)]
public sealed class DuplicateTests(Acme acme)
{
    private const int Duplicates = 6;

    public static TheoryData<string> Routes => [.. PartnerRoute.All.Where(route => route.Changes).Select(route => route.Name)];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Duplicates_of_a_call_leave_what_one_leaves_and_get_its_answer(string name)
    {
        var route = PartnerRoute.All.Single(known => known.Name == name);
        var (alone, repeated) = (await route.Prepare(acme), await route.Prepare(acme));
        var start = await Rows();
        var one = await Send(route, alone, Acme.NewKey());
        var once = await Rows();
        var key = Acme.NewKey();

        var answers = await Task.WhenAll(Enumerable.Range(0, Duplicates).Select(_ => Send(route, repeated, key)));

        Assert.True((int)one.Status is >= 200 and < 300, one.ToString());
        Assert.All(answers, answer => Assert.Equal((one.Status, one.MediaType), (answer.Status, answer.MediaType)));
        Assert.All(answers, answer => Assert.Equal(answers[0].Bytes, answer.Bytes));
        Assert.Equal(Added(start, once), Added(once, await Rows()));
    }

    private Task<Answer> Send(PartnerRoute route, PartnerCall call, string key) => acme.Call(
        new HttpMethod(route.Method), call.Path, route.TakesPeople ? acme.Admin(call.Installation) : acme.System(call.Installation),
        call.Body?.DeepClone(), key);

    /// <summary>How many there are in each table. Webhooks arrive by themselves, when Vercel's side gets to it.</summary>
    private async Task<IReadOnlyList<string>> Rows()
    {
        var tables = await acme.AskAll<string>(
            "select tablename::text from pg_tables where schemaname = 'public' and tablename <> 'webhook' order by 1");
        return await acme.AskAll<string>(string.Join(" union all ", tables.Select(table => $"(select '{table} ' || count(*) from {table})")));
    }

    private static IEnumerable<string> Added(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var earlier = before.Select(Parse).ToDictionary(row => row.Table, row => row.Rows, StringComparer.Ordinal);
        return after.Select(Parse)
            .Where(row => row.Rows != earlier[row.Table])
            .OrderBy(row => row.Table, StringComparer.Ordinal)
            .Select(row => $"{row.Table} {row.Rows - earlier[row.Table]}");

        static (string Table, long Rows) Parse(string line) => (line.Split(' ')[0], long.Parse(line.Split(' ')[1]));
    }
}
