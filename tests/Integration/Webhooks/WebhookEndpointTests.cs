using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Shell.Webhooks;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Integration.Webhooks;

/// <summary>POST /webhooks/vercel. Source: contract §F.</summary>
[Collection(SharedAcme.Name)]
public sealed class WebhookEndpointTests(Acme acme)
{
    [Fact]
    public async Task A_signed_webhook_is_stored_as_it_came_before_it_is_acknowledged()
    {
        var (id, installation) = (NewId(), Acme.NewInstallationId());
        var body = $$"""
            {"type": "marketplace.invoice.created", "id":"{{id}}",  "createdAt":1790000000000, "region":null,
              "payload":{"installationId":"{{installation}}","invoiceId":"mi_1","note":"ä \u0000 \ud800 /"} }
            """;

        Assert.Equal(HttpStatusCode.OK, (await acme.Webhook(body)).Status);

        Assert.Equal(body, await acme.Ask<string>("select body::text from webhook where installation_id = $1 and webhook_id = $2", installation, id));
        Assert.Equal("pending", await acme.Ask<string>("select state from webhook where webhook_id = $1", id));
    }

    [Fact]
    public async Task A_webhook_that_comes_again_is_acknowledged_and_stored_once()
    {
        var id = NewId();
        var first = Body(id, "deployment.created");

        var answers = await Task.WhenAll(acme.Webhook(first), acme.Webhook(first), acme.Webhook(first));
        await acme.Work("webhooks");
        var late = await acme.Webhook(first);

        Assert.All(answers.Append(late), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(["processed"], await acme.AskAll<string>("select state from webhook where webhook_id = $1", id));
    }

    [Fact]
    public async Task Many_that_come_at_the_same_moment_some_of_them_twice_are_each_stored_once()
    {
        var ids = Enumerable.Range(0, 150).Select(_ => NewId()).ToList();

        var answers = await Task.WhenAll(ids.Concat(ids.Take(50)).Select(id => acme.Webhook(Body(id, "deployment.created"))));
        await acme.Work("webhooks");

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(150, await acme.Ask<long>("select count(*) from webhook where webhook_id = any (string_to_array($1, ' ')) and state = 'processed'", string.Join(' ', ids)));
    }

    [Fact]
    public async Task One_that_waits_for_its_next_attempt_holds_up_nobody_and_one_whose_holder_died_is_found_again()
    {
        var (waiting, held, next) = (NewId(), NewId(), NewId());
        foreach (var id in new[] { waiting, held, next })
            await acme.Webhook(Body(id, "a.b"));
        await acme.Execute("update webhook set next_attempt_at = clock_timestamp() + interval '1 hour' where webhook_id = any (string_to_array($1, ' '))", string.Join(' ', [waiting, held]));

        await acme.Work("webhooks");
        Assert.Equal([next], await acme.AskAll<string>("select webhook_id from webhook where webhook_id = any (string_to_array($1, ' ')) and state = 'processed'", string.Join(' ', [waiting, held, next])));

        await acme.Execute("update webhook set next_attempt_at = clock_timestamp() where webhook_id = $1", held);
        await acme.Work("webhooks");
        Assert.Equal("processed", await acme.Ask<string>("select state from webhook where webhook_id = $1", held));
        Assert.Equal("pending", await acme.Ask<string>("select state from webhook where webhook_id = $1", waiting));
        await acme.Execute("update webhook set next_attempt_at = clock_timestamp() where webhook_id = $1", waiting);
    }

    [Fact]
    public async Task One_whose_payload_is_null_is_dead_at_once_and_not_tried_again()
    {
        var id = NewId();
        await acme.Webhook($$"""{"id":"{{id}}","type":"marketplace.invoice.paid","createdAt":1,"region":null,"payload":null}""");
        await acme.Work("webhooks");
        Assert.Equal("dead: payload is null.", await acme.Ask<string>("select state || ': ' || last_error from webhook where webhook_id = $1", id));
    }

    [Fact]
    public async Task One_that_cannot_be_read_is_dead_at_once_and_holds_up_nobody_who_came_with_it()
    {
        var (broken, next) = (NewId(), NewId());
        await acme.Webhook($$$"""{"id":"{{{broken}}}","type":"marketplace.invoice.paid","createdAt":9223372036854775807,"region":null,"payload":{"installationId":"icfg_x","invoiceId":"mi_1"}}""");
        await acme.Webhook(Body(next, "a.b"));

        await acme.Work("webhooks");

        Assert.Equal("dead: createdAt is no moment.", await acme.Ask<string>("select state || ': ' || last_error from webhook where webhook_id = $1", broken));
        Assert.Equal("processed", await acme.Ask<string>("select state from webhook where webhook_id = $1", next));
    }

    [Fact]
    public async Task What_had_its_end_is_forgotten_after_its_time_and_nothing_else_is()
    {
        var (old, dead, young) = (NewId(), NewId(), NewId());
        foreach (var id in new[] { old, dead, young })
            await acme.Webhook(Body(id, "a.b"));
        await acme.Work("webhooks");
        await acme.Execute("update webhook set received_at = received_at - interval '31 days' where webhook_id = any (string_to_array($1, ' '))", string.Join(' ', [old, dead]));
        await acme.Execute("update webhook set state = 'dead' where webhook_id = $1", dead);

        await acme.Work("webhook-retention");

        Assert.Equal(
            new[] { dead, young }.Order(StringComparer.Ordinal),
            await acme.AskAll<string>("select webhook_id from webhook where webhook_id = any (string_to_array($1, ' ')) order by webhook_id collate \"C\"", string.Join(' ', [old, dead, young])));
    }

    [Theory]
    [InlineData("deployment.created")]
    [InlineData("marketplace.invoice.invented")]
    [InlineData("something new")]
    public async Task A_type_that_nobody_knows_is_acknowledged_and_has_no_effect(string type)
    {
        var id = NewId();

        Assert.Equal(HttpStatusCode.OK, (await acme.Webhook(Body(id, type))).Status);
        await acme.Work("webhooks");

        Assert.Equal("processed", await acme.Ask<string>("select state from webhook where webhook_id = $1", id));
    }

    [Fact]
    public async Task The_installation_is_found_by_either_of_its_names_or_is_unknown()
    {
        var (one, other, none) = (NewId(), NewId(), NewId());

        await acme.Webhook($$$"""{"id":"{{{one}}}","type":"a.b","payload":{"installationId":"icfg_a"}}""");
        await acme.Webhook($$$$"""{"id":"{{{{other}}}}","type":"a.b","payload":{"configuration":{"id":"icfg_b"}}}""");
        await acme.Webhook($$"""{"id":"{{none}}","type":"a.b"}""");

        Assert.Equal("icfg_a", await acme.Ask<string>("select installation_id from webhook where webhook_id = $1", one));
        Assert.Equal("icfg_b", await acme.Ask<string>("select installation_id from webhook where webhook_id = $1", other));
        Assert.Equal("", await acme.Ask<string>("select installation_id from webhook where webhook_id = $1", none));
    }

    [Fact]
    public async Task A_signature_that_is_not_of_these_bytes_under_the_secret_is_refused_and_nothing_is_stored()
    {
        var id = NewId();
        var body = Body(id, "marketplace.invoice.paid");
        var right = WebhookDelivery.Sign(body, Acme.ClientSecret);

        (await acme.Webhook(body, signature: null)).IsForbidden();
        (await acme.Webhook(body, "")).IsForbidden();
        (await acme.Webhook(body, right.ToUpperInvariant())).IsForbidden();
        (await acme.Webhook(body, right[..^1])).IsForbidden();
        (await acme.Webhook(body, right + "0")).IsForbidden();
        (await acme.Webhook(body, "sha1=" + right)).IsForbidden();
        (await acme.Webhook(body, new string('g', 40))).IsForbidden();
        (await acme.Webhook(body, WebhookDelivery.Sign(body, "another secret"))).IsForbidden();
        (await acme.Webhook(body, WebhookDelivery.Sign(body + " ", Acme.ClientSecret))).IsForbidden();
        (await acme.Webhook(body + "\n", right)).IsForbidden();
        (await acme.Webhook("{", new string('0', 40))).IsForbidden();

        Assert.Equal(0, await acme.Ask<long>("select count(*) from webhook where webhook_id = $1", id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"whk_1\"}")]
    [InlineData("{\"id\":1,\"type\":\"a.b\"}")]
    [InlineData("{\"id\":\"whk_1\",\"type\":null}")]
    [InlineData("{\"id\":\"\\ud800\",\"type\":\"a.b\"}")]
    [InlineData("{\"id\":\"a\\u0000b\",\"type\":\"a.b\"}")]
    [InlineData("{\"id\":\"\",\"type\":\"a.b\"}")]
    public async Task A_signed_body_that_is_no_webhook_is_refused(string body) => (await acme.Webhook(body)).IsInvalid();

    [Fact]
    public async Task A_signed_body_that_is_no_UTF8_is_refused()
    {
        var bytes = Encoding.Latin1.GetBytes("""{"id":"whk_1","type":"a.b","note":"ä"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/vercel") { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("x-vercel-signature", Convert.ToHexStringLower(Hmac(bytes)));

        (await acme.Send(request)).IsInvalid();
    }

    [Fact]
    public async Task An_id_that_is_too_long_for_a_key_is_refused() =>
        (await acme.Webhook(Body(new string('x', 201), "a.b"))).IsInvalid();

    [Fact]
    public async Task A_webhook_of_almost_two_megabytes_is_taken()
    {
        var id = NewId();
        var large = new JsonObject { ["id"] = id, ["type"] = "a.b", ["padding"] = new string('x', WebhookEndpoint.BytesMax - 200) }.ToJsonString();

        Assert.Equal(HttpStatusCode.OK, (await acme.Webhook(large)).Status);
        Assert.Equal(large.Length, await acme.Ask<long>("select length(body::text) from webhook where webhook_id = $1", id));
    }

    [Fact]
    public async Task A_webhook_that_does_not_say_its_length_is_refused_as_soon_as_it_is_too_long()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/vercel") { Content = new ByteArrayContent(new byte[WebhookEndpoint.BytesMax + 1]) };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("x-vercel-signature", new string('0', 40));

        (await acme.Send(request)).IsRefusal(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
    }

    [Fact]
    public async Task A_webhook_without_end_is_refused_before_it_is_read_and_the_next_one_is_not()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/vercel") { Content = new ByteArrayContent(new byte[WebhookEndpoint.BytesMax + 1]) };
        // Whoever is asked first is told before a byte of it is sent.
        request.Headers.ExpectContinue = true;
        request.Headers.Add("x-vercel-signature", new string('0', 40));

        (await acme.Send(request)).IsRefusal(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");

        Assert.Equal(HttpStatusCode.OK, (await acme.Webhook(Body(NewId(), "a.b"))).Status);
    }

    private static string NewId() => $"whk_{Guid.NewGuid():N}";

    private static string Body(string id, string type) =>
        $$$"""{"id":"{{{id}}}","type":"{{{type}}}","createdAt":1790000000000,"region":null,"payload":{"installationId":"icfg_of_nobody"}}""";

#pragma warning disable CA5350 // The contract fixes SHA-1 for webhooks (§F).
    private static byte[] Hmac(byte[] body) => System.Security.Cryptography.HMACSHA1.HashData(Encoding.UTF8.GetBytes(Acme.ClientSecret), body);
#pragma warning restore CA5350
}
