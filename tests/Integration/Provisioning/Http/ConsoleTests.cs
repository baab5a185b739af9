using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Shell.Provisioning.Http;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Integration.Provisioning.Http;

/// <summary>The console of what a control plane makes. Source: contract §B.2.</summary>
public sealed class ConsoleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_typed_is_asked_of_the_control_plane_and_what_it_shows_is_shown()
    {
        await using var http = await HttpAcme.Open();
        var tool = await http.Acme.Provision(await http.Acme.Install(), "asked");
        http.Backroom.Plan("repl", "asked", new Mood.Says(StatusCodes.Status200OK, """
            {"blocks":[
              {"type":"paragraph","children":[{"text":"2 queues","bold":true},{"text":" in "},{"type":"text","text":"iad1","color":"green","href":"https://acme.example/iad1"}]},
              {"type":"table","header":[{"text":"name"},{"text":"jobs"}],"rows":[[{"text":"mail"},{"text":"7"}],[{"text":"bills"},{"text":"0"}]]}]}
            """));

        var shown = await Type(http, tool, "list queues");

        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse(
                    """
                    [{"type":"paragraph","children":[{"type":"text","text":"2 queues","bold":true},{"type":"text","text":" in "},
                        {"type":"text","text":"iad1","color":"green","href":"https://acme.example/iad1"}]},
                     {"type":"table","header":[{"type":"text","text":"name"},{"type":"text","text":"jobs"}],
                      "rows":[[{"type":"text","text":"mail"},{"type":"text","text":"7"}],[{"type":"text","text":"bills"},{"type":"text","text":"0"}]]}]
                    """),
                shown),
            shown.ToJsonString());
        var asked = http.Backroom.Last("repl");
        Assert.Equal(("list queues", false, tool.Id), ((string)asked.Json["input"]!, (bool)asked.Json["readOnly"]!, asked.Resource));
        Assert.Equal(asked.Id, asked.Operation);
        Assert.Null(asked.Json["callbackUrl"]);
    }

    [Theory]
    [InlineData(422, """{"status":"refused","reason":"There is no table of that name."}""", "There is no table of that name.")]
    [InlineData(501, "", "There is no console here.")]
    [InlineData(500, "", "The service gave no answer: whether the command was run is not known.")]
    [InlineData(401, "", "The service gave no answer: whether the command was run is not known.")]
    [InlineData(200, """{"status":"done"}""", "The service gave no answer: whether the command was run is not known.")]
    [InlineData(200, """{"blocks":[{"type":"table","header":[{"text":"a"}],"rows":[[]]}]}""", "The service gave no answer: whether the command was run is not known.")]
    [InlineData(200, """{"blocks":[{"type":"paragraph","children":[{"text":"x","href":"javascript:alert(1)"}]}]}""", "The service gave no answer: whether the command was run is not known.")]
    public async Task What_the_control_plane_does_not_do_is_said_in_the_console(int status, string body, string said)
    {
        await using var http = await HttpAcme.Open();
        var tool = await http.Acme.Provision(await http.Acme.Install(), "denied");
        http.Backroom.Plan("repl", "denied", new Mood.Says(status, body));

        var shown = await Type(http, tool, "drop table s3cret-of-the-customer");

        Assert.Equal(said, (string)Assert.Single(shown)!["children"]![0]!["text"]!);
        Assert.DoesNotContain(http.Acme.Server.Log.Lines, line => line.Contains("s3cret-of-the-customer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_that_is_sent_once_more_after_a_hiccup_has_the_same_id()
    {
        await using var http = await HttpAcme.Open(ControlPlaneLimits.Default with { FirstWait = TimeSpan.FromMilliseconds(1) });
        var tool = await http.Acme.Provision(await http.Acme.Install(), "stumbling");
        http.Backroom.Plan("repl", "stumbling", Mood.Broken);

        Assert.Equal("Heard.", (string)Assert.Single(await Type(http, tool, "run"))!["children"]![0]!["text"]!);

        Assert.Equal(2, http.Backroom.Questions.Count(asked => asked.Type == "repl"));
        Assert.Single(http.Backroom.Questions.Where(asked => asked.Type == "repl").Select(asked => asked.Operation).Distinct(StringComparer.Ordinal));
    }

    private static async Task<JsonArray> Type(HttpAcme http, Provisioned tool, string input)
    {
        var exchange = await http.Acme.Customer.RunReplCommand(tool.Installation, tool.Id, input, readOnly: null, Cancel);
        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
        return JsonNode.Parse(exchange.Body)!.AsArray();
    }
}
