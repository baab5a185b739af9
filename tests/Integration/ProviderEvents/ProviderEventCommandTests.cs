using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.Integration.Crashes;

namespace Marketplace.Integration.ProviderEvents;

/// <summary>Events as an operator works with them, on a server that is a process of its own and can be killed.</summary>
public sealed class ProviderEventCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_given_up_is_listed_shown_and_sent_once_more_and_a_test_says_what_the_backend_answered()
    {
        await using var backend = await Backend.Start(Cancel);
        await using var server = await RealServer.Start(Acme.Start, settings: backend.Settings);
        var installation = await server.Install();
        await RealTime.Until(() => Task.FromResult(backend.TypesOf(installation).Any()), "the installation is told");
        await server.Database.Execute(
            "update provider_event set state = 'dead', tries = 3, last_error = 'answered 500', last_status = 500, last_answer = 'No.'", Cancel);
        var told = backend.TakenOf(installation).Single().Id;

        var (code, output, errors) = await server.Run("events", "list", "--dead");
        Assert.True(code == 0, errors);
        Assert.Equal($"{told}  {installation}  installation.installed  dead  2027-01-21 09:30:00Z  3 attempts  answered 500", output.Trim());
        (code, output, errors) = await server.Run("events", "show", told);
        Assert.True(code == 0 && output.Contains("The backend answered 500: No.", StringComparison.Ordinal), errors + output);
        Assert.Equal(2, (await server.Run("events", "show", "evt_99999")).Code);
        Assert.Equal(1, (await server.Run("events", "replay", installation)).Code);
        Assert.Equal(2, (await server.Run("events", "replay", installation, "--until", "2027-01-21T09:30Z", "--reason", "mended")).Code);

        (code, output, errors) = await server.Run("events", "replay", installation, "--reason", "mended", "--json");
        Assert.True(code == 0, errors);
        Assert.Equal([told], JsonNode.Parse(output)!["replayed"]!.AsArray().Select(one => one!.GetValue<string>()));
        await RealTime.Until(() => Task.FromResult(backend.TakenOf(installation).Count() == 2), "it is told once more");
        Assert.Equal(2, (await server.Run("events", "replay", installation, "--reason", "mended")).Code);

        (code, output, errors) = await server.Run("events", "test");
        Assert.True(code == 0 && output.Contains("delivered", StringComparison.Ordinal), errors + output);
        backend.Answers = (_, http) => Backend.Status(http, 418);
        (code, output, errors) = await server.Run("events", "test", "--json");
        Assert.True(code == 2, errors);
        Assert.Equal(418, JsonNode.Parse(output)!["delivery"]!["lastAnswer"]!["status"]!.GetValue<int>());
    }

    [Fact]
    public async Task Whenever_the_worker_is_killed_every_event_arrives_at_least_once_and_in_order()
    {
        const int Rounds = 3;
        var random = new Random(Environment.TickCount);
        await using var backend = await Backend.Start(Cancel);
        await using var server = await RealServer.Start(Acme.Start, settings: backend.Settings);
        backend.Answers = async (_, http) =>
        {
            // Long enough that a kill meets an answer that is under way.
            await Task.Delay(20, CancellationToken.None);
            http.Response.StatusCode = 204;
        };
        var installations = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            for (var one = 0; one < 5; one++)
                installations.Add(await server.Install());
            foreach (var team in installations)
                Assert.True((await server.Customer.InstallAgain(team, Cancel)).IsSuccess);
            await server.Database.Execute(
                """
                insert into provider_event (installation_id, type, occurred_at, data, tried_since)
                select installation_id, 'installation.updated', '2027-01-21T09:30:00Z', '{}', '2027-01-21T09:30:00Z'
                from installation, generate_series(1, 10)
                """,
                Cancel);
            await Task.Delay(random.Next(2500), Cancel);
            await server.KillAndStart();
            await server.Database.Execute("update provider_event set leased_until = '-infinity' where state = 'pending'", Cancel);
        }

        await RealTime.Until(
            async () => (long)(await server.Ask("select count(*) from provider_event where state = 'pending'"))! == 0, "every event is delivered");

        var kept = (long)(await server.Ask("select count(*) from provider_event where state = 'delivered'"))!;
        Assert.Equal(kept, backend.Taken.Select(one => one.Id).Distinct().Count());
        Assert.All(installations, id =>
        {
            // What is sent again is what was sent last: nothing older comes after anything newer.
            var numbers = backend.TakenOf(id).Select(one => long.Parse(one.Id["evt_".Length..], CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(numbers.Order(), numbers);
        });
    }
}
