using System.Net;
using System.Net.Http.Headers;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.VercelApi;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.VercelApi;

/// <summary>What the client makes of answers that Vercel's side gives at an awkward moment. Contract §A.2.</summary>
public sealed class VercelClientTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_that_is_replaced_while_it_is_used_is_looked_up_again()
    {
        var installation = await acme.Install();
        var tokens = new List<string?>();

        var answer = await Ask(installation, async request =>
        {
            tokens.Add(request.Headers.Authorization?.Parameter);
            if (tokens.Count > 1)
                return new HttpResponseMessage(HttpStatusCode.OK);
            var renewed = await acme.Customer.InstallAgain(installation, Cancel);
            Assert.True(renewed.IsSuccess, renewed.ToString());
            return new HttpResponseMessage(HttpStatusCode.Unauthorized);
        });

        Assert.IsType<VercelAnswer<Nothing>.Accepted>(answer);
        Assert.Equal(acme.Vercel.State.Installations[installation].Tokens.Select(token => token.Value), tokens);
    }

    [Fact]
    public async Task A_token_that_stays_refused_is_not_sent_again_and_again()
    {
        var asked = 0;
        var answer = await Ask(await acme.Install(), _ =>
        {
            asked++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.Unauthorized));
        });

        Assert.IsType<VercelAnswer<Nothing>.TokenRefused>(answer);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Retry_After_may_be_a_number_of_seconds_or_a_date()
    {
        var installation = await acme.Install();
        Assert.Equal(TimeSpan.FromSeconds(30), await RetryAfter(new RetryConditionHeaderValue(TimeSpan.FromSeconds(30))));
        Assert.InRange(
            (await RetryAfter(new RetryConditionHeaderValue(TimeProvider.System.GetUtcNow().AddMinutes(5))))!.Value,
            TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        Assert.Equal(TimeSpan.Zero, await RetryAfter(new RetryConditionHeaderValue(TimeProvider.System.GetUtcNow().AddMinutes(-5))));
        Assert.Null(await RetryAfter(null));
        // However long Vercel asks us to wait, usage is due every hour.
        Assert.Equal(TimeSpan.FromHours(1), await RetryAfter(new RetryConditionHeaderValue(TimeSpan.FromDays(365))));
        Assert.Equal(TimeSpan.FromHours(1), await RetryAfter(new RetryConditionHeaderValue(TimeProvider.System.GetUtcNow().AddYears(5))));

        async Task<TimeSpan?> RetryAfter(RetryConditionHeaderValue? header) => Assert.IsType<VercelAnswer<Nothing>.Unknown>(
            await Ask(installation, _ =>
            {
                var busy = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
                busy.Headers.RetryAfter = header;
                return Task.FromResult(busy);
            })).RetryAfter;
    }

    private Task<VercelAnswer<Nothing>> Ask(string installation, Func<HttpRequestMessage, Task<HttpResponseMessage>> vercel) =>
        new VercelClient(new VercelCalls(
                () => new HttpClient(new Line(vercel)) { BaseAddress = new Uri("http://vercel.test/") },
                acme.Server.Services.GetRequiredService<InstallationTokens>(),
                new VercelResilience(VercelLimits.Default with { RepeatsMax = 0 })))
            .DeleteResource(new InstallationId(installation), new ResourceId("res_any"), Cancel);

    private sealed class Line(Func<HttpRequestMessage, Task<HttpResponseMessage>> vercel) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            vercel(request);
    }
}
