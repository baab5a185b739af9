using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Hangfire;
using Hangfire.Storage;
using Marketplace.Integration.Dashboard;
using Marketplace.Integration.OperatorConsole;
using Marketplace.Integration.SignOn;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell;
using Marketplace.Shell.JobHosts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Playwright;
using static Marketplace.Integration.JobHosts.Nodes;

namespace Marketplace.Integration.JobHosts.Hangfire;

/// <summary>Hangfire's own pages at <c>/hangfire</c>: who sees them, and who may do what there.</summary>
public sealed class HangfireDashboardTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_who_is_signed_in_sees_it_and_only_operators_act_and_all_they_do_is_in_the_audit()
    {
        await using var server = await Start(Role.All);

        // Also from the same machine, and through a proxy, which is on the same machine.
        using var nobody = new PlainBrowser(server);
        Assert.StartsWith("/ops/sign-in?to=%2Fhangfire%2Frecurring", (await nobody.Open("/hangfire/recurring")).Is(HttpStatusCode.SeeOther).Location, StringComparison.Ordinal);
        foreach (var address in new[] { "/hangfire", "/hangfire/", "/hangfire/jobs/failed", "/hangfire/servers", "/hangfire/js18220", "/hangfire/nowhere" })
            (await nobody.Open(address)).Is(HttpStatusCode.SeeOther);
        foreach (var address in new[] { "/hangfire/stats", "/hangfire/recurring/trigger" })
        {
            (await nobody.Post(address, [("jobs[]", "nightly")])).Is(HttpStatusCode.Unauthorized);
            (await nobody.Post(address, [("jobs[]", "nightly")], headers => headers.Add("X-Forwarded-For", "127.0.0.1"))).Is(HttpStatusCode.Unauthorized);
        }

        using var viewer = await Operators.SignInToLook(server);
        var seen = (await viewer.Open("/hangfire/recurring")).Is(HttpStatusCode.OK);
        Assert.Contains("nightly", seen.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("recurring/trigger", seen.Html, StringComparison.Ordinal);
        (await Ask(viewer, seen, "/hangfire/stats", ("metrics[]", "servers:count"))).Is(HttpStatusCode.OK);
        (await Ask(viewer, seen, "/hangfire/recurring/trigger", ("jobs[]", "nightly"))).Is(HttpStatusCode.Forbidden);

        using var person = await Operators.SignIn(server);
        var page = (await person.Open("/hangfire/recurring")).Is(HttpStatusCode.OK);
        Assert.Contains("recurring/trigger", page.Html, StringComparison.Ordinal);
        Assert.Equal("no-store", page.Headers["Cache-Control"]);
        Assert.Contains("frame-ancestors 'none'", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'unsafe", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        (await person.Post("/hangfire/recurring/trigger", [("jobs[]", "nightly")])).Is(HttpStatusCode.Forbidden);
        (await Ask(person, seen, "/hangfire/recurring/trigger", ("jobs[]", "nightly"))).Is(HttpStatusCode.Forbidden);
        (await Ask(person, page, "/hangfire/recurring/trigger", "cross-site", ("jobs[]", "nightly"))).Is(HttpStatusCode.Forbidden);
        Assert.Empty(Nightly.Runs);

        (await Ask(person, page, "/hangfire/recurring/trigger", ("jobs[]", "nightly"))).Is(HttpStatusCode.NoContent);
        await Until(() => Nightly.Runs.Count == 1);

        // While it is under way, another run follows it; there is no third, and none of a job that is paused.
        (await Ask(person, page, "/hangfire/recurring/trigger", ("jobs[]", "nightly"))).Is(HttpStatusCode.NoContent);
        (await Ask(person, page, "/hangfire/recurring/trigger", ("jobs[]", "nightly"))).Is(HttpStatusCode.Conflict);
        Gate.Release(100);
        await Until(() => Nightly.Runs.Count == 2);
        await server.Services.GetRequiredService<JobControls>().Pause("nightly", TwoNodes.Ada, "The disk is full", Cancel);
        (await Ask(person, page, "/hangfire/recurring/trigger", ("jobs[]", "nightly"))).Is(HttpStatusCode.Conflict);
        (await person.Open("/hangfire/nowhere")).Is(HttpStatusCode.NotFound);

        await using var audit = server.Store().CreateCommand("select string_agg(concat_ws(' ', person, action, about, outcome, told), '; ' order by number) from operator_action where action like '%Hangfire%'");
        Assert.Equal(
            $"{Operators.Name} use the Hangfire dashboard recurring/trigger refused The role viewer changes nothing.; "
            + $"{Operators.Name} use the Hangfire dashboard recurring/trigger done nightly; "
            + $"{Operators.Name} use the Hangfire dashboard recurring/trigger done nightly; "
            + $"{Operators.Name} use the Hangfire dashboard recurring/trigger refused nightly is asked for already; "
            + $"{Operators.Name} use the Hangfire dashboard recurring/trigger refused nightly is paused",
            await audit.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task An_API_node_shows_it_in_a_real_browser_and_runs_nothing()
    {
        await using var server = await Start(Role.Api);
        var complaints = new ConcurrentQueue<string>();
        var page = await chromium.NewPage();
        page.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning")
                complaints.Enqueue(said.Text);
        };

        await page.GotoAsync($"{server.Http.BaseAddress}hangfire");
        await page.GetByLabel("Name").FillAsync(Operators.Name);
        await page.GetByLabel("Password").FillAsync(Operators.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync("**/hangfire");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Overview" })).ToBeVisibleAsync();
        await Chromium.Keep(page, "hangfire-overview");
        foreach (var (path, heading) in new[]
        {
            ("servers", "Servers"), ("recurring", "Recurring Jobs"), ("jobs/enqueued", "Queues"), ("jobs/succeeded", "Succeeded Jobs"), ("jobs/failed", "Failed Jobs"),
        })
        {
            await page.GotoAsync($"{server.Http.BaseAddress}hangfire/{path}");
            await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading }).First).ToBeVisibleAsync();
        }

        await Chromium.Keep(page, "hangfire-failed");
        Assert.Empty(complaints);
        Assert.Empty(server.Services.GetRequiredService<JobStorage>().GetMonitoringApi().Servers());
    }

    private Probe Nightly => field ??= new Probe("nightly") { Schedule = new JobSchedule.Cron("30 3 * * *"), Work = Gate.WaitAsync };

    private SemaphoreSlim Gate { get; } = new(0);

    private Task<TestServer> Start(Role role) => TestServer.Start(
        new TestServerOptions
        {
            Role = role,
            Adjust = builder =>
            {
                builder.Services.RemoveAll<IScheduledJob>();
                builder.Services.AddSingleton<IScheduledJob>(Nightly);
            },
        },
        Cancel);

    private static Task<PlainPage> Ask(PlainBrowser browser, PlainPage page, string address, params (string, string)[] fields) =>
        Ask(browser, page, address, "same-origin", fields);

    /// <summary>As the script of the page does.</summary>
    private static Task<PlainPage> Ask(PlainBrowser browser, PlainPage page, string address, string from, params (string, string)[] fields) =>
        browser.Post(address, fields, headers =>
        {
            headers.Add(Meta("csrf-header"), Meta("csrf-token"));
            headers.Add("Sec-Fetch-Site", from);

            string Meta(string name) =>
                Regex.Match(page.Html, $"<meta name=\"{name}\" content=\"(?<content>[^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["content"].Value;
        });
}
