using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Crashes;
using Marketplace.Shell.Products;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Products;

/// <summary>Another catalogue takes force while the server runs, as a whole, and only when a start would take it.</summary>
public sealed class CatalogueReloadTests
{
    private const string OfProduct = "/v1/products/acme-tools/plans";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_was_changed_takes_force_without_a_restart()
    {
        await using var acme = await Open("00:00:01");
        var old = await acme.Provision(await acme.Install(), "old");

        acme.Rewrite(SecondVersion);
        await RealTime.Until(async () => (await Sold(acme)).Contains("pro@2"), "the second version is sold");

        var late = await acme.Provision(await acme.Install(), "late", "pro@2");
        Assert.Equal(("pro", "pro@2"), (await PlanOf(acme, old), await PlanOf(acme, late)));
        acme.Workshop.Count("old", 2_000);
        acme.Workshop.Count("late", 2_000);
        await acme.Live(At("2027-02-01T03:00:00Z"));
        // Three hours: 12.00 * 3 / 744 -> 0.05 and 2.00; 24.00 * 3 / 744 -> 0.10 and 4.00.
        Assert.Equal(
            (2.05m, 4.10m),
            (Assert.Single(acme.Vercel.State.Installations[old.Installation].Invoices).Total,
                Assert.Single(acme.Vercel.State.Installations[late.Installation].Invoices).Total));
        Assert.Contains(acme.Server.Log.Lines, line => line.Contains("and is in force as it is now", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "pricing": { "base": "13.00" } }""", "acme-tools/pro changes under those who have it")]
    [InlineData("""{ "type": "subscribtion" }""", "must be one of subscription, prepayment")]
    [InlineData("""{ "pricing": { "metered": [{ "metric": "unheard", "unitPrice": "1", "units": "units" }] } }""", "unheard is not a metric of the product")]
    public async Task A_file_that_a_start_would_refuse_is_refused_once_and_the_one_before_stays(string edit, string reason)
    {
        await using var acme = await Open("never");
        await acme.Provision(await acme.Install(), "tool");
        var reload = acme.Server.Services.GetRequiredService<CatalogueReload>();
        var before = acme.Server.Services.GetRequiredService<CatalogueInForce>().Now;

        acme.Rewrite(catalogue => Merge(catalogue["products"]![0]!["plans"]![1]!, edit));
        await reload.Look(Cancel);
        await reload.Look(Cancel);

        Assert.Equal(before, acme.Server.Services.GetRequiredService<CatalogueInForce>().Now);
        Assert.Contains(reason, Assert.Single(acme.Server.Log.Lines, line => line.Contains("is refused; the one before stays in force", StringComparison.Ordinal)));
        Assert.Equal(["free", "pro", "trial"], await Sold(acme));

        acme.Rewrite(SecondVersion);
        await reload.Look(Cancel);
        Assert.Equal(["free", "pro@2", "trial"], await Sold(acme));
    }

    [Fact]
    public async Task A_product_that_no_provisioner_makes_does_not_take_force()
    {
        await using var acme = await Open("never");

        acme.Rewrite(catalogue => catalogue["products"]![0]!["provisioner"] = "nobody");
        await acme.Server.Services.GetRequiredService<CatalogueReload>().Look(Cancel);

        Assert.Single(acme.Server.Log.Lines, line => line.Contains("acme-tools names the provisioner", StringComparison.Ordinal));
        Assert.Equal(["free", "pro", "trial"], await Sold(acme));
    }

    /// <summary>The other one is a server that has the new file already.</summary>
    [Fact]
    public async Task What_another_server_has_begun_to_sell_is_known_here_and_not_sold()
    {
        await using var acme = await Open("never");
        var reload = acme.Server.Services.GetRequiredService<CatalogueReload>();
        var mine = acme.Server.Services.GetRequiredService<CatalogueInForce>();
        var file = mine.File;
        acme.Rewrite(SecondVersion);
        await reload.Look(Cancel);
        var sold = await acme.Provision(await acme.Install(), "late", "pro@2");

        // As this one would have been all the while with the old file.
        acme.Rewrite(_ => { });
        mine.Replace(file with { Text = await File.ReadAllTextAsync(file.Path, Cancel) }, file.Catalogue);
        Assert.Null(await PlanOf(acme, sold));
        await reload.Look(Cancel);

        Assert.Equal("pro@2", await PlanOf(acme, sold));
        Assert.Equal(["free", "pro", "trial"], await Sold(acme));
        acme.Workshop.Count("late", 2_000);
        await acme.Live(At("2027-02-01T03:00:00Z"));
        Assert.Equal(4.10m, Assert.Single(acme.Vercel.State.Installations[sold.Installation].Invoices).Total);
    }

    /// <summary>It would not know which terms the other one sells; and a plan of another id it would not know at all.</summary>
    [Fact]
    public async Task What_a_plan_means_the_database_says_also_to_a_server_whose_file_says_otherwise()
    {
        await using var acme = await Open("never");
        var (reload, mine) = (acme.Server.Services.GetRequiredService<CatalogueReload>(), acme.Server.Services.GetRequiredService<CatalogueInForce>());
        var file = mine.File;
        // Another server starts with terms of its own for what nobody has, and with a plan that is new.
        acme.Rewrite(catalogue =>
        {
            Merge(catalogue["products"]![0]!["plans"]![1]!, """{ "pricing": { "base": "77.00" } }""");
            catalogue["products"]![0]!["plans"]!.AsArray().Add(JsonNode.Parse("""{ "id": "max", "type": "subscription", "name": "Max", "description": "More.", "pricing": { "base": "99.00" } }"""));
        });
        var other = CatalogueFile.Open(file.Path).Match(good => good, _ => throw new InvalidOperationException());
        Assert.True((await acme.Server.Services.GetRequiredService<OfferedPlans>().Offer(other, isAlone: true, Cancel)).IsRight);
        await File.WriteAllTextAsync(file.Path, file.Text, Cancel);

        await reload.Look(Cancel);

        var product = mine.Now.Products[0];
        Assert.Equal(77.00m, product.Plans[1].Pricing.Base.Amount);
        Assert.Equal(99.00m, Assert.Single(product.Superseded).Pricing.Base.Amount);
        Assert.Equal(["free", "pro", "trial"], await Sold(acme));
    }

    [Fact]
    public async Task While_servers_run_a_plan_that_nobody_has_changes_by_a_version_alone()
    {
        await using var acme = await Open("never");
        var reload = acme.Server.Services.GetRequiredService<CatalogueReload>();

        acme.Rewrite(catalogue => Merge(catalogue["products"]![0]!["plans"]![1]!, """{ "maxResources": 4 }"""));
        await reload.Look(Cancel);

        Assert.Contains(
            "maxResources was absent and is 4; nobody has it. Give the plan",
            Assert.Single(acme.Server.Log.Lines, line => line.Contains("the one before stays in force", StringComparison.Ordinal)), StringComparison.Ordinal);
        await acme.StartAnew(catalogue => Merge(catalogue["products"]![0]!["plans"]![1]!, """{ "maxResources": 4 }"""));
    }

    private static Task<Acme> Open(string reloadEvery) => Acme.Open(new AcmeOptions
    {
        Catalogue = "acme-dunning.catalog.json", Start = At("2027-01-31T21:00:00Z"), Adapt = _ => { },
        Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Catalog:ReloadEvery"] = reloadEvery },
    });

    private static async Task<IEnumerable<string>> Sold(Acme acme) =>
        (await acme.Get(OfProduct, acme.Vercel.Tokens.BeforeInstallation())).Is(HttpStatusCode.OK)["plans"]!.AsArray().Select(plan => (string)plan!["id"]!);

    private static async Task<string?> PlanOf(Acme acme, Provisioned tool) =>
        (string?)(await acme.Get(tool.Path, acme.System(tool.Installation))).Is(HttpStatusCode.OK)["billingPlan"]?["id"];

    private static void SecondVersion(JsonNode catalogue) => Merge(
        catalogue["products"]![0]!["plans"]![1]!,
        """{ "version": 2, "pricing": { "base": "24.00", "metered": [{ "metric": "jobs", "unitPrice": "0.002", "units": "jobs" }] } }""");

    private static void Merge(JsonNode into, string edit)
    {
        foreach (var (name, value) in JsonNode.Parse(edit)!.AsObject())
            into[name] = value?.DeepClone();
    }

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture);
}
