using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Integration.Transfers;
using Marketplace.Integration.UsageEvents;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Provisioning.Keys;
using Microsoft.Extensions.DependencyInjection;
using static LanguageExt.Prelude;

namespace Marketplace.Integration.Provisioning.Keys;

/// <summary>Acme Keys as the example catalogue sells it: all that a decision asks for is committed with it. Source: contract §B.2, §E.7.</summary>
public sealed class KeysTests : IAsyncLifetime
{
    private const string KeyName = "ACME_API_KEY";

    private Acme acme = null!;
    private string gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        acme = await Acme.Open(new AcmeOptions { Catalogue = "../../catalog.json" });
        gateway = await acme.NewProviderKey("keys:verify");
    }

    public ValueTask DisposeAsync() => acme.DisposeAsync();

    [Fact]
    public async Task A_key_is_ready_at_once_and_works_and_no_operation_was_needed()
    {
        var bought = await Buy();

        Assert.True(await Opens(bought.Secret(KeyName)));
        Assert.False(await Opens(bought.Secret(KeyName)[..^1]));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from operation"));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from outbox_message"));
        Assert.Equal(["free 09:30:00 "], await acme.PlanPeriods(bought));
        Assert.Equal(
            ["installation.Installed", "resource.ProvisioningRequested", "resource.BecameReady", "secrets.Minted"],
            await acme.AskAll<string>("select kind from domain_event order by event_id"));
    }

    [Fact]
    public async Task A_key_is_shown_once_and_only_its_hash_is_kept()
    {
        var bought = await Buy();
        var key = bought.Secret(KeyName);

        Assert.DoesNotContain(key, (await acme.Get(bought.Path, acme.System(bought.Installation))).Text, StringComparison.Ordinal);
        Assert.Equal(0, await acme.Ask<long>("select count(*) from secret_generation where secrets is not null"));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from api_key where key_hash = $1", SHA256.HashData(Encoding.ASCII.GetBytes(key))));
        Assert.DoesNotContain(
            await acme.AskAll<string>("select row_to_json(e)::text from domain_event e union all select row_to_json(k)::text from api_key k"),
            row => row.Contains(key, StringComparison.Ordinal));
        Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_repeated_provision_gets_the_same_key_and_makes_no_second_one()
    {
        var (installation, key) = (await acme.Install(), Acme.NewKey());
        var first = await acme.Post(Paths.Resources(installation), acme.Admin(installation), Body(), key);
        var again = await acme.Post(Paths.Resources(installation), acme.Admin(installation), Body(), key);

        first.Is(HttpStatusCode.OK);
        Assert.Equal(first.Bytes, again.Bytes);
        Assert.Equal(1, await acme.Ask<long>("select count(*) from api_key"));
    }

    [Fact]
    public async Task Provisions_at_the_same_moment_with_one_key_make_one_resource()
    {
        var (installation, key) = (await acme.Install(), Acme.NewKey());
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            acme.Post(Paths.Resources(installation), acme.Admin(installation), Body(), key)));

        Assert.All(answers, answer => Assert.Equal(answers[0].Bytes, answer.Bytes));
        answers[0].Is(HttpStatusCode.OK);
        Assert.Equal(1, await acme.Ask<long>("select count(*) from resource"));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from api_key"));
    }

    [Fact]
    public async Task After_a_rotation_both_keys_work_until_the_delay_is_over()
    {
        var bought = await Buy();
        var next = await Rotate(bought, 2);

        Assert.True(await Opens(bought.Secret(KeyName)));
        Assert.True(await Opens(next));

        await acme.Live(acme.Now.AddHours(2));
        Assert.False(await Opens(bought.Secret(KeyName)));
        Assert.True(await Opens(next));
    }

    [Fact]
    public async Task A_rotation_without_delay_ends_every_older_key_at_once()
    {
        var bought = await Buy();
        var second = await Rotate(bought, 5);
        var third = await Rotate(bought, 0);

        Assert.False(await Opens(bought.Secret(KeyName)));
        Assert.False(await Opens(second));
        Assert.True(await Opens(third));
        Assert.Equal(2, await acme.Ask<long>("select count(*) from domain_event where kind = 'secrets.Ended'"));
    }

    [Fact]
    public async Task Duplicates_without_a_key_make_one_new_key_and_get_the_same_answer()
    {
        var bought = await Buy();
        var body = new JsonObject { ["delayOldSecretsExpirationHours"] = 1 };

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => acme.Post($"{bought.Path}/secrets/rotate", acme.Admin(bought.Installation), body)));

        answers[0].Is(HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.Equal(answers[0].Bytes, answer.Bytes));
        Assert.Equal(2, await acme.Ask<long>("select count(*) from api_key"));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from domain_event where kind = 'secrets.Rotated'"));
        // Each of them is on record, with the one rotation that it came to.
        Assert.Equal(6, await acme.Ask<long>("select count(*) from domain_event where kind = 'secrets.RotationRequested'"));
        Assert.Equal(1, await acme.Ask<long>("select count(distinct detail->>'operation') from domain_event where kind = 'secrets.RotationRequested'"));
        var key = Provisioned.Secrets(answers[0].Json["secrets"]!)[KeyName];
        Assert.DoesNotContain(
            await acme.AskAll<string>("select encode(body, 'escape') from idempotency_record"), row => row.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_comes_later_or_wants_another_delay_or_follows_another_rotation_gets_a_key_of_its_own()
    {
        var bought = await Buy();
        var first = await Rotate(bought, 1);
        Assert.Equal(first, await Rotate(bought, 1));

        var sooner = await Rotate(bought, 0);
        Assert.NotEqual(first, sooner);
        acme.Pass(TimeSpan.FromSeconds(4));
        Assert.Equal(sooner, await Rotate(bought, 0));

        (await acme.Post($"{bought.Path}/secrets/rotate", acme.Admin(bought.Installation), new JsonObject(), Acme.NewKey())).Is(HttpStatusCode.OK);
        var after = await Rotate(bought, 0);
        Assert.NotEqual(sooner, after);
        Assert.True(await Opens(after));

        acme.Pass(TimeSpan.FromSeconds(6));
        Assert.NotEqual(after, await Rotate(bought, 0));
    }

    [Fact]
    public async Task Another_plan_holds_from_its_answer_on()
    {
        var bought = await Buy();
        acme.Pass(TimeSpan.FromHours(1));
        (await acme.Patch(bought.Path, acme.Admin(bought.Installation), new JsonObject { ["billingPlanId"] = "payg" })).Is(HttpStatusCode.OK);

        Assert.Equal(["free 09:30:00 10:30:00", "payg 10:30:00 "], await acme.PlanPeriods(bought));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from operation"));
    }

    [Fact]
    public async Task Credit_that_is_bought_is_spent_by_calls_and_at_zero_the_key_stops_until_there_is_more()
    {
        var bought = await acme.Provision(await acme.Install(), "key", "credits", "acme-keys");
        var backend = await acme.NewProviderKey("usage:write");
        await Purchase(10.00m);
        Assert.Equal((10.00m, "fine 10.00"), (Balance(), await Standing()));

        // 20,000 calls at 0.0002 are 4.00.
        await Call(20_000);
        Assert.Equal((6.00m, "fine 6.00"), (Balance(), await Standing()));

        // 22,500 calls are 4.50, and 1.50 is below the 2.00 that the plan calls low.
        await Call(22_500);
        Assert.Equal((1.50m, "low 1.50"), (Balance(), await Standing()));

        // 12,500 calls are 2.50: nobody could know before the hour was over.
        await Call(12_500);
        Assert.Equal((-1.00m, "balance_empty empty -1.00"), (Balance(), await Standing()));
        Assert.Equal("suspended", acme.Customer.Installation(bought.Installation).Find(bought.Id)!.Status);

        // 10.00 pay the 1.00 that was missing.
        await Purchase(10.00m);
        Assert.Equal((9.00m, "fine 9.00"), (Balance(), await Standing()));
        Assert.Equal("resumed", acme.Customer.Installation(bought.Installation).Find(bought.Id)!.Status);
        Assert.Empty(acme.Vercel.State.Findings);

        async Task Purchase(decimal amount)
        {
            var (_, exchange) = await acme.Customer.Purchase(bought.Installation, bought.Id, amount, Cancel);
            Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange?.ToString());
            await acme.WorkOff();
        }

        async Task Call(int calls)
        {
            acme.Pass(TimeSpan.FromMinutes(1));
            (await acme.Report(backend, ReportedUsage.Event(bought.Id, "calls", calls, acme.Now.AddSeconds(-1)))).Counts(accepted: 1, duplicates: 0);
            await acme.Live(acme.Now.AddHours(1));
        }

        // What the gateway is told: why not, where it is not let in, and what is left.
        async Task<string> Standing()
        {
            var told = await acme.Show(gateway, bought.Secret(KeyName));
            return string.Join(' ', new[] { (string?)told["reason"], (string?)told["balance"]!["standing"], (string?)told["balance"]!["amount"] }.OfType<string>());
        }

        // In dollars, as Vercel was told.
        decimal? Balance() => acme.Vercel.State.Installations[bought.Installation].Balances?.Balances
            .Find(balance => balance.ResourceId == bought.Id)?.CurrencyValueInCents / 100;
    }

    [Fact]
    public async Task Calls_on_a_plan_by_subscription_are_on_the_invoice_of_the_period_beside_its_base()
    {
        acme.Pass(TimeSpan.FromDays(10) + TimeSpan.FromHours(9));
        var bought = await acme.Provision(await acme.Install(), "key", "payg", "acme-keys");
        var backend = await acme.NewProviderKey("usage:write");
        acme.Pass(TimeSpan.FromMinutes(1));
        (await acme.Report(backend, ReportedUsage.Event(bought.Id, "calls", 20_000, acme.Now.AddSeconds(-1)))).Counts(accepted: 1, duplicates: 0);

        await acme.Live(new DateTimeOffset(2027, 2, 1, 2, 0, 0, TimeSpan.Zero));

        // 20,000 calls at 0.0003 are 6.00, and 5.5 of 744 hours of 5.00 are 0.036… -> 0.04.
        var invoice = Assert.Single(acme.Vercel.State.Installations[bought.Installation].Invoices);
        Assert.Equal(6.04m, invoice.Items.Sum(item => decimal.Parse(item.Total, CultureInfo.InvariantCulture)));
        Assert.True(await Opens(bought.Secret(KeyName)));
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_key_opens_anything_that_was_deleted_by_itself_or_with_its_installation_and_it_is_said_why(bool byItself)
    {
        var bought = await Buy();
        var path = byItself ? bought.Path : Paths.Installation(bought.Installation);
        Assert.True((await acme.Delete(path, acme.Admin(bought.Installation), byItself ? null : new JsonObject())).Status
            is HttpStatusCode.NoContent or HttpStatusCode.OK);

        Assert.Equal("resource_removed", (string?)(await acme.Show(gateway, bought.Secret(KeyName)))["reason"]);
        Assert.Equal(0, await acme.Ask<long>("select count(*) from api_key where ended_at is null"));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from operation"));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from domain_event where kind = 'resource.Deprovisioned'"));
    }

    [Fact]
    public async Task A_key_goes_on_working_when_its_resource_changes_hands_and_says_where_it_went()
    {
        var bought = await Buy();
        var (second, third) = (await acme.Install(), await acme.Install());
        await Give(bought, second);
        await Give(bought.At(second), third);

        Assert.True(await Opens(bought.Secret(KeyName)));
        Assert.Equal(second, await acme.Ask<string>("select moved_to from api_key where installation_id = $1", bought.Installation));
        Assert.Equal(third, await acme.Ask<string>("select moved_to from api_key where installation_id = $1", second));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from api_key where installation_id = $1 and moved_to is null", third));

        (await acme.Delete(Paths.Resource(third, bought.Id), acme.Admin(third))).IsEmpty();
        Assert.False(await Opens(bought.Secret(KeyName)));
    }

    [Fact]
    public async Task A_key_that_comes_back_is_there_again_and_nowhere_else()
    {
        var bought = await Buy();
        var friend = await acme.Install();
        await Give(bought, friend);
        var rotated = await Rotate(bought.At(friend), 5);
        await Give(bought.At(friend), bought.Installation);

        foreach (var at in new[] { bought.Installation, friend, bought.Installation })
        {
            Assert.True(await Opens(bought.Secret(KeyName)) && await Opens(rotated));
            Assert.Equal(2, await acme.Ask<long>("select count(*) from api_key where installation_id = $1 and moved_to is null", at));
            Assert.Equal(2, await acme.Ask<long>("select count(*) from api_key where moved_to is null"));
            await Give(bought.At(at), at == friend ? bought.Installation : friend);
        }

        (await acme.Delete(Paths.Resource(friend, bought.Id), acme.Admin(friend))).IsEmpty();
        Assert.False(await Opens(bought.Secret(KeyName)) || await Opens(rotated));
    }

    [Fact]
    public async Task A_key_that_is_gone_or_was_never_sold_is_drift()
    {
        var bought = await Buy();
        Assert.Equal(0, await Drift());

        await acme.Execute("delete from api_key");
        Assert.Equal(1, await Drift());
    }

    [Fact]
    public async Task The_worker_can_ask_for_whatever_a_decision_can()
    {
        var bought = await Buy();
        var keys = acme.Server.Services.GetServices<IProvisioner>().OfType<KeysProvisioner>().Single();
        var resource = Workshop.Leftover(new ResourceId(bought.Id)) with { Installation = new InstallationId(bought.Installation) };
        var (again, later) = (new OperationId("op_again"), new OperationId("op_later"));

        var first = Minted(await keys.Provision(resource, again, Cancel));
        var repeated = Minted(await keys.Provision(resource, again, Cancel));
        var rotated = Minted(await keys.Rotate(resource, later, Cancel));
        Assert.False(await Opens(first));
        Assert.True(await Opens(repeated));

        await keys.ExpireSecrets(resource, new OperationId("op_end"), Seq1(again), Cancel);
        Assert.False(await Opens(repeated));
        Assert.True(await Opens(rotated));
        Assert.True((await keys.Measure(resource, acme.Now, Cancel)).IsEmpty);
        Assert.Equal(bought.Id, Assert.Single(await Held(keys)).Value);

        await keys.Deprovision(resource, later, Cancel);
        Assert.True((await Held(keys)).IsEmpty);
    }

    private async Task<Provisioned> Buy() => await acme.Provision(await acme.Install(), "key", "free", "acme-keys");

    private static JsonObject Body() => Requests.Provision("key", "free", "acme-keys");

    private async Task<string> Rotate(Provisioned bought, int delayHours)
    {
        var rotated = (await acme.Post(
            $"{bought.Path}/secrets/rotate", acme.Admin(bought.Installation),
            new JsonObject { ["delayOldSecretsExpirationHours"] = delayHours })).Is(HttpStatusCode.OK);
        Assert.Equal((true, false), (rotated["sync"]!.GetValue<bool>(), rotated["partial"]!.GetValue<bool>()));
        return Provisioned.Secrets(rotated["secrets"]!)[KeyName];
    }

    private async Task Give(Provisioned resource, string target) =>
        (await acme.Accept(target, await acme.Offer(resource))).IsEmpty();

    private async Task<int> Drift() => (await acme.Drift()).Differences;

    /// <summary>Whether somebody who shows it is let in.</summary>
    private async Task<bool> Opens(string key) => (await acme.Show(gateway, key))["valid"]!.GetValue<bool>();

    private static async Task<LanguageExt.Seq<ResourceId>> Held(KeysProvisioner keys) =>
        (await keys.List(Cancel)).IfNone(() => throw new InvalidOperationException("It cannot say."));

    private static string Minted(ProvisionerAnswer<LanguageExt.Seq<Core.Secrets.Secret>> answer) =>
        answer is ProvisionerAnswer<LanguageExt.Seq<Core.Secrets.Secret>>.Done(var secrets)
            ? secrets.Head.Value
            : throw new InvalidOperationException($"{answer}");
}
