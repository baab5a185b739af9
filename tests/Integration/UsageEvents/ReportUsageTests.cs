using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using static Marketplace.Integration.UsageEvents.ReportedUsage;

namespace Marketplace.Integration.UsageEvents;

/// <summary>What a backend may report, how, and what it is told.</summary>
public sealed class ReportUsageTests(MeteredAcme metered) : IClassFixture<MeteredAcme>
{
    private readonly Acme acme = metered.Acme;
    private readonly string key = metered.Key;

    [Fact]
    public async Task An_accepted_event_is_in_the_billing_preview_at_once_with_its_price()
    {
        var tool = await Tool();

        (await acme.Report(key, Event(tool.Id, "jobs", 250, acme.Now), Event(tool.Id, "jobs", "0.5", acme.Now))).Counts(2, 0);

        var billing = await acme.Billing(key, tool.Installation);
        Assert.Equal("250.5", billing.Used(tool.Id, "jobs"));
        Assert.Equal("250.5", billing.Used(tool.Id, "jobs", "day"));
        // 250.5 × 0.01 = 2.505 -> 2.50
        Assert.Equal("2.50", billing.Line(tool.Id, "pro", "Pro: Jobs")["total"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_counts_each_event_once()
    {
        var tool = await Tool();
        JsonObject[] events = [.. Enumerable.Range(0, 50).Select(_ => Event(tool.Id, "jobs", 1, acme.Now))];
        (await acme.Report(key, events[..30])).Counts(30, 0);

        (await acme.Report(key, events)).Counts(20, 30);
        (await acme.Report(key, events)).Counts(0, 50);

        Assert.Equal("50", (await acme.Billing(key, tool.Installation)).Used(tool.Id, "jobs"));
    }

    [Fact]
    public async Task Many_who_send_the_same_batch_at_the_same_time_in_different_orders_count_each_event_once()
    {
        var tool = await Tool();
        JsonObject[] events = [.. Enumerable.Range(0, 200).Select(_ => Event(tool.Id, "jobs", 1, acme.Now))];

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            turn => acme.Report(key, turn % 2 == 0 ? events : [.. events.Reverse()])));

        Assert.Equal(200, answers.Sum(answer => answer.Is(HttpStatusCode.OK)["accepted"]!.GetValue<int>()));
        Assert.Equal("200", (await acme.Billing(key, tool.Installation)).Used(tool.Id, "jobs"));
        Assert.Equal(200L, await acme.Ask<long>("select events from usage_hour where resource_id = $1", tool.Id));
    }

    [Fact]
    public async Task An_event_twice_in_one_request_counts_once_and_the_same_id_of_another_source_is_another_event()
    {
        var tool = await Tool();
        var one = Event(tool.Id, "jobs", 1, acme.Now, "job-1");
        var elsewhere = Event(tool.Id, "jobs", 1, acme.Now, "job-1").With("source", "another");

        (await acme.Report(key, one, one, elsewhere)).Counts(2, 1);
    }

    [Fact]
    public async Task What_is_wrong_with_one_event_is_said_of_it_alone_and_the_others_count()
    {
        var tool = await Tool();
        var answer = await acme.Report(
            key,
            Event(tool.Id, "jobs", 1, acme.Now),
            Event("res_nobodys", "jobs", 1, acme.Now),
            Event(tool.Id, "unheard", 1, acme.Now),
            Event(tool.Id, "jobs", 1, acme.Now.AddMinutes(6)),
            Event(tool.Id, "jobs", 1, acme.Now.AddDays(-46)),
            Event(tool.Id, "jobs", 1, acme.Now.AddMinutes(-1)),
            Event(tool.Id, "jobs", 1, acme.Now.AddMinutes(4)));

        var outcome = answer.Counts(2, 0, "resource_unknown", "metric_unknown", "too_far_ahead", "too_old", "not_in_use");

        Assert.Equal([1, 2, 3, 4, 5], outcome["refused"]!.AsArray().Select(one => one!["index"]!.GetValue<int>()));
        Assert.Equal(
            ["resource", "metric", "time", "time", "time"], outcome["refused"]!.AsArray().Select(one => one!["field"]!.GetValue<string>()));
        Assert.All(outcome["refused"]!.AsArray(), one => Assert.NotEmpty(one!["message"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("quantity", "\"1e3\"")]
    [InlineData("quantity", "1e3")]
    [InlineData("quantity", "-1")]
    [InlineData("quantity", "\"\"")]
    [InlineData("quantity", "\"NaN\"")]
    [InlineData("quantity", "\" 1\"")]
    [InlineData("quantity", "\"1,5\"")]
    [InlineData("quantity", "1000000000000")]
    [InlineData("quantity", "0.0000000001")]
    [InlineData("quantity", "true")]
    [InlineData("quantity", "null")]
    [InlineData("quantity", "[1]")]
    [InlineData("time", "\"2027-01-21\"")]
    [InlineData("time", "\"2027-01-21T09:30:00\"")]
    [InlineData("time", "\"yesterday\"")]
    [InlineData("time", "1800000000")]
    [InlineData("id", "\"\"")]
    [InlineData("id", "7")]
    [InlineData("id", "\"\\u0000\"")]
    [InlineData("resource", "null")]
    [InlineData("metric", "{}")]
    public async Task A_field_that_is_wrong_is_named(string field, string value)
    {
        var tool = await Tool();
        var answer = await acme.Report(key, Event(tool.Id, "jobs", 1, acme.Now).With(field, JsonNode.Parse(value)), Event(tool.Id, "jobs", 1, acme.Now));

        Assert.Equal(field, answer.Counts(1, 0, "invalid")["refused"]![0]!["field"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_id_that_is_too_long_is_refused_and_the_longest_is_not()
    {
        var tool = await Tool();
        (await acme.Report(
            key, Event(tool.Id, "jobs", 1, acme.Now, new string('ä', 255)), Event(tool.Id, "jobs", 1, acme.Now, new string('a', 256)))).Counts(1, 0, "invalid");
    }

    [Fact]
    public async Task CloudEvents_come_one_by_one_or_in_batches()
    {
        var tool = await Tool();
        var one = CloudEvent(tool.Id, 3);

        (await Send("application/cloudevents+json", one)).Counts(1, 0);
        (await Send("application/cloudevents-batch+json; charset=utf-8", new JsonArray(one.DeepClone(), CloudEvent(tool.Id, 4)))).Counts(1, 1);

        Assert.Equal("7", (await acme.Billing(key, tool.Installation)).Used(tool.Id, "jobs"));
    }

    [Theory]
    [InlineData("specversion", "\"0.3\"")]
    [InlineData("source", null)]
    [InlineData("type", "\"\"")]
    [InlineData("data", "\"3\"")]
    [InlineData("data_base64", "\"Mw==\"")]
    public async Task A_CloudEvent_that_is_none_is_refused(string field, string? value)
    {
        var tool = await Tool();
        var bent = CloudEvent(tool.Id, 3).With(field, value is null ? null : JsonNode.Parse(value));

        Assert.Equal(field, (await Send("application/cloudevents+json", bent)).Counts(0, 0, "invalid")["refused"]![0]!["field"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"events\":{}}")]
    [InlineData("{\"events\":[")]
    [InlineData("{\"events\":[]} {}")]
    [InlineData("{\"events\":[],\"events\":[]}")]
    public async Task A_body_that_is_none_is_a_problem(string body) =>
        (await Send("application/json", body)).IsProblem(HttpStatusCode.BadRequest, "invalid-request");

    [Fact]
    public async Task Nothing_of_a_body_that_breaks_off_is_counted()
    {
        var tool = await Tool();
        var body = Batch(Event(tool.Id, "jobs", 1, acme.Now, "half-a-character")).ToJsonString();

        (await Send("application/json", body.Replace("half-a-character", "\\ud800", StringComparison.Ordinal))).Counts(0, 0, "invalid");
        (await Send("application/json", body[..^2])).IsProblem(HttpStatusCode.BadRequest, "invalid-request");

        Assert.Equal("0", (await acme.Billing(key, tool.Installation)).Used(tool.Id, "jobs"));
    }

    [Fact]
    public async Task Too_much_at_once_is_a_problem_and_so_is_another_media_type()
    {
        var tool = await Tool();
        var many = Batch([.. Enumerable.Range(0, 10_001).Select(_ => Event(tool.Id, "jobs", 1, acme.Now))]);
        (await Send("application/json", many)).IsProblem(HttpStatusCode.RequestEntityTooLarge, "payload-too-large");
        (await Send("application/json", new string(' ', 9 * 1024 * 1024), asksFirst: true)).IsProblem(HttpStatusCode.RequestEntityTooLarge, "payload-too-large");
        (await Send("text/csv", "id,resource")).IsProblem(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
    }

    [Fact]
    public async Task Ten_thousand_events_fit_into_one_request()
    {
        var tool = await Tool();
        (await Send("application/json", Batch([.. Enumerable.Range(0, 10_000).Select(_ => Event(tool.Id, "jobs", "0.000000001", acme.Now))]))).Counts(10_000, 0);
        Assert.Equal("0.00001", (await acme.Billing(key, tool.Installation)).Used(tool.Id, "jobs"));
    }

    [Fact]
    public async Task A_time_counts_as_the_moment_that_it_is_whatever_the_time_zone()
    {
        var tool = await Tool();
        var elsewhere = Event(tool.Id, "jobs", 1, acme.Now).With("time", acme.Now.ToOffset(TimeSpan.FromHours(-9.5)).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"));

        (await acme.Report(key, elsewhere)).Counts(1, 0);

        Assert.Equal(acme.Now.UtcDateTime, await acme.Ask<DateTime>("select used_at from usage_event where resource_id = $1", tool.Id));
    }

    [Fact]
    public async Task Whose_a_resource_is_may_be_said_and_then_must_be_right()
    {
        var (tool, other) = (await Tool(), await Tool());
        (await acme.Report(
            key, Event(tool.Id, "jobs", 1, acme.Now).With("installation", tool.Installation),
            Event(tool.Id, "jobs", 1, acme.Now).With("installation", other.Installation))).Counts(1, 0, "resource_unknown");
    }

    [Fact]
    public async Task A_batch_takes_two_round_trips_to_the_database_however_many_events_there_are()
    {
        var tool = await Tool();
        await acme.Report(key, Event(tool.Id, "jobs", 1, acme.Now), Event(tool.Id, "seats", 1, acme.Now));
        (await acme.Provide(HttpMethod.Get, "/key", key)).Is(HttpStatusCode.OK);
        var before = acme.Line.RoundTrips;

        (await acme.Report(
            key, [.. Enumerable.Range(0, 500).SelectMany(_ => new[] { Event(tool.Id, "jobs", 1, acme.Now), Event(tool.Id, "seats", 1, acme.Now) })])).Counts(1000, 0);

        // The key may be looked up once more in between.
        Assert.InRange(acme.Line.RoundTrips - before, 2, 3);
    }

    [Fact]
    public async Task The_event_itself_cannot_be_changed_afterwards()
    {
        var tool = await Tool();
        (await acme.Report(key, Event(tool.Id, "jobs", 1, acme.Now))).Counts(1, 0);

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => acme.Execute("update usage_event set quantity = 2"));
        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
    }

    private JsonObject CloudEvent(string resource, decimal quantity) => new()
    {
        ["specversion"] = "1.0",
        ["id"] = Guid.NewGuid().ToString(),
        ["source"] = "urn:backend",
        ["type"] = "com.example.usage",
        ["subject"] = resource,
        ["time"] = Text(acme.Now),
        ["datacontenttype"] = "application/json",
        ["data"] = new JsonObject { ["metric"] = "jobs", ["quantity"] = quantity },
    };

    /// <param name="asksFirst">Whether the body waits until the server wants it.</param>
    private async Task<Answer> Send(string mediaType, object body, bool asksFirst = false)
    {
        var content = new StringContent(body as string ?? ((JsonNode)body).ToJsonString(), Encoding.UTF8);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(mediaType);
        var request = new HttpRequestMessage(HttpMethod.Post, "/provider/v1/usage/events") { Content = content };
        request.Headers.Authorization = new("Bearer", key);
        request.Headers.ExpectContinue = asksFirst;
        return await acme.Send(request);
    }

    private async Task<Provisioned> Tool() => await acme.Provision(await acme.Install());
}
