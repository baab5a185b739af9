using System.CommandLine;
using System.Text.RegularExpressions;
using Marketplace.Shell.Configuration;

namespace Marketplace.Integration.Configuration;

/// <summary>The command line as a whole: what is true of every command, whichever family it is of.</summary>
public sealed partial class CommandLineTests
{
    private static readonly CommandLine Line = Shell.Program.Commands();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Every command that does something, as it is typed.</summary>
    public static TheoryData<string> Commands => [.. Leaves(Line.Root, "").Select(leaf => leaf.Words)];

    [Fact]
    public void Every_command_says_what_it_does_what_it_takes_and_how_it_ends() =>
        Assert.All(Leaves(Line.Root, ""), leaf =>
        {
            var command = Assert.IsType<OperatorCommand>(leaf.Command);
            Assert.NotEqual("done", command.Done);
            Assert.NotEmpty(command.ExampleLines);
            Assert.All(
                command.Arguments.Select(argument => argument.Description).Concat(command.Options.Select(option => option.Description)).Append(command.Description),
                text => Assert.Matches("^[A-Z\"].*[.]$", text ?? ""));
        });

    [Fact]
    public void Every_example_is_a_command_line_that_works() =>
        Assert.All(Leaves(Line.Root, ""), leaf => Assert.All(((OperatorCommand)leaf.Command).ExampleLines, example =>
        {
            // What follows an arrow is the shell's.
            var parsed = Line.Parse([.. Words().Matches(example).Select(word => word.Value.Trim('\'', '"')).TakeWhile(word => word is not (">" or "<"))]);
            Assert.True(parsed.Errors.Count == 0 && parsed.UnmatchedTokens.Count == 0 && parsed.CommandResult.Command == leaf.Command, example);
        }));

    [Fact]
    public void Whatever_lists_or_shows_something_can_do_so_as_JSON() =>
        Assert.All(
            Leaves(Line.Root, "").Where(leaf => leaf.Command.Name is "list" or "show"),
            leaf => Assert.Contains(leaf.Command.Options, option => option.Name == "--json"));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_is_there_without_any_configuration_and_a_slip_is_said_in_one_line(string words)
    {
        var (code, output, errors) = await Run([.. words.Split(' '), "--help"]);
        Assert.True(code == 0 && errors.Length == 0, errors);
        Assert.Contains($"Usage: {words} ", output, StringComparison.Ordinal);
        Assert.Contains($"Examples:\n  {words}", output, StringComparison.Ordinal);
        Assert.Contains("Exit codes:\n  0  ", output, StringComparison.Ordinal);
        Assert.Contains("\n  1  it could not run", output, StringComparison.Ordinal);

        (code, output, errors) = await Run([.. words.Split(' '), "--nonsense", "x"]);
        Assert.Equal((1, ""), (code, output));
        Assert.Matches($"^[^\n]+ See {words} --help[.]$", errors);
    }

    [Theory]
    [InlineData("drift --instalation icfg_1", "There is no option --instalation, and no configuration key of that name. See drift --help.")]
    [InlineData("drift icfg_1", "drift takes no \"icfg_1\". See drift --help.")]
    [InlineData("outbox", "outbox wants one of its commands: list, show, replay. See outbox --help.")]
    [InlineData("outbox lst", "outbox wants one of its commands: list, show, replay. See outbox --help.")]
    [InlineData("outbox replay icfg_1", "Option '--reason' is required. See outbox replay --help.")]
    [InlineData("outbox list --limit 0", "--limit is from 1 to 10000. See outbox list --help.")]
    [InlineData("webhooks list --dead --pending", "--dead and --pending are two lists. See webhooks list --help.")]
    [InlineData("fly", "There is no command \"fly\". See --help.")]
    [InlineData("migrate --Vercel:Slug", "--Vercel:Slug has no value. See migrate --help.")]
    public async Task A_slip_of_the_keyboard_stops_a_command_before_it_does_anything(string line, string says) =>
        Assert.Equal((1, "", says), await Run(line.Split(' ')));

    [Fact]
    public async Task The_version_is_known() => Assert.Matches(@"^\d+\.\d+\.\d+", (await Run(["--version"])).Output);

    [GeneratedRegex("""'[^']*'|"[^"]*"|\S+""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();

    private static IEnumerable<(string Words, Command Command)> Leaves(Command command, string words) =>
        command.Subcommands.Count == 0
            ? [(words, command)]
            : command.Subcommands.SelectMany(one => Leaves(one, words.Length == 0 ? one.Name : $"{words} {one.Name}"));

    private static async Task<(int Code, string Output, string Errors)> Run(string[] words)
    {
        await using var process = ServerProcess.Start(words, new Dictionary<string, string>(StringComparer.Ordinal));
        var code = await process.Ended(Cancel);
        return (code, process.Output.Trim(), process.Errors.Trim());
    }
}
