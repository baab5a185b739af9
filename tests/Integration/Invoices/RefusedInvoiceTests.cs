using Marketplace.Integration.Crashes;
using Marketplace.Shell.Invoices;
using Marketplace.Simulator.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Invoices;

/// <summary>An invoice that Vercel refused is nobody's loss: it is sent again when its cause is mended. Contract §D.8, <c>validationErrors</c>.</summary>
public sealed class RefusedInvoiceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>From 21:00 to midnight of January 31st: 12.00 * 3 / 744 = 0.048… -> 0.05, and 2,000 jobs * 0.001 = 2.00; at 0.002 they are 4.00.</summary>
    [Fact]
    public async Task Once_the_catalogue_is_mended_it_is_drafted_anew_and_sent_under_the_same_name()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-dunning.catalog.json", Start = At("2027-01-31T21:00:00Z") });
        var (tool, name) = await Refused(acme);

        // As long as nothing is mended it is not sent again: Vercel would refuse the same.
        await acme.Live(At("2027-02-01T03:00:00Z"));
        Assert.Equal(("refused", 1), (await State(acme, tool), Submissions(acme, tool)));

        await acme.Mend("acme-tools/pro", catalogue => catalogue["products"]![0]!["plans"]![1]!["pricing"]!["metered"]![0]!["unitPrice"] = "0.002");
        await acme.Live(At("2027-02-01T04:00:00Z"));

        var invoice = Assert.Single(acme.Vercel.State.Installations[tool.Installation].Invoices);
        Assert.Equal((name, 4.05m), (invoice.ExternalId, invoice.Total));
        await acme.Live(At("2027-02-01T06:00:00Z"));
        Assert.Equal(("paid", 2), (await State(acme, tool), Submissions(acme, tool)));
        Assert.Equal(4.05m, await acme.Ask<decimal>("select sum(total) from invoice_line where installation_id = $1", tool.Installation));
        // What was mended is charged once: February has nothing of it.
        var key = await acme.NewProviderKey("billing:read");
        var stated = (await acme.Provide(HttpMethod.Get, $"/installations/{tool.Installation}/statements/2027-01", key)).Is(System.Net.HttpStatusCode.OK);
        Assert.Empty(stated["differences"]!.AsArray());
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task What_was_mended_elsewhere_is_sent_as_it_was_by_the_word_of_a_person_who_is_on_record()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-dunning.catalog.json", Start = At("2027-01-31T21:00:00Z") });
        var (tool, name) = await Refused(acme);

        Assert.IsType<RedraftAnswer.Redrafted>(await Redraft(acme, tool.Installation, name));
        await acme.Work();

        var invoice = Assert.Single(acme.Vercel.State.Installations[tool.Installation].Invoices);
        Assert.Equal((name, 2.05m), (invoice.ExternalId, invoice.Total));
        Assert.Equal(1, await acme.Ask<long>(
            "select count(*) from domain_event where installation_id = $1 and kind = 'invoice.Drafted' and actor like 'operator:%'", tool.Installation));
        Assert.Equal(new RedraftAnswer.NotRefused("accepted"), await Redraft(acme, tool.Installation, name));
        Assert.IsType<RedraftAnswer.NoInvoice>(await Redraft(acme, tool.Installation, "no-such-invoice"));
        Assert.IsType<RedraftAnswer.NoInvoice>(await Redraft(acme, "icfg_nobody", name));
    }

    /// <summary>2,000 jobs at 0.0001 are 0.20, and the base of three hours is 0.05: January's 0.25 are on February's invoice, with its 12.00.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_comes_to_too_little_when_it_is_mended_is_carried_like_any_small_total_whoever_has_it_drafted_anew(bool isByHand)
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-dunning.catalog.json", Start = At("2027-01-31T21:00:00Z") });
        var (tool, name) = await Refused(acme);
        await acme.Mend("acme-tools/pro", catalogue => catalogue["products"]![0]!["plans"]![1]!["pricing"]!["metered"]![0]!["unitPrice"] = "0.0001");
        if (isByHand)
            Assert.False(Assert.IsType<RedraftAnswer.Redrafted>(await Redraft(acme, tool.Installation, name)).IsSent);
        await acme.Live(At("2027-02-01T04:00:00Z"));

        Assert.Equal(("skipped", 1), (await State(acme, tool), Submissions(acme, tool)));
        Assert.Equal("carried 0.25", await acme.Ask<string>("select rest || ' ' || total from invoice where installation_id = $1", tool.Installation));

        await acme.Live(At("2027-03-01T03:00:00Z"));
        Assert.Equal(12.25m, Assert.Single(acme.Vercel.State.Installations[tool.Installation].Invoices).Total);
        var key = await acme.NewProviderKey("billing:read");
        foreach (var month in (string[])["2027-01", "2027-02"])
            Assert.Empty((await acme.Provide(HttpMethod.Get, $"/installations/{tool.Installation}/statements/{month}", key)).Is(System.Net.HttpStatusCode.OK)["differences"]!.AsArray());
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task When_the_window_of_an_uninstall_is_over_nothing_is_sent_any_more()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-dunning.catalog.json", Start = At("2027-01-31T21:00:00Z") });
        var (tool, name) = await Refused(acme);
        await acme.Customer.Uninstall(tool.Installation, Cancel);
        await acme.Live(acme.Now.AddHours(25));
        Assert.Equal("finalized", await acme.Ask<string>("select stage from installation where installation_id = $1", tool.Installation));

        Assert.IsType<RedraftAnswer.InstallationFinal>(await Redraft(acme, tool.Installation, name));
        Assert.Equal("refused", await State(acme, tool));
    }

    [Fact]
    public async Task A_person_at_the_machine_says_so_by_a_command_and_its_exit_code_says_whether_there_was_something_to_do()
    {
        await using var server = await RealServer.Start(Acme.Start, Repository.File("tests/Integration/crashes.catalog.json"));
        var installation = await server.Install();
        server.Vercel.Disturbances.Plan(HttpMethod.Post, $"{installation}/billing/invoices", Disturbance.Fails(422));
        Assert.True((await server.Provision(installation, "db", Guid.NewGuid().ToString())).IsSuccess);
        server.Vercel.Clock.MoveTo(Acme.Start.AddMinutes(10));
        await RealTime.Until(
            async () => await server.Ask("select state from invoice where installation_id = $1", installation) is "refused", "Vercel refuses it");
        var name = (string)(await server.Ask("select external_id from invoice where installation_id = $1", installation))!;

        var (code, output, errors) = await server.Run("invoices", "redraft", installation, name);
        Assert.True(code == 0, errors);
        Assert.Contains("422", output, StringComparison.Ordinal);
        await RealTime.Until(
            () => Task.FromResult(server.Vercel.State.Installations[installation].Invoices.Any(invoice => invoice.ExternalId == name)),
            "the worker sends it");
        await server.CaughtUp();

        (code, _, errors) = await server.Run("invoices", "redraft", installation, name);
        Assert.Equal(2, code);
        Assert.Contains("accepted", errors, StringComparison.Ordinal);
        (code, _, errors) = await server.Run("invoices", "redraft", "icfg_nobody", name);
        Assert.Equal(2, code);
        Assert.Contains("icfg_nobody", errors, StringComparison.Ordinal);
    }

    /// <summary>The invoice of January, which Vercel did not take.</summary>
    private static async Task<(Provisioned Tool, string Name)> Refused(Acme acme)
    {
        var tool = await acme.Provision(await acme.Install());
        acme.Workshop.Count("tool", 2_000);
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing/invoices", Disturbance.Fails(422));
        await acme.Live(At("2027-02-01T00:00:00Z"));
        Assert.Equal("refused", await State(acme, tool));
        return (tool, (await acme.Ask<string>("select external_id from invoice where installation_id = $1", tool.Installation))!);
    }

    private static Task<RedraftAnswer> Redraft(Acme acme, string installation, string name) =>
        acme.Server.Services.GetRequiredService<InvoiceRedraft>().Redraft(new(installation), new(name), new Marketplace.Shell.Audit.Actor("operator:ada", "redraft: mended"), Cancel);

    private static Task<string?> State(Acme acme, Provisioned tool) => acme.Ask<string>(
        "select state from invoice where installation_id = $1 order by period_start limit 1", tool.Installation);

    private static int Submissions(Acme acme, Provisioned tool) => acme.Vercel.Calls.Count(call =>
        call.Method == "POST" && call.Path.EndsWith($"{tool.Installation}/billing/invoices", StringComparison.Ordinal));

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture);
}
