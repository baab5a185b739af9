using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>The console of a resource. Source: contract §B.2.</summary>
internal static class ReplCases
{
    private static readonly Source Repl = Source.Partner("Resource REPL");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        New("blocks", "A command is answered in blocks of text and tables.", Level.Required, trial => ExpectBlocks(trial, "help")),
        New("nonsense", "A command that makes no sense is answered in blocks, or with the documented error body.", Level.Required, trial => ExpectBlocks(trial, "%$§ (((")),
        New("unicode", "A command in any script is no failure of the server.", Level.Required, trial => ExpectBlocks(trial, "select '日本 – ñ 🦊'")),
        New("nothing", "A command without words is no failure of the server.", Level.Required, trial => ExpectBlocks(trial, "")),
        New("long", "A command of a hundred thousand characters is no failure of the server.", Level.Recommended, trial => ExpectBlocks(trial, $"select '{new string('x', 100_000)}'")),
        New("no-input", "A body without a command is refused.", Level.Required, NoInput),
        New("unknown", "A resource that nobody made takes no commands.", Level.Required, Unknown),
        New("of-another-installation", "A resource of another installation takes no commands.", Level.Required, OfStranger),
        New("read-only-reads", "A command that may only read can read.", Level.Recommended, ReadOnlyReads),
        New("read-only-is-kept", "A command that may only read changes nothing.", Level.Recommended, ReadOnlyIsKept),
        New("read-only-cannot-be-left", "A command that may only read cannot give itself the right to write.", Level.Recommended, ReadOnlyCannotBeLeft),
    ];

    /// <summary>Languages of consoles, each with a way to keep the number 4711 and to see whether it is there.</summary>
    private static readonly ImmutableArray<Language> Languages =
    [
        new(["create table conformance (n integer)", "insert into conformance values (4000 + 711)"], "select sum(n) from conformance", "delete from conformance",
        [
            "commit; delete from conformance", "set transaction read write; delete from conformance",
            "set default_transaction_read_only = off; delete from conformance", "begin read write; delete from conformance; commit",
        ]),
        new(["set conformance 4711"], "get conformance", "set conformance 1", []),
        new(["set conformance 4711"], "list", "set conformance 1", []),
    ];

    /// <param name="Escapes">Ways to change it from within a console that only reads.</param>
    private sealed record Language(ImmutableArray<string> Keep, string Show, string Change, ImmutableArray<string> Escapes);

    private static ConformanceCase New(string name, string rule, Level level, Func<Trial, Task> play) =>
        new($"repl/{name}", rule, Repl, level, play) { Of = PartnerOperation.RunReplCommand };

    private static async Task ExpectBlocks(Trial trial, string input)
    {
        var tenant = await trial.SharedTenant();
        var answer = await trial.Customer.RunReplCommand(tenant.InstallationId, tenant.ResourceId, input, readOnly: null, trial.Cancel);
        trial.Expect(answer is { IsSuccess: true or false, Status: 200 or 400 or 409, Findings.IsEmpty: true }, "blocks, or a refusal as documented", Trial.Told(answer));
    }

    private static async Task NoInput(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        trial.ExpectTurnedDown(await trial.Send(
            PartnerCalls.RunReplCommand(tenant.InstallationId, tenant.ResourceId, [], trial.AdminToken(tenant.InstallationId))));
    }

    private static async Task Unknown(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        trial.ExpectTurnedDown(
            await trial.Customer.RunReplCommand(tenant.InstallationId, "no-such-resource", "help", readOnly: true, trial.Cancel));
    }

    private static async Task OfStranger(Trial trial)
    {
        var (tenant, stranger) = (await trial.SharedTenant(), await trial.SharedStranger());
        trial.ExpectTurnedDown(
            await trial.Customer.RunReplCommand(tenant.InstallationId, stranger.ResourceId, "help", readOnly: true, trial.Cancel));
    }

    private static async Task ReadOnlyReads(Trial trial)
    {
        var (tenant, language) = await WithSomething(trial);
        trial.Expect(await IsThere(trial, tenant, language, readOnly: true), "the command shows what is there", "it does not");
    }

    private static async Task ReadOnlyIsKept(Trial trial)
    {
        var (tenant, language) = await WithSomething(trial);
        await ExpectUnchanged(trial, tenant, language, language.Change);
    }

    private static async Task ReadOnlyCannotBeLeft(Trial trial)
    {
        var (tenant, language) = await WithSomething(trial);
        if (language.Escapes.IsEmpty)
        {
            throw trial.NotObserved($"The suite knows no way out of a console that takes {language.Show}.");
        }

        foreach (var escape in language.Escapes)
        {
            await ExpectUnchanged(trial, tenant, language, escape);
        }
    }

    private static async Task ExpectUnchanged(Trial trial, Tenant tenant, Language language, string input)
    {
        await Run(trial, tenant, input, readOnly: true);
        trial.Expect(await IsThere(trial, tenant, language, readOnly: false), "what was there is still there", $"it is gone, after {input}");
    }

    /// <summary>A resource with something in it, as far as its console speaks a language that the suite knows.</summary>
    private static async Task<(Tenant Tenant, Language Language)> WithSomething(Trial trial)
    {
        var tenant = await trial.NewTenant();
        foreach (var language in Languages)
        {
            foreach (var input in language.Keep)
            {
                await Run(trial, tenant, input, readOnly: false);
            }

            if (await IsThere(trial, tenant, language, readOnly: false))
            {
                return (tenant, language);
            }
        }

        throw trial.NotObserved("The console speaks no language that the suite knows, which are SQL and: set NAME VALUE.");
    }

    private static async Task<bool> IsThere(Trial trial, Tenant tenant, Language language, bool readOnly)
    {
        var answer = await Run(trial, tenant, language.Show, readOnly);
        return answer.IsSuccess && answer.Body.Contains("4711", StringComparison.Ordinal);
    }

    private static Task<Exchange> Run(Trial trial, Tenant tenant, string input, bool readOnly) =>
        trial.Customer.RunReplCommand(tenant.InstallationId, tenant.ResourceId, input, readOnly, trial.Cancel);
}
