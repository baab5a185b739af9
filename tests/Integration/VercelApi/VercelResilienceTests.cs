using System.Net;
using System.Net.Http.Headers;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.VercelApi;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.VercelApi;

/// <summary>Time limits, repetitions and the circuit breaker of the client. Contract §A.2.</summary>
[Collection(SharedAcme.Name)]
public sealed class VercelResilienceTests(Acme acme)
{
    private static readonly VercelLimits Quick = VercelLimits.Default with
    {
        FirstWait = TimeSpan.FromMilliseconds(1), AttemptMax = TimeSpan.FromMilliseconds(200), OnceMax = TimeSpan.FromMilliseconds(200),
        OutageCallsMin = 1_000,
    };

    private static readonly ResourceId Resource = new("res_any");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.RequestTimeout)]
    public async Task What_may_be_repeated_is_sent_again_after_a_failure_that_may_pass(HttpStatusCode failure)
    {
        var line = new Line(_ => new HttpResponseMessage(failure), _ => Accepted());

        Assert.IsType<VercelAnswer<Nothing>.Accepted>(await Delete(line));
        Assert.Equal(2, line.Calls);
    }

    [Fact]
    public async Task A_lost_connection_and_an_attempt_without_an_answer_are_repeated()
    {
        var line = new Line(_ => throw new HttpRequestException(HttpRequestError.ConnectionError), null!, _ => Accepted());

        Assert.IsType<VercelAnswer<Nothing>.Accepted>(await Delete(line));
        Assert.Equal(3, line.Calls);
    }

    [Fact]
    public async Task Repetitions_end()
    {
        var line = new Line(_ => new HttpResponseMessage(HttpStatusCode.BadGateway));

        Assert.StartsWith("502", Assert.IsType<VercelAnswer<Nothing>.Unknown>(await Delete(line)).Reason, StringComparison.Ordinal);
        Assert.Equal(1 + Quick.RepeatsMax, line.Calls);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Conflict)]
    public async Task A_no_is_an_answer(HttpStatusCode no)
    {
        var line = new Line(_ => new HttpResponseMessage(no));

        Assert.IsNotType<VercelAnswer<Nothing>.Unknown>(await Delete(line));
        Assert.Equal(1, line.Calls);
    }

    [Fact]
    public async Task What_costs_when_it_arrives_twice_is_never_repeated_by_the_client()
    {
        var installation = new InstallationId(await acme.Install());
        var line = new Line(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        var (client, calls) = Client(line);
        var credentials = new VercelCredentials(calls, acme.Server.Services.GetRequiredService<Shell.Configuration.VercelSettings>());

        await client.Refund(installation, new VercelInvoiceId("inv_1"), new Usd(1), "why", Cancel);
        Assert.Equal(1, line.Calls);
        await client.FinalizeBilling(installation, Cancel);
        Assert.Equal(2, line.Calls);
        await credentials.Rotate(installation, new AccessToken("token", "Bearer"), Cancel);
        Assert.Equal(3, line.Calls);
        await new VercelDeployments(calls).CreateCheck(installation, new DeploymentId("dpl_1"), new NewCheck("check", IsBlocking: true), Cancel);
        Assert.Equal(4, line.Calls);
    }

    [Fact]
    public async Task A_short_Retry_After_is_waited_for_and_a_long_one_is_handed_to_the_caller()
    {
        var soon = new Line(_ => Busy(TimeSpan.FromSeconds(1)), _ => Accepted());
        var started = TimeProvider.System.GetTimestamp();
        Assert.IsType<VercelAnswer<Nothing>.Accepted>(await Delete(soon));
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(1));

        var later = new Line(_ => Busy(TimeSpan.FromMinutes(5)));
        Assert.Equal(TimeSpan.FromMinutes(5), Assert.IsType<VercelAnswer<Nothing>.Unknown>(await Delete(later)).RetryAfter);
        Assert.Equal(1, later.Calls);

        static HttpResponseMessage Busy(TimeSpan wait) =>
            new(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new RetryConditionHeaderValue(wait) } };
    }

    [Fact]
    public async Task A_call_ends_in_time_with_everything_that_is_repeated()
    {
        var line = new Line([null!]);
        var started = TimeProvider.System.GetTimestamp();

        var answer = await Delete(line, Quick with { AnswerMax = TimeSpan.FromMilliseconds(300) });

        Assert.Equal("no answer in time", Assert.IsType<VercelAnswer<Nothing>.Unknown>(answer).Reason);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task In_an_outage_nothing_is_sent_until_the_pause_is_over_and_the_caller_is_told_how_long()
    {
        var line = new Line(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        var (client, _) = Client(line, Quick with { RepeatsMax = 0, OutageCallsMin = 5, OutagePause = TimeSpan.FromSeconds(1) });
        var installation = new InstallationId(await acme.Install());
        for (var call = 0; call < 5; call++)
            await client.DeleteResource(installation, Resource, Cancel);

        var answer = Assert.IsType<VercelAnswer<Nothing>.Unknown>(await client.DeleteResource(installation, Resource, Cancel));

        Assert.Equal(5, line.Calls);
        Assert.StartsWith("not sent", answer.Reason, StringComparison.Ordinal);
        Assert.InRange(answer.RetryAfter!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        line.Answer = _ => Accepted();
        await Task.Delay(TimeSpan.FromSeconds(1.2), Cancel);
        Assert.IsType<VercelAnswer<Nothing>.Accepted>(await client.DeleteResource(installation, Resource, Cancel));
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.Conflict)]
    public async Task What_Vercel_says_to_one_installation_stops_no_other(HttpStatusCode status)
    {
        var line = new Line(_ => new HttpResponseMessage(status));
        var (client, _) = Client(line, Quick with { RepeatsMax = 0, OutageCallsMin = 5 });
        var installation = new InstallationId(await acme.Install());
        for (var call = 0; call < 30; call++)
            await client.DeleteResource(installation, Resource, Cancel);

        Assert.Equal(30, line.Calls);
    }

    private async Task<VercelAnswer<Nothing>> Delete(Line line, VercelLimits? limits = null) =>
        await Client(line, limits).Client.DeleteResource(new InstallationId(await acme.Install()), Resource, Cancel);

    private (VercelClient Client, VercelCalls Calls) Client(Line line, VercelLimits? limits = null)
    {
        var calls = new VercelCalls(
            () => new HttpClient(line, disposeHandler: false) { BaseAddress = new Uri("http://vercel.test/") },
            acme.Server.Services.GetRequiredService<InstallationTokens>(), new VercelResilience(limits ?? Quick));
        return (new VercelClient(calls), calls);
    }

    private static HttpResponseMessage Accepted() => new(HttpStatusCode.NoContent);

    /// <summary>To a Vercel that answers as it is told, one after the other; the last answer is given again and again.</summary>
    private sealed class Line(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) : HttpMessageHandler
    {
        public int Calls { get; private set; }

        public Func<HttpRequestMessage, HttpResponseMessage>? Answer { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = Answer ?? answers[Math.Min(Calls, answers.Length - 1)];
            Calls++;
            if (answer is null)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return answer!(request);
        }
    }
}
