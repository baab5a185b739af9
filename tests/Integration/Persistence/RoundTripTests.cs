using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Authentication;
using Marketplace.Integration.Transfers;

namespace Marketplace.Integration.Persistence;

/// <summary>What a request costs at the database, counted on the line to it: one look, and one write with its commit.</summary>
public sealed class RoundTripTests : IAsyncLifetime
{
    /// <summary>These do something between two looks, which nothing may be held across.</summary>
    private static readonly string[] Longer =
    [
        // Vercel is asked for the invoice.
        "POST /v1/installations/{installationId}/billing/provision",
        // The command is run.
        "POST /v1/installations/{installationId}/resources/{resourceId}/repl",
        // The meters of what changes hands are read.
        "POST /v1/installations/{installationId}/resource-transfer-requests/{providerClaimId}/accept",
    ];

    private const string Repeated = "repeated: ";

    private readonly Dictionary<string, int> counted = new(StringComparer.Ordinal);
    private Acme acme = null!;

    public async ValueTask InitializeAsync() =>
        acme = await Acme.Open(new AcmeOptions { Catalogue = "../../catalog.json", HasCuttableLine = true });

    public ValueTask DisposeAsync() => acme.DisposeAsync();

    [Fact]
    public async Task A_request_that_changes_something_takes_two_round_trips_at_most_and_one_that_reads_takes_one()
    {
        // The first use of everything, by which connections and keys are made ready.
        await CallEverything();
        counted.Clear();
        await CallEverything();

        Assert.Equal(
            PartnerRoute.All.Select(route => route.Name).Except(Longer).Order(StringComparer.Ordinal),
            counted.Keys.Where(name => !name.StartsWith(Repeated, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        // A claim is read first: it says whose rows to look at.
        Assert.DoesNotContain(counted, call => call.Value > (call.Key.StartsWith("GET", StringComparison.Ordinal) && !call.Key.EndsWith("/verify", StringComparison.Ordinal) ? 1 : 2));
        Assert.Equal(0, counted["GET /v1/products/{productSlug}/plans"]);
    }

    [Fact]
    public async Task A_repeated_key_and_a_refusal_take_no_more()
    {
        var (installation, key) = (await acme.Install(), Acme.NewKey());
        var path = Paths.Resources(installation);
        (await acme.Post(path, acme.Admin(installation), Body(), key)).Is(HttpStatusCode.OK);

        await Count("repeated", HttpStatusCode.OK, () => acme.Post(path, acme.Admin(installation), Body(), key));
        await Count(
            "refused", HttpStatusCode.BadRequest, () => acme.Post(path, acme.Admin(installation), Body().With("billingPlanId", "nothing"), Acme.NewKey()));
        await Count("unknown", HttpStatusCode.NotFound, () => acme.Delete($"{path}/res_unknown", acme.Admin(installation)));
        // Here each resource has its own plan.
        await Count(
            "no installation plan", HttpStatusCode.Conflict,
            () => acme.Patch(Paths.Installation(installation), acme.Admin(installation), new JsonObject { ["billingPlanId"] = "payg" }, Acme.NewKey()));
        await Count(
            "a field of the wrong kind", HttpStatusCode.BadRequest,
            () => acme.Patch(Paths.Installation(installation), acme.Admin(installation), new JsonObject { ["billingPlanId"] = 7 }, Acme.NewKey()));
        Assert.DoesNotContain(counted, call => call.Value > 2);
        // Nothing needs to be known for it.
        Assert.Equal(0, counted["a field of the wrong kind"]);
    }

    [Fact]
    public async Task A_report_of_an_hour_takes_four_round_trips_beside_the_claims_whichever_hour_it_is()
    {
        var installation = await acme.Install();
        (await acme.Post(Paths.Resources(installation), acme.Admin(installation), Body(), Acme.NewKey())).Is(HttpStatusCode.OK);
        var taken = new List<int>();
        for (var hour = 0; hour < 4; hour++)
        {
            acme.Pass(TimeSpan.FromHours(1));
            var before = acme.Line.RoundTrips;
            await acme.Work("usage");
            taken.Add(acme.Line.RoundTrips - before);
        }

        // A claim that finds it, how it was sold, what it used, its token, the hour that is done; and a claim that finds nothing.
        Assert.Equal([6, 6, 6], taken.Skip(1));
        Assert.Equal(4L, await acme.Ask<long>("select count(*) from usage_slot where installation_id = $1 and state = 'confirmed'", installation));
    }

    private async Task CallEverything()
    {
        const string Installation = "/v1/installations/{installationId}";
        const string Resource = $"{Installation}/resources/{{resourceId}}";
        const string Transfers = $"{Installation}/resource-transfer-requests";
        var id = await acme.Install();
        var other = await acme.Install();
        var (path, admin, vercel) = (Paths.Installation(id), acme.Admin(id), acme.System(id));

        await CountTwice($"PUT {Installation}", HttpStatusCode.OK, key => acme.Put(path, admin, Requests.Upsert(), key));
        await CountTwice($"PATCH {Installation}", HttpStatusCode.OK, key => acme.Patch(path, admin, new JsonObject(), key));
        await Count($"GET {Installation}", HttpStatusCode.OK, () => acme.Get(path, vercel));
        await Count($"GET {Installation}/plans", HttpStatusCode.OK, () => acme.Get($"{path}/plans", vercel));
        await Count("GET /v1/products/{productSlug}/plans", HttpStatusCode.OK, () => acme.Get("/v1/products/acme-keys/plans", vercel));

        var made = await CountTwice($"POST {Installation}/resources", HttpStatusCode.OK, key => acme.Post($"{path}/resources", admin, Body(), key));
        var resource = new Provisioned(id, made.Json);
        await Count($"GET {Installation}/resources", HttpStatusCode.OK, () => acme.Get($"{path}/resources", vercel));
        await Count($"GET {Resource}", HttpStatusCode.OK, () => acme.Get(resource.Path, vercel));
        await Count($"GET {Resource}/plans", HttpStatusCode.OK, () => acme.Get($"{resource.Path}/plans", vercel));
        await CountTwice($"PATCH {Resource}", HttpStatusCode.OK, key => acme.Patch(
            resource.Path, admin, new JsonObject { ["name"] = "renamed", ["billingPlanId"] = "payg" }, key));
        await CountTwice($"POST {Resource}/secrets/rotate", HttpStatusCode.OK, key => acme.Post($"{resource.Path}/secrets/rotate", admin, new JsonObject(), key));

        var offered = await CountTwice(
            $"POST {Transfers}", HttpStatusCode.OK,
            key => acme.Post(TransferCalls.Transfers(id), vercel, TransferCalls.Body(acme.Now.AddHours(1), resource.Id), key));
        var verify = $"{TransferCalls.Transfer(other, offered.Json["providerClaimId"]!.GetValue<string>())}/verify";
        await Count($"GET {Transfers}/{{providerClaimId}}/verify", HttpStatusCode.OK, () => acme.Get(verify, acme.System(other)));
        await Count($"POST {Transfers}/{{providerClaimId}}/verify", HttpStatusCode.OK, () => acme.Post(verify, acme.System(other)));

        await CountTwice($"DELETE {Resource}", HttpStatusCode.NoContent, key => acme.Delete(resource.Path, admin, key: key));
        await CountTwice($"DELETE {Installation}", HttpStatusCode.OK, key => acme.Delete(path, admin, new JsonObject(), key));
    }

    /// <summary>A call that changes something, and its repetition.</summary>
    private async Task<Answer> CountTwice(string name, HttpStatusCode expected, Func<string, Task<Answer>> call)
    {
        var key = Acme.NewKey();
        var answer = await Count(name, expected, () => call(key));
        Assert.Equal(answer.Bytes, (await Count(Repeated + name, expected, () => call(key))).Bytes);
        return answer;
    }

    private async Task<Answer> Count(string name, HttpStatusCode expected, Func<Task<Answer>> call)
    {
        var before = acme.Line.RoundTrips;
        var answer = await call();
        counted[name] = acme.Line.RoundTrips - before;
        Assert.True(answer.Status == expected, $"{name}: {answer}");
        return answer;
    }

    private static JsonObject Body() => Requests.Provision("key", "free", "acme-keys");
}
