using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell.VercelApi;
using Marketplace.Simulator.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.LostAnswers;

/// <summary>
/// A whole life of an installation while Vercel loses one answer in five, and now and then fails, is too busy, or does what it was asked
/// and then says nothing: every message arrives exactly as often as its meaning allows. DESIGN §7.
/// </summary>
public sealed class LostAnswerTests
{
    /// <summary>Another one at each run, or the one that is to be seen again.</summary>
    private static readonly int FirstSeed =
        int.TryParse(Environment.GetEnvironmentVariable("MARKETPLACE_FAULT_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Environment.TickCount & 0xFFFFFF;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_message_arrives_as_often_as_its_meaning_allows(int life)
    {
        var seed = FirstSeed + life;
        TestContext.Current.TestOutputHelper!.WriteLine($"MARKETPLACE_FAULT_SEED={seed}");
        await using var acme = await Acme.Open(new AcmeOptions
        {
            Catalogue = "acme-dunning.catalog.json",
            Start = At("2027-01-30T21:00:00Z"),
            VercelLimits = VercelLimits.Default with
            {
                FirstWait = TimeSpan.FromMilliseconds(1), WaitMax = TimeSpan.FromMilliseconds(20),
                AttemptMax = TimeSpan.FromMilliseconds(500), OnceMax = TimeSpan.FromMilliseconds(500),
            },
        });
        try
        {
            await Live(acme, seed);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new InvalidOperationException($"MARKETPLACE_FAULT_SEED={seed}: {fault.Message}", fault);
        }
    }

    private static async Task Live(Acme acme, int seed)
    {
        // In the order in which they are asked: at most one of them hits a call.
        foreach (var (disturbance, probability, offset) in new (Disturbance, double, int)[]
        {
            (new() { LosesAnswer = true }, 0.2, 0),
            (Disturbance.Fails(503), 0.05, 1),
            (Disturbance.Fails(429) with { RetryAfter = TimeSpan.FromSeconds(1) }, 0.04, 2),
            (new() { Silence = TimeSpan.FromSeconds(1) }, 0.02, 3),
        })
        {
            acme.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = disturbance, Probability = probability, Seed = (4L * seed) + offset });
        }

        var tool = await acme.Provision(await acme.Install());
        var free = await acme.Provision(tool.Installation, "free-tool", plan: "free");
        acme.Workshop.Count("tool", 2_000);
        acme.CardFails(tool.Installation);
        var writer = await acme.NewProviderKey("notifications:write", "credentials:write", "billing:write");

        // Hour by hour through the end of the month, with all that one does in between.
        await Until(acme, "2027-01-31T03:00:00Z", hours: 1);
        (await acme.Provide(HttpMethod.Post, $"/installations/{tool.Installation}/credentials/rotate", writer)).Is(HttpStatusCode.Accepted);
        await Tell(acme, writer, tool, "Maintenance at noon");
        await Until(acme, "2027-01-31T12:00:00Z", hours: 1);
        var changed = await acme.Customer.ChangePlan(tool.Installation, free.Id, "pro", Cancel);
        Assert.True(changed.IsSuccess, changed.ToString());
        var rotated = await acme.Customer.Rotate(tool.Installation, tool.Id, 1, Cancel);
        Assert.True(rotated.IsSuccess, rotated.ToString());
        await Until(acme, "2027-02-01T06:00:00Z", hours: 1);
        await Quiet(acme);
        await LastStateIsRight(acme, tool, "ready", "Maintenance at noon");
        await TokensAreRight(acme, tool.Installation);
        Assert.Equal(("warned", "Payment failed"), (await Standing(acme, tool), Banner(acme, tool)));

        // Nobody pays, until the service is suspended after fifteen days.
        await Until(acme, "2027-02-16T06:00:00Z", hours: 6);
        await Quiet(acme);
        Assert.Equal(("suspended", "Suspended for non-payment"), (await Standing(acme, tool), Banner(acme, tool)));
        await LastStateIsRight(acme, tool, "suspended", "Suspended");

        // Then somebody pays, and gets a part of it back.
        acme.CardWorks(tool.Installation);
        var invoice = acme.Vercel.State.Installations[tool.Installation].Invoices.MaxBy(known => known.Total)!;
        foreach (var unpaid in acme.Vercel.State.Installations[tool.Installation].Invoices)
            acme.Customer.PayInvoice(tool.Installation, unpaid.Id);
        await Until(acme, "2027-02-16T12:00:00Z", hours: 1);
        await Quiet(acme);
        Assert.Null(await Standing(acme, tool));
        await LastStateIsRight(acme, tool, "resumed", "Maintenance at noon");
        (await acme.Provide(
            HttpMethod.Post, $"/installations/{tool.Installation}/invoices/{invoice.ExternalId}/refunds", writer,
            new JsonObject { ["reason"] = "A day without service", ["amount"] = "0.50" })).Is(HttpStatusCode.Accepted);
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await acme.Provide(HttpMethod.Delete, $"/installations/{tool.Installation}/resources/{tool.Id}/notification", writer)).Status);
        await Until(acme, "2027-02-17T00:00:00Z", hours: 1);
        await Quiet(acme);
        await LastStateIsRight(acme, tool, "resumed", null);

        // The end, with the last invoice.
        var gone = await acme.Customer.Uninstall(tool.Installation, Cancel);
        Assert.True(gone.IsSuccess, gone.ToString());
        await Until(acme, "2027-02-18T06:00:00Z", hours: 1);
        await Quiet(acme);

        await EverythingArrived(acme, tool, invoice.Id);
        Assert.Empty(acme.Vercel.State.Findings);
        var lost = acme.Vercel.Disturbances.Rules[0].Hits;
        Assert.True(lost > 20, $"{lost} answers were lost, of {acme.Vercel.Calls.Count} calls");
    }

    private static async Task EverythingArrived(Acme acme, Provisioned tool, string refunded)
    {
        var atVercel = acme.Vercel.State.Installations[tool.Installation];
        Assert.Equal("finalized", await acme.Ask<string>("select stage::text from installation where installation_id = $1", tool.Installation));
        Assert.Equal(["delivered"], await acme.AskAll<string>(
            "select distinct state from outbox_message where installation_id = $1", tool.Installation));

        // From 21:00 on 30 January, an hour each to midnight on 17 February: 3 + 17 days of 24.
        Assert.Equal(3 + (17 * 24), await acme.Ask<int>(
            "select count(*) from usage_slot where installation_id = $1 and state in ('confirmed', 'superseded')", tool.Installation));
        Assert.Equal(3 + (17 * 24), await acme.Ask<int>("select count(*) from usage_slot where installation_id = $1", tool.Installation));

        // Each invoice once, and none that only one side knows. What comes to too little for Vercel is sent by nobody.
        var ours = await acme.AskAll<string>(
            "select external_id from invoice where installation_id = $1 and state <> 'skipped' order by 1", tool.Installation);
        Assert.Equal(ours, atVercel.Invoices.Select(invoice => invoice.ExternalId!).Order(StringComparer.Ordinal));
        Assert.Empty(await acme.AskAll<string>(
            "select external_id from invoice where installation_id = $1 and state in ('drafted', 'submitted', 'known', 'refused')", tool.Installation));

        // Paid back once, however often Vercel was asked about it.
        Assert.Equal(0.50m, Assert.Single(atVercel.Invoices, invoice => invoice.RefundTotal is not null).RefundTotal);
        Assert.Equal(refunded, Assert.Single(atVercel.Invoices, invoice => invoice.RefundTotal is not null).Id);
        Assert.Single(acme.Vercel.Calls, call => call.Path.EndsWith("/actions", StringComparison.Ordinal) && call.Status == 204);
        Assert.Equal("refunded", await acme.Ask<string>("select state from invoice_refund where installation_id = $1", tool.Installation));
    }

    /// <summary>What Vercel shows is what we hold.</summary>
    private static async Task LastStateIsRight(Acme acme, Provisioned tool, string status, string? notification)
    {
        var shown = acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id];
        Assert.Equal((status, notification), (shown.Status, Title(shown.Notification)));
        Assert.Equal(status, await acme.Ask<string>(
            "select status::text from resource where installation_id = $1 and resource_id = $2", tool.Installation, tool.Id));
        var held = (await acme.Get($"/v1/installations/{tool.Installation}/resources/{tool.Id}", acme.System(tool.Installation))).Is(HttpStatusCode.OK);
        Assert.Equal(held["status"]!.GetValue<string>(), shown.Status);
        // The newest secret opens, unless service is cut.
        Assert.Equal(status != "suspended", acme.Workshop.Opens(Assert.Single(shown.Secrets, secret => secret.Name == "ACME_KEY").Value));
    }

    private static async Task TokensAreRight(Acme acme, string installation)
    {
        var tokens = acme.Vercel.State.Installations[installation].Tokens;
        var current = await acme.Server.Services.GetRequiredService<InstallationTokens>().Current(new InstallationId(installation), Cancel);
        Assert.NotNull(tokens[0].RevokedAt);
        Assert.Null(Assert.Single(tokens, token => token.Value == current!.Value).RevokedAt);
        Assert.False(await acme.Ask<bool>("select rotation_open from installation where installation_id = $1", installation));
    }

    private static async Task Tell(Acme acme, string key, Provisioned tool, string title) =>
        (await acme.Provide(
            HttpMethod.Put, $"/installations/{tool.Installation}/resources/{tool.Id}/notification", key,
            new JsonObject { ["level"] = "info", ["title"] = title })).Is(HttpStatusCode.OK);

    private static Task<string?> Standing(Acme acme, Provisioned tool) =>
        acme.Ask<string>("select standing from payment_standing where installation_id = $1", tool.Installation);

    private static string? Banner(Acme acme, Provisioned tool) => Title(acme.Vercel.State.Installations[tool.Installation].Notification);

    private static string? Title(JsonElement? notification) =>
        notification is { ValueKind: JsonValueKind.Object } shown ? shown.GetProperty("title").GetString() : null;

    /// <summary>Both sides do what is due. What fails is tried again a little later, and nobody waits for it to succeed.</summary>
    private static async Task Until(Acme acme, string moment, int hours)
    {
        var until = At(moment);
        while (acme.Now < until)
        {
            var next = acme.Now.AddHours(hours);
            acme.Vercel.Clock.MoveTo(next < until ? next : until);
            await Turn(acme);
        }
    }

    /// <summary>Until nothing is left to do, which has to come within a number of tries.</summary>
    private static async Task Quiet(Acme acme)
    {
        for (var tries = 0; tries < 40; tries++)
        {
            await Turn(acme);
            if (!await acme.AnythingDue() && !await acme.Ask<bool>("select exists (select from installation where rotation_open)"))
                return;
            // A refund that may still arrive is not sent again for some minutes.
            acme.Pass(TimeSpan.FromMinutes(1));
        }

        Assert.Fail($"Not quiet: {string.Join("; ", await acme.AskAll<string>(
            """
            select concat_ws(' ', work, due_at, last_error) from billing_schedule where due_at <= $1
            union all select concat_ws(' ', kind, last_error) from outbox_message where state = 'pending'
            """, acme.Now))}");
    }

    private static async Task Turn(Acme acme)
    {
        for (var round = 0; round < 2; round++)
        {
            await acme.Vercel.Settle(Cancel);
            await acme.BackoffIsOver();
            await acme.Execute("update installation set rotation_next_attempt_at = '-infinity', account_next_attempt_at = '-infinity'");
            foreach (var job in acme.Server.Services.GetServices<IScheduledJob>())
                await job.RunOnce(acme.Now, Cancel);
        }
    }

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);
}
