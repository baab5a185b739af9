using Marketplace.Simulator.Demo;

namespace Marketplace.Integration.Simulator;

/// <summary>The demo itself is run by <c>./run demo</c>; here is what it must not do.</summary>
public sealed class DemoTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_does_not_start_fails_the_demo()
    {
        var (code, told) = await Play("exit 3");

        Assert.Equal(1, code);
        Assert.Contains("came:     it ended with code 3", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_answers_nonsense_fails_the_demo_with_what_was_expected_and_what_came()
    {
        await using var nonsense = await TinyProvider.Start(Cancel);

        var (code, told) = await Play($"echo 'Now listening on: {nonsense.BaseUrl}'; exec sleep 60");

        Assert.Equal(1, code);
        Assert.Contains("not so  Get Installation succeeds", told, StringComparison.Ordinal);
        Assert.Contains("expected: a documented success", told, StringComparison.Ordinal);
        Assert.Contains("-> 404", told, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', told);
    }

    [Theory]
    [InlineData("dotnet server.dll", "dotnet|server.dll")]
    [InlineData("dotnet '/a path/server.dll' --role all", "dotnet|/a path/server.dll|--role|all")]
    [InlineData("  dotnet   \"x y\"z ", "dotnet|x yz")]
    public void A_command_in_one_text_is_split_at_its_spaces(string text, string words) =>
        Assert.Equal(words, string.Join('|', ServerCommand.Split([text])));

    private static async Task<(int Code, string Told)> Play(string script)
    {
        await using var told = new StringWriter();
        var code = await DemoRun.Play(["sh", "-c", script], clock => Transcript.Plain(told, clock), Cancel);
        return (code, told.ToString());
    }
}
