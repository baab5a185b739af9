using System.Text;
using Marketplace.Shell.Authentication;
using Marketplace.Simulator.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Authentication;

/// <summary>
/// Who may call what: every endpoint of the Partner API with everything that a caller may show. Source: contract §A.1.
/// </summary>
public sealed class AuthorizationMatrixTests(AuthorizationMatrixTests.Ground ground) : IClassFixture<AuthorizationMatrixTests.Ground>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<string, string>> Cells() =>
        from route in PartnerRoute.All
        from credential in Credential.All
        select new TheoryDataRow<string, string>(route.Name, credential.Name) { TestDisplayName = $"{route} by {credential}" };

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task An_endpoint_lets_in_whom_the_contract_names_and_refuses_everybody_else_without_a_trace(
        string route, string credential)
    {
        var (endpoint, shown) = (PartnerRoute.All.Single(known => known.Name == route), Credential.All.Single(known => known.Name == credential));
        if (shown.RefusalAt(endpoint) is { } refusal)
        {
            var call = await ground.Standing(endpoint);
            var before = await ground.StateBefore();
            var (answer, challenges) = await ground.Send(endpoint, call, shown);
            Assert.Equal(refusal.Sentence(), (string?)answer.IsForbidden()["message"]);
            // There is no other way to come in, and so no challenge.
            Assert.Equal(0, challenges);
            Assert.Equal(before, await ground.State());
        }
        else
        {
            // What changes nothing can be done again and again; everything else is done to what was made for it.
            var (answer, _) = await ground.Send(endpoint, await (endpoint.Changes ? ground.Fresh(endpoint) : ground.Standing(endpoint)), shown);
            Assert.True((int)answer.Status is 200 or 202 or 204, answer.ToString());
        }
    }

    /// <summary>So that no new endpoint is left out of the table.</summary>
    [Fact]
    public void The_table_has_a_row_for_each_route_of_the_server_and_no_other()
    {
        var routes = ground.Acme.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal))
            .SelectMany(
                // What answers GET answers HEAD likewise.
                route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Where(method => method != "HEAD"),
                (route, method) => $"{method} {route.RoutePattern.RawText}");

        Assert.Equal(PartnerRoute.All.Select(row => row.Name).Order(StringComparer.Ordinal), routes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_name_stands_for_one_row_and_for_one_column() =>
        Assert.All(
            new[] { PartnerRoute.All.Select(row => row.Name), Credential.All.Select(column => column.Name) },
            names => Assert.Equal(names, names.Distinct()));

    [Fact]
    public async Task What_a_person_may_not_do_is_told_to_the_customer_in_a_sentence()
    {
        var route = PartnerRoute.All.Single(row => row is { Method: "DELETE", Pattern: "/v1/installations/{installationId}" });
        var viewer = Credential.All.Single(column => column is { Bearer: Bearer.Viewer, Form: "as it should be" });

        var (answer, _) = await ground.Send(route, await ground.Standing(route), viewer);

        var error = answer.IsForbidden();
        Assert.EndsWith(".", error["user"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    /// <summary>One server for the whole table. For each endpoint one call stands ready that is refused again and again.</summary>
    public sealed class Ground : IAsyncLifetime
    {
        private readonly Dictionary<string, PartnerCall> standing = new(StringComparer.Ordinal);
        private readonly SigningKey stranger = SigningKey.Generate();
        private string fingerprintSql = "";
        private string? state;

        public Acme Acme { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Acme.InitializeAsync();
            // Webhooks arrive by themselves, when Vercel's side gets to it.
            var sums = (await Acme.AskAll<string>(
                "select tablename::text from pg_tables where schemaname = 'public' and tablename <> 'webhook' order by 1"))
                .Select(table => $"(select concat(count(*), ' ', sum(hashtextextended(t::text, 0))) from {table} t)");
            fingerprintSql = $"select concat_ws(', ', {string.Join(", ", sums)})";
        }

        public async ValueTask DisposeAsync()
        {
            stranger.Dispose();
            await Acme.DisposeAsync();
        }

        /// <summary>Everything that is stored, and everything that was done to the world outside.</summary>
        internal async Task<string> State() =>
            state = $"{await Acme.Ask<string>(fingerprintSql)}; {Acme.Vercel.Calls.Count} calls to Vercel";

        /// <summary>As it was seen last, when nothing but a refusal came since.</summary>
        internal async Task<string> StateBefore() => state ?? await State();

        internal async Task<PartnerCall> Standing(PartnerRoute route) =>
            standing.TryGetValue(route.Name, out var ready) ? ready : standing[route.Name] = await Fresh(route);

        internal Task<PartnerCall> Fresh(PartnerRoute route)
        {
            state = null;
            return route.Prepare(Acme);
        }

        internal async Task<(Answer Answer, int Challenges)> Send(PartnerRoute route, PartnerCall call, Credential credential)
        {
            var shown = credential.Show(new TokenMint(
                Acme.Vercel.Tokens, Draft(credential.Bearer, call.Installation), call.Installation, Acme.Now, stranger));
            using var request = new HttpRequestMessage(new HttpMethod(route.Method), call.Path);
            foreach (var authorization in shown.Authorization)
                Assert.True(request.Headers.TryAddWithoutValidation("Authorization", authorization));
            if (shown.Style is { } style)
                request.Headers.Add("X-Vercel-Auth", style);
            if (route.Changes)
                request.Headers.Add("Idempotency-Key", Acme.NewKey());
            if (call.Body is { } body)
                request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await Acme.Server.Http.SendAsync(request, Cancel);
            return (await Acme.Read(request, response), response.Headers.WwwAuthenticate.Count);
        }

        private TokenDraft Draft(Bearer bearer, string installation) => bearer switch
        {
            Bearer.Viewer => Acme.Viewer(installation),
            Bearer.Vercel => Acme.System(installation),
            _ => Acme.Admin(installation),
        };
    }
}
