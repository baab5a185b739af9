using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.BillingPlans;

/// <summary>An invoice that could not be charged is the one sign of a missing payment method. Source: contract §B.3, §C.1, §E.14.</summary>
public static class UnpaidPlanTests
{
    private const string Said = "could not be charged";

    /// <summary>Where each resource has a plan of its own.</summary>
    [Collection(SharedAcme.Name)]
    public sealed class OfResources(Acme acme)
    {
        [Theory]
        [InlineData("notpaid")]
        [InlineData("overdue")]
        public async Task Every_list_shows_what_has_to_be_paid_as_disabled_with_the_reason(string state)
        {
            var resource = await acme.Provision(await acme.Install());
            await acme.Owes(resource.Installation, state);

            var ofResource = await Plans(acme, $"{resource.Path}/plans", resource.Installation);
            var ofInstallation = await Plans(acme, $"{Paths.Installation(resource.Installation)}/plans", resource.Installation);

            // What the resource has already is no choice; a new resource on the same plan is one.
            Assert.Equal(["team"], Hindered(ofResource));
            Assert.Equal(["pro", "team"], Hindered(ofInstallation).Distinct().Order());
        }

        [Fact]
        public async Task Nothing_that_has_to_be_paid_is_provisioned_and_what_is_free_or_paid_before_is()
        {
            var installation = await acme.Install();
            await acme.Owes(installation);

            var refused = await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision("new"));

            var shown = (await Plans(acme, $"{Paths.Installation(installation)}/plans", installation)).First(plan => plan["id"]!.GetValue<string>() == "pro");
            Assert.Equal(
                shown["highlightedDetails"]![0]!["value"]!.GetValue<string>(), refused.IsConflict()["user"]!["message"]!.GetValue<string>());
            await acme.Provision(installation, "free-one", "free");
            await acme.Provision(installation, "bought", "prepaid");
            Assert.Equal(2, await acme.Ask<long>("select count(*) from resource where installation_id = $1", installation));
        }

        [Fact]
        public async Task A_resource_keeps_what_it_has_and_may_always_move_to_what_is_free()
        {
            var installation = await acme.Install();
            var resource = await acme.Provision(installation);
            await acme.Owes(installation);

            Assert.Contains(Said, Advice(await Choose(acme, resource.Path, installation, "team")), StringComparison.Ordinal);
            (await Choose(acme, resource.Path, installation, "pro")).Is(HttpStatusCode.OK);
            (await Choose(acme, resource.Path, installation, "free")).Is(HttpStatusCode.OK);
            // And then the way back is closed.
            Assert.Contains(Said, Advice(await Choose(acme, resource.Path, installation, "pro")), StringComparison.Ordinal);
        }

        [Theory]
        [InlineData("paid")]
        [InlineData("refunded")]
        [InlineData("accepted")]
        public async Task Once_nothing_is_owed_everything_can_be_chosen_again(string state)
        {
            var resource = await acme.Provision(await acme.Install());
            await acme.Owes(resource.Installation);
            await acme.Owes(resource.Installation, state);

            Assert.Empty(Hindered(await Plans(acme, $"{resource.Path}/plans", resource.Installation)));
            (await Choose(acme, resource.Path, resource.Installation, "team")).Is(HttpStatusCode.OK);
        }

        [Fact]
        public async Task What_one_installation_owes_is_not_held_against_another_nor_said_to_who_has_none()
        {
            var (owing, other) = (await acme.Install(), await acme.Provision(await acme.Install()));
            await acme.Owes(owing);

            Assert.Empty(Hindered(await Plans(acme, $"{other.Path}/plans", other.Installation)));
            var before = await acme.Get("/v1/products/acme-tools/plans", acme.Vercel.Tokens.BeforeInstallation());
            Assert.DoesNotContain(Said, before.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>Where a plan covers the whole installation.</summary>
    public sealed class OfInstallations : IAsyncLifetime
    {
        private Acme acme = null!;

        public async ValueTask InitializeAsync() =>
            acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-whole-installations.catalog.json" });

        public ValueTask DisposeAsync() => acme.DisposeAsync();

        [Fact]
        public async Task An_installation_keeps_what_it_has_and_may_always_move_to_what_is_free()
        {
            var installation = await acme.Install();
            var path = Paths.Installation(installation);
            var (covered, own) = (await acme.Provision(installation, "covered", "company"), await acme.Provision(installation, "own"));
            await acme.Owes(installation);

            Assert.Equal(["group"], Hindered(await Plans(acme, $"{path}/plans", installation)));
            Assert.Equal(["pro", "group"], Hindered(await Plans(acme, $"{covered.Path}/plans", installation)));
            Assert.Equal(["group"], Hindered(await Plans(acme, $"{own.Path}/plans", installation)));
            Assert.Contains(Said, Advice(await Choose(acme, path, installation, "group")), StringComparison.Ordinal);
            Assert.Contains(Said, Advice(await Choose(acme, own.Path, installation, "group")), StringComparison.Ordinal);
            Assert.Contains(Said, Advice(await Choose(acme, covered.Path, installation, "pro")), StringComparison.Ordinal);
            Assert.Contains(
                Said,
                Advice(await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision("another", "group"))),
                StringComparison.Ordinal);

            // What covers everything already covers one more.
            (await Choose(acme, own.Path, installation, "company")).Is(HttpStatusCode.OK);
            await acme.Provision(installation, "one-more", "company");
            (await Choose(acme, path, installation, "company")).Is(HttpStatusCode.OK);
            (await Choose(acme, path, installation, "starter")).Is(HttpStatusCode.OK);
            Assert.Contains(Said, Advice(await Choose(acme, path, installation, "company")), StringComparison.Ordinal);
        }
    }

    /// <summary>The installation has this one invoice, which came to this.</summary>
    internal static Task Owes(this Acme acme, string installation, string state = "notpaid") => acme.Execute(
        """
        insert into invoice (installation_id, external_id, period_start, period_end, invoice_date, final, total, state, changed_at,
            vercel_invoice_id, last_attempt_at, refunded_amount, refund_reason, billing_period_start, billing_period_end, take_up)
        values ($1, 'of-last-month', $2, $2 + interval '1 month', $2, false, 12.00, $3, $2, 'mi_' || $1, $2, 0, '', $2, $2 + interval '1 month', false)
        on conflict (installation_id, external_id) do update set state = excluded.state
        """,
        installation, new DateTime(2026, 12, 1, 0, 0, 0, DateTimeKind.Utc), state);

    private static async Task<List<JsonNode>> Plans(Acme acme, string path, string installation) =>
        [.. (await acme.Get(path, acme.System(installation))).Is(HttpStatusCode.OK)["plans"]!.AsArray().Select(plan => plan!)];

    private static IEnumerable<string> Hindered(IEnumerable<JsonNode> plans) => plans
        .Where(plan => plan["highlightedDetails"]?[0]?["value"]?.GetValue<string>().Contains(Said, StringComparison.Ordinal) == true)
        .Select(plan =>
        {
            Assert.True(plan["disabled"]!.GetValue<bool>());
            return plan["id"]!.GetValue<string>();
        });

    private static Task<Answer> Choose(Acme acme, string path, string installation, string plan) =>
        acme.Patch(path, acme.Admin(installation), new JsonObject { ["billingPlanId"] = plan });

    private static string Advice(Answer refused) => refused.IsConflict()["user"]!["message"]!.GetValue<string>();
}
