using System.Text.Json.Nodes;
using Marketplace.Integration.Crashes;

namespace Marketplace.Integration.Statements;

/// <summary>A statement as a person at the machine asks for it.</summary>
public sealed class StatementCommandTests
{
    [Fact]
    public async Task It_prints_the_statement_and_the_exit_code_says_whether_there_is_one_that_adds_up()
    {
        await using var server = await RealServer.Start(Acme.Start);
        var installation = await server.Install();

        var (code, output, errors) = await server.Run("statement", installation, "2027-01");
        Assert.True(code == 0, errors);
        var json = JsonNode.Parse(output)!;
        Assert.Equal(installation, json["installationId"]!.GetValue<string>());
        Assert.Equal("0.00", json["reconciliation"]!["difference"]!.GetValue<string>());

        (code, output, errors) = await server.Run("statement", installation, "2027-01-01", "--format", "csv");
        Assert.True(code == 0, errors);
        // What is read of a process is read line by line.
        Assert.NotEmpty(CsvTable.Read(output.TrimEnd().ReplaceLineEndings("\r\n") + "\r\n").Of("reconciliation", "amount"));

        (code, output, errors) = await server.Run("statement", installation, "2026-12");
        Assert.Equal((2, ""), (code, output.Trim()));
        Assert.Contains("2026-12", errors, StringComparison.Ordinal);
        (code, _, errors) = await server.Run("statement", "icfg_nobody", "2027-01");
        Assert.Equal(2, code);
        Assert.Contains("icfg_nobody", errors, StringComparison.Ordinal);
    }
}
