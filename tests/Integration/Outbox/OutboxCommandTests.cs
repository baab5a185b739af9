using System.Text.Json.Nodes;
using Marketplace.Integration.Crashes;

namespace Marketplace.Integration.Outbox;

/// <summary>The outbox as an operator works with it.</summary>
public sealed class OutboxCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_could_not_be_delivered_is_listed_shown_and_sent_once_more()
    {
        await using var server = await RealServer.Start(Acme.Start);
        var installation = await server.Install();
        await server.Database.Execute(
            $"""
            insert into outbox_message (installation_id, kind, state, created_at, due_at, tries, last_error, last_status, last_answer, closed_at)
            values ('{installation}', 'installation_notice', 'dead', '2027-01-21T09:30:00Z', '2027-01-21T09:30:00Z', 3,
                '422: No.', 422, 'No.', now())
            """,
            Cancel);
        var sequence = (long)(await server.Ask("select max(sequence) from outbox_message"))!;

        var (code, output, errors) = await server.Run("outbox", "list", "--dead");
        Assert.True(code == 0, errors);
        Assert.Contains(
            $"{installation}  {sequence}  installation_notice  dead  2027-01-21 09:30:00Z  3 attempts  422: No.", output, StringComparison.Ordinal);
        (code, output, errors) = await server.Run("outbox", "list", "--installation", installation, "--json");
        Assert.True(code == 0, errors);
        Assert.Equal(sequence, JsonNode.Parse(output)!["messages"]![0]!["sequence"]!.GetValue<long>());

        // With another key it stops before it could make one of its own, with which no server would start any more.
        (code, output, errors) = await server.Run("outbox", "list", "--DataProtection:Key", Convert.ToBase64String(new byte[32]));
        Assert.True(code == 1 && errors.Contains("does not open with what is configured", StringComparison.Ordinal), output + errors);
        Assert.Equal(1L, await server.Ask("select count(*) from data_protection_key"));

        (code, output, errors) = await server.Run("outbox", "show", installation, $"{sequence}");
        Assert.True(code == 0, errors);
        Assert.Contains("Vercel answered 422: No.", output, StringComparison.Ordinal);
        (code, _, errors) = await server.Run("outbox", "show", installation, $"{sequence + 1}");
        Assert.True(code == 2 && errors.Contains("has no message", StringComparison.Ordinal), errors);

        (code, _, _) = await server.Run("outbox", "replay", installation);
        Assert.Equal(1, code);
        (code, output, errors) = await server.Run("outbox", "replay", installation, "--until", "2027-01-21T09:30Z", "--reason", "mended");
        Assert.True(code == 2 && errors.Contains("Nothing was given up there", StringComparison.Ordinal), errors + output);
        (code, output, errors) = await server.Run("outbox", "replay", installation, "--since", "2027-01-21T09:30Z", "--reason", "mended");
        Assert.True(code == 0 && output.Contains("1 message is sent once more", StringComparison.Ordinal), errors + output);
        await server.CaughtUp();

        (code, output, errors) = await server.Run("outbox", "list", "--dead");
        Assert.True(code == 0 && output.Contains("There is none.", StringComparison.Ordinal), errors + output);
        (code, _, _) = await server.Run("outbox", "replay", installation, "--sequence", $"{sequence}", "--reason", "mended");
        Assert.Equal(2, code);
        Assert.Equal(
            $"operator:{Environment.UserName} outbox replay mended",
            await server.Ask("select actor || ' ' || cause || ' ' || (detail ->> 'reason') from domain_event where kind = 'outbox.Replayed'"));
    }
}
