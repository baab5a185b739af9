using System.Net.Http.Headers;
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

    [Fact]
    public async Task What_it_prints_is_what_the_Provider_API_answers()
    {
        await using var server = await RealServer.Start(Acme.Start, Repository.File("tests/Integration/crashes.catalog.json"));
        var installation = await server.Install();
        Assert.True((await server.Provision(installation, "db", Guid.NewGuid().ToString())).IsSuccess);
        server.Vercel.Clock.MoveTo(Acme.Start.AddMinutes(10));
        await server.CaughtUp();
        var (code, key, errors) = await server.Run("keys", "create", "--name", "Books", "--scope", "billing:read");
        Assert.True(code == 0, errors);
        using var http = new HttpClient { BaseAddress = server.Vercel.Provider };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
        var path = new Uri($"/provider/v1/installations/{installation}/statements/2027-01", UriKind.Relative);

        (code, var printed, errors) = await server.Run("statement", installation, "2027-01");
        Assert.True(code == 0, errors);
        var answered = JsonNode.Parse(await http.GetStringAsync(path, TestContext.Current.CancellationToken))!;
        // The invoice for signing up is on it.
        Assert.Single(answered["invoices"]!.AsArray());
        var same = JsonNode.Parse(printed)!;
        // The command knows the time for itself.
        same["asOf"] = answered["asOf"]!.DeepClone();
        Assert.True(JsonNode.DeepEquals(answered, same), $"{printed} is not {answered}");

        (code, printed, errors) = await server.Run("statement", installation, "2027-01", "--format", "csv");
        Assert.True(code == 0, errors);
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        Assert.Equal(await http.GetStringAsync(path, TestContext.Current.CancellationToken), printed.TrimEnd().ReplaceLineEndings("\r\n") + "\r\n");
    }
}
