using System.Text.Json;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.OperatorConsole.Queues;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>What the console shows of what others have sent: not what they call a secret, however it is written and wherever it breaks off.</summary>
public sealed class RedactedTests
{
    [Theory]
    [InlineData("""{"password":"hide-me"}""")]
    [InlineData("""{"credentials":{"user":"hide-me","more":{"number":12345678,"deep":["hide-me"]}}}""")]
    [InlineData("""{"passwords":["hide-me","hide-me"]}""")]
    [InlineData("""{"secrets":[{"name":"A","value":"hide-me"}]}""")]
    [InlineData("""{"a":{"client_secret":"hide-me"},"apiKey":12345678}""")]
    [InlineData("""[{"access-token":"hide-me"}]""")]
    [InlineData("""{"message":"the answer was {\"password\":\"hide-me\"}"}""")]
    [InlineData("""{"message":"client_secret=hide-me and access_token: hide-me"}""")]
    [InlineData("""{"body":"{\"body\":\"{\\\"token\\\":\\\"hide-me\\\"}\"}"}""")]
    [InlineData("""<p>{"token": "hide-me"}</p>""")]
    [InlineData("""{'token': 'hide-me'}""")]
    [InlineData("""{"credentials": {user: "hide-me", "more": "hide-me"}}""")]
    [InlineData("""{"broken":"\ud800","password":"hide-me"}""")]
    [InlineData("""{"one":1}{"password":"hide-me"}""")]
    [InlineData("password=hide-me\nAuthorization: Basic hide-me")]
    [InlineData("postgres://me:hide-me@db.example/x with Bearer hide-me-hide-me")]
    public void What_may_be_secret_is_hidden_in_JSON_and_in_what_is_like_it(string text)
    {
        IsHidden(text);
        // Wherever it breaks off.
        for (var length = 1; length < text.Length; length++)
            IsHidden(text[..length]);
    }

    [Fact]
    public void Of_a_long_answer_that_is_kept_as_far_as_it_goes_no_secret_is_shown()
    {
        var filling = string.Join(",", Enumerable.Range(0, 300).Select(number => $$$"""{"line":{{{number}}},"password":"hide-me-{{{number}}}","tokens":{"of":["hide-me"]}}"""));
        var answer = Setback.Of("answered 500", 500, $$"""{"why":"the disk is full","all":[{{filling}}]}""").Answer!;
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(answer).Dispose());

        var shown = Redacted.Of(answer);

        Assert.DoesNotContain("hide-me", shown, StringComparison.Ordinal);
        Assert.Contains("\"why\": \"the disk is full\"", shown, StringComparison.Ordinal);
        Assert.Contains("\"line\": 20", shown, StringComparison.Ordinal);
        Assert.EndsWith("…", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_secret_is_shown_and_what_we_have_hidden_already_still_says_so()
    {
        var shown = Redacted.Request("""
            PATCH v1/installations/icfg_1/resources/r_1
            {"status":"ready","code":404,"paid":true,"none":null,"secrets":[{"name":"A","value":"[secret]"}],"after":["12","see https://example.com/a:b"]}
            """);

        Assert.Equal(
            """
            PATCH v1/installations/icfg_1/resources/r_1
            {
              "status": "ready",
              "code": 404,
              "paid": true,
              "none": null,
              "secrets": [
                {
                  "name": "[hidden]",
                  "value": "[secret]"
                }
              ],
              "after": [
                "12",
                "see https://example.com/a:b"
              ]
            }
            """,
            shown);
        Assert.Equal("The token has expired. Error code: 404", Redacted.Of("The token has expired. Error code: 404"));
    }

    /// <summary>Whoever finds a text that takes for ever to look through shall not see what is in it.</summary>
    [Fact]
    public void What_cannot_be_looked_through_in_time_is_hidden_as_a_whole() =>
        Assert.Equal("[hidden]", Redacted.Of($"password: \\\"{new string('\\', 2_000_000)} hide-me"));

    private static void IsHidden(string text)
    {
        var shown = Redacted.Of(text);
        // Of a word that breaks off, its beginning is the least that would be shown.
        Assert.False(shown.Contains("hide", StringComparison.Ordinal) || shown.Contains("12345678", StringComparison.Ordinal), $"{text}\n→ {shown}");
    }
}
