using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Integration.Postgres;
using Marketplace.Shell.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Marketplace.Integration.Http;

/// <summary>What a caller gets when something is wrong, on either side. Source: contract §B.0.</summary>
public sealed class ErrorAnswerTests(ErrorAnswerTests.Fixture fixture) : IClassFixture<ErrorAnswerTests.Fixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_path_that_does_not_exist_is_a_404_in_the_documented_shape() =>
        await IsError(await fixture.Server.Http.GetAsync("/v1/nowhere", Cancel), HttpStatusCode.NotFound, "not_found");

    [Fact]
    public async Task A_method_that_a_path_does_not_answer_is_a_405() =>
        await IsError(await fixture.Server.Http.DeleteAsync("/order", Cancel), HttpStatusCode.MethodNotAllowed, "method_not_allowed");

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"name\":\"a\",\"price\":1} trailing")]
    [InlineData("{\"name\":\"a\"}")]
    [InlineData("{\"name\":null,\"price\":1}")]
    [InlineData("{\"name\":7,\"price\":1}")]
    [InlineData("{\"name\":\"a\",\"price\":\"1\"}")]
    [InlineData("{\"name\":\"a\",\"price\":1e99}")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\",\"price\":1}")]
    [InlineData("\ud800")]
    public async Task A_body_that_is_not_what_it_should_be_is_a_400(string body)
    {
        var error = await IsError(await Post("/order", body), HttpStatusCode.BadRequest, "validation_error");

        Assert.DoesNotContain("System.", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_nested_without_end_is_a_400() =>
        await IsError(
            await Post("/order", string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + new string('}', 5000)),
            HttpStatusCode.BadRequest, "validation_error");

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task A_body_is_read_as_JSON_whatever_its_content_type_says(string? contentType)
    {
        using var content = new ByteArrayContent("\uFEFF{\"name\":\"ä\",\"price\":0.10,\"new\":{}}"u8.ToArray());
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);

        using var answer = await fixture.Server.Http.PostAsync("/order", content, Cancel);

        Assert.Equal("{\"name\":\"ä\",\"price\":0.10}", Unescape(await answer.Content.ReadAsStringAsync(Cancel)));
    }

    [Theory]
    [InlineData("79228162514264337593543950335")]
    [InlineData("0.0000000000000000000000000001")]
    [InlineData("12.50")]
    public async Task Decimals_keep_every_digit_in_both_directions(string price)
    {
        using var answer = await Post("/order", $"{{\"name\":\"a\",\"price\":{price}}}");

        Assert.Contains($"\"price\":{price}}}", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_the_limit_is_a_413_and_one_at_the_limit_is_read(bool chunked)
    {
        const string Frame = "{\"name\":\"\",\"price\":1}";
        var fits = Frame.Insert(9, new string('x', BodyLimits.BytesMax - Frame.Length));

        using var read = await Send("/order", fits, chunked);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);

        using var refused = await Send("/order", fits.Insert(9, "x"), chunked);
        await IsError(refused, HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
        using var after = await Post("/order", "{\"name\":\"a\",\"price\":1}");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task The_raw_bytes_of_a_body_reach_a_handler_unchanged()
    {
        var bytes = Encoding.UTF8.GetBytes(" { \"b\" : 1,\n\t\"a\" : \"\\u00e4\" } ");
        using var content = new ByteArrayContent(bytes);

        using var answer = await fixture.Server.Http.PostAsync("/echo", content, Cancel);

        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task An_absent_body_is_absent_where_the_contract_lets_it_be()
    {
        using var absent = await Post("/maybe", "");
        using var present = await Post("/maybe", "{\"name\":\"a\",\"price\":1}");

        Assert.Equal("none", await absent.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("a", await present.Content.ReadAsStringAsync(Cancel));
        await IsError(await Post("/maybe", "{"), HttpStatusCode.BadRequest, "validation_error");
    }

    [Fact]
    public async Task A_fault_is_a_500_with_a_reference_that_the_log_has_once_and_nothing_of_the_inside()
    {
        var error = await IsError(
            await fixture.Server.Http.GetAsync("/fault", Cancel), HttpStatusCode.InternalServerError, "internal_error");

        var reference = error["message"]!.GetValue<string>().Split(' ')[^1].TrimEnd('.');
        Assert.DoesNotContain("of the inside", error.ToJsonString(), StringComparison.Ordinal);
        Assert.Single(fixture.Server.Log.Lines, line =>
            line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("of the inside", StringComparison.Ordinal));
        Assert.Single(fixture.Server.Log.Lines, line =>
            line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(reference, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_database_is_a_503_and_the_server_goes_on_when_it_is_back()
    {
        await using var database = await TestDatabase.Create(Cancel);
        await using var line = new CuttableLine(database.ConnectionString);
        await using var server = await TestServer.Start(
            new TestServerOptions { ConnectionString = line.ConnectionString, Routes = Fixture.Map }, Cancel);
        Assert.Equal("1", await server.Http.GetStringAsync("/database", Cancel));

        line.Cut();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var answer = await server.Http.GetAsync("/database", Cancel);
            await IsError(answer, HttpStatusCode.ServiceUnavailable, "unavailable");
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        line.Mend();
        Assert.Equal("1", await server.Http.GetStringAsync("/database", Cancel));
    }

    [Fact]
    public async Task A_connection_that_the_database_ends_in_the_middle_of_a_request_is_a_503() =>
        await IsError(await fixture.Server.Http.GetAsync("/ended", Cancel), HttpStatusCode.ServiceUnavailable, "unavailable");

    [Fact]
    public async Task Every_refusal_has_its_status_its_code_and_what_the_customer_may_read()
    {
        var error = await IsError(await fixture.Server.Http.GetAsync("/refused", Cancel), HttpStatusCode.Conflict, "conflict");
        Assert.Equal("Wait.", error["user"]!["message"]!.GetValue<string>());
        Assert.Null(error["user"]!["url"]);

        error = await IsError(await fixture.Server.Http.GetAsync("/invalid", Cancel), HttpStatusCode.BadRequest, "validation_error");
        Assert.Equal("""[{"key":"region","message":"Choose one."},{"key":"size"}]""", error["fields"]!.ToJsonString());
    }

    private static string Unescape(string json) => json.Replace("\\u00E4", "ä", StringComparison.Ordinal);

    private async Task<HttpResponseMessage> Post(string path, string body) => await Send(path, body, chunked: false);

    private async Task<HttpResponseMessage> Send(string path, string body, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = chunked ? true : null;
        return await fixture.Server.Http.SendAsync(request, Cancel);
    }

    private static async Task<JsonNode> IsError(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {text}");
        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Equal(code, error["code"]!.GetValue<string>());
        Assert.NotEmpty(error["message"]!.GetValue<string>());
        return error;
    }

    private sealed record Order(string Name, decimal Price, string? Note);

    public sealed class Fixture : IAsyncLifetime
    {
        public TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Server = await TestServer.Start(new TestServerOptions { Routes = Map }, Cancel);

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        public static void Map(WebApplication app)
        {
            app.MapPost("/order", HandlerDelegate.Create((JsonBody<Order> body) => body.Value));
            app.MapPost("/maybe", HandlerDelegate.Create((OptionalJsonBody<Order> body) => body.Value?.Name ?? "none"));
            app.MapPost("/echo", HandlerDelegate.Create((RawBody body) => Results.Bytes(body.Bytes)));
            app.MapGet("/fault", HandlerDelegate.Create(IResult () => throw new InvalidOperationException("a secret of the inside")));
            app.MapGet("/refused", HandlerDelegate.Create(() => PartnerResults.Conflict("Busy.", new PartnerErrorUser("Wait."))));
            app.MapGet("/invalid", HandlerDelegate.Create(() =>
                PartnerResults.ValidationError("Two fields.", new PartnerErrorField("region", "Choose one."), new PartnerErrorField("size"))));
            app.MapGet("/database", HandlerDelegate.Create((NpgsqlDataSource database, CancellationToken cancel) => Ask(database, "select 1", cancel)));
            app.MapGet("/ended", HandlerDelegate.Create((NpgsqlDataSource database, CancellationToken cancel) =>
                Ask(database, "select pg_terminate_backend(pg_backend_pid())::int", cancel)));
        }

        private static async Task<string> Ask(NpgsqlDataSource database, string sql, CancellationToken cancel)
        {
            await using var command = database.CreateCommand(sql);
            return $"{await command.ExecuteScalarAsync(cancel)}";
        }
    }
}
