using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Vercel's API is down, slow or forgetful: a provider works on, and says later what it had to say. Source: contract §A.2, §D.</summary>
internal static class OutageCases
{
    /// <summary>In real time: nobody has to ask for the account, so that nobody waits long for it.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    /// <summary>In real time: by then a provider has tried again.</summary>
    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static readonly Source Down = Source.Experience("Vercel's API fails for a while");
    private static readonly Source Billing = Source.Vercel("Submit Billing Data");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. WhileDown("fails", "fails", Disturbance.Fails(500)),
        .. WhileDown("silent", "does not answer", new Disturbance { Silence = TimeSpan.FromHours(1), LosesAnswer = true }),
        new("outage/account-fails", "The account is read again when it could not be read at first.", Down, Level.Recommended,
            trial => ExpectAccountRead(trial, Disturbance.Fails(500))),
        new("outage/account-limited", "The account is read again when Vercel wanted fewer calls.", Down, Level.Recommended,
            trial => ExpectAccountRead(trial, Disturbance.Fails(429) with { RetryAfter = TimeSpan.FromSeconds(1) })),
        new("outage/pending-untold", "A resource that got ready while Vercel did not listen is told later.", Down, Level.Required, PendingIsToldLater),
        new("outage/secrets-untold", "New secrets that Vercel did not take are brought again.", Down, Level.Required, SecretsAreBroughtAgain)
        {
            Of = PartnerOperation.RotateSecrets,
        },
        Reports("billing-fails", "Usage that could not be reported is reported later.", Disturbance.Fails(500)),
        Reports("billing-limited", "Usage that Vercel did not want yet is reported later.", Disturbance.Fails(429) with { RetryAfter = TimeSpan.FromSeconds(1) }),
        Reports("billing-lost", "A report of usage whose answer was lost is no end of reports.", new Disturbance { LosesAnswer = true }),
        new("outage/uninstall", "An installation that was uninstalled while Vercel failed is finalized afterwards.", Down, Level.Recommended, Uninstall)
        {
            Needs = Need.VirtualTime, TimeLimit = TimeSpan.FromMinutes(3),
        },
    ];

    private static IEnumerable<ConformanceCase> WhileDown(string name, string words, Disturbance always)
    {
        yield return New("install", "Installing", Level.Recommended, trial => trial.NewInstallation());
        yield return New("provision", "Provisioning", Level.Recommended, trial => trial.NewTenant());
        yield return New("read", "Reading a resource", Level.Required, async trial => await trial.Read(await trial.SharedTenant()));
        yield return New("plans", "Comparing plans", Level.Required, async trial =>
            trial.ExpectSuccess(await trial.Customer.ProductPlans(trial.Offer.Product.Id, trial.Offer.Product.Metadata, trial.Cancel)));
        yield return NewOn("update", "Changing a resource", (trial, tenant) =>
            trial.Customer.Rename(tenant.InstallationId, tenant.ResourceId, "changed", trial.Cancel)) with { Of = PartnerOperation.UpdateResource };
        yield return NewOn("rotate", "Rotating secrets", (trial, tenant) =>
            trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, 1, trial.Cancel)) with { Of = PartnerOperation.RotateSecrets };
        yield return NewOn("delete", "Deleting a resource", (trial, tenant) =>
            trial.Customer.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel));
        yield return NewOn("uninstall", "Uninstalling", (trial, tenant) => trial.Customer.Uninstall(tenant.InstallationId, trial.Cancel));

        ConformanceCase New(string does, string what, Level level, Func<Trial, Task> play) =>
            new($"outage/{does}-while-vercel-{name}", $"{what} succeeds while Vercel's API {words}.", Down, level, async trial =>
            {
                // What all cases share is made before.
                await trial.SharedTenant();
                Disturb(trial, always);
                await play(trial);
            });

        ConformanceCase NewOn(string does, string what, Func<Trial, Tenant, Task<Exchange>> make) =>
            New(does, what, Level.Recommended, _ => Task.CompletedTask) with
            {
                Play = async trial =>
                {
                    var tenant = await trial.NewTenant();
                    Disturb(trial, always);
                    trial.ExpectSuccess(await make(trial, tenant));
                },
            };
    }

    private static void Disturb(Trial trial, Disturbance always) =>
        trial.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = always });

    private static async Task ExpectAccountRead(Trial trial, Disturbance once)
    {
        trial.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = once, Method = HttpMethod.Get, PathEnd = "/account", Times = 1 });
        var installationId = await trial.NewInstallation();
        var path = $"/v1/installations/{installationId}/account";
        if (trial.Offer.Has.HasFlag(Need.VirtualTime))
        {
            await trial.Advance(TimeSpan.FromHours(1));
        }

        for (var waited = TimeSpan.Zero; Asked(trial, path).IsEmpty; waited += Pause)
        {
            await Task.Delay(Pause, trial.Cancel);
            if (waited > Soon)
            {
                throw trial.NotObserved("The account is not asked for.");
            }
        }

        await trial.Eventually("the account is read", () => Asked(trial, path).Count(call => call.Status == 200), count => count > 0);
    }

    /// <summary>The first thing that is said of the resource is not heard; nobody asks the provider.</summary>
    private static async Task PendingIsToldLater(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        trial.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = Disturbance.Fails(500), Times = 1 });
        var exchange = await trial.Customer.Provision(installationId, product.Id, "untold", product.Plan.Id, product.Metadata, trial.Cancel);
        trial.ExpectSuccess(exchange);
        var tenant = trial.Tenant(installationId, exchange, product, product.Plan);
        if (trial.Resource(tenant).Status != "pending")
        {
            throw trial.NotObserved("Resources are ready at once.");
        }

        await trial.ExpectToldReady(tenant, trial.Options.Patience > LongestOutage ? trial.Options.Patience : LongestOutage);
    }

    private static async Task SecretsAreBroughtAgain(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var old = trial.Secrets(tenant);
        trial.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = Disturbance.Fails(500), Method = HttpMethod.Put, PathEnd = "/secrets", Times = 1 });
        var rotated = await trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, 1, trial.Cancel);
        trial.ExpectSuccess(rotated);
        if (rotated.Json?.OptionalFlag("sync") == true)
        {
            throw trial.NotObserved("New secrets are in the answer.");
        }

        await trial.Eventually(
            "Vercel has new values", () => Trial.AreSame(old, trial.Secrets(tenant)), same => !same, TimeSpan.FromSeconds(45));
    }

    private static ImmutableList<ApiCall> Asked(Trial trial, string path) => trial.Vercel.Calls.FindAll(call => call.Path == path);

    private static ConformanceCase Reports(string name, string rule, Disturbance twice) =>
        new($"outage/{name}", rule, Billing, Level.Required, trial => ExpectReports(trial, twice))
        {
            Needs = Need.VirtualTime | Need.SubscriptionPlan, TimeLimit = TimeSpan.FromMinutes(3),
        };

    /// <summary>Running totals: what a lost report said, the next one says as well.</summary>
    private static async Task ExpectReports(Trial trial, Disturbance twice)
    {
        var (product, plan) = trial.Offered(plan => plan is { IsPrepayment: false, IsForInstallation: false, NeedsPaymentMethod: true })
            ?? (trial.Offer.Product, trial.Offer.Product.Plan);
        var tenant = await trial.NewTenant(product, plan);
        await trial.Advance(TimeSpan.FromHours(2));
        if (Reported(trial, tenant) is 0)
        {
            throw trial.NotObserved($"Nothing is reported hourly for the plan {plan.Id}.");
        }

        trial.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = twice, Method = HttpMethod.Post, PathEnd = $"{tenant.InstallationId}/billing", Times = 2 });
        var before = Reported(trial, tenant);
        await trial.Advance(TimeSpan.FromHours(3));
        await trial.Eventually("reports go on", () => Reported(trial, tenant), count => count > before);
    }

    private static int Reported(Trial trial, Tenant tenant) => trial.Vercel.Calls.Count(call =>
        call is { Method: "POST", Status: < 300, IsDisturbed: false } && call.Path.EndsWith($"{tenant.InstallationId}/billing", StringComparison.Ordinal));

    private static async Task Uninstall(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var rule = trial.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = Disturbance.Fails(500), Times = 4 });
        trial.ExpectSuccess(await trial.Customer.Uninstall(tenant.InstallationId, trial.Cancel));
        await trial.Advance(TimeSpan.FromHours(26));
        trial.Vercel.Disturbances.Remove(rule.Id);
        trial.Expect(
            trial.Customer.Installation(tenant.InstallationId).Stage == InstallationStage.Finalized, "it is finalized a day later", "it is not");
    }
}
