using System.Text.Json.Nodes;
using Marketplace.Integration.Crashes;

namespace Marketplace.Integration.Webhooks;

/// <summary>What a person at the machine does about webhooks that had no effect.</summary>
public sealed class WebhookCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_given_up_is_listed_with_the_reason_and_processed_once_more()
    {
        await using var server = await RealServer.Start(Acme.Start);
        var installation = await server.Install();
        await server.Database.Execute(
            $$"""
            insert into webhook (installation_id, webhook_id, type, body, received_at, attempts, state, last_error, closed_at)
            select '{{installation}}', id, 'deployment.created', '{}', '2027-01-21T09:30:00Z', 12, 'dead', 'TimeoutException', now()
            from unnest(array['evt_1', 'evt_2']) as id
            """,
            Cancel);

        var (code, output, errors) = await server.Run("webhooks", "list");
        Assert.True(code == 0, errors);
        Assert.Contains($"{installation}  evt_1  deployment.created  dead  2027-01-21 09:30:00Z  12 attempts  TimeoutException", output, StringComparison.Ordinal);
        (code, output, errors) = await server.Run("webhooks", "list", "--installation", installation, "--json");
        Assert.True(code == 0, errors);
        Assert.Equal(
            ["evt_1", "evt_2"], JsonNode.Parse(output)!["webhooks"]!.AsArray().Select(webhook => webhook!["id"]!.GetValue<string>()));

        (_, output, _) = await server.Run("webhooks", "list", "--limit", "1", "--json");
        var cursor = JsonNode.Parse(output)!["nextCursor"]!.GetValue<string>();
        (_, output, errors) = await server.Run("webhooks", "list", "--limit", "1", "--cursor", cursor);
        Assert.True(output.Contains("evt_2", StringComparison.Ordinal) && !output.Contains("evt_1", StringComparison.Ordinal), output + errors);
        Assert.Empty(errors.Trim());
        Assert.Equal(2, (await server.Run("webhooks", "list", "--cursor", "nonsense")).Code);

        (code, output, errors) = await server.Run("webhooks", "show", installation, "evt_2", "--json");
        Assert.True(code == 0, errors);
        Assert.Equal("TimeoutException", JsonNode.Parse(output)!["lastError"]!.GetValue<string>());
        Assert.Equal("{}", (await server.Run("webhooks", "show", installation, "evt_2", "--body")).Output.Trim());
        Assert.Equal(2, (await server.Run("webhooks", "show", installation, "evt_3")).Code);

        Assert.Equal(1, (await server.Run("webhooks", "replay", installation)).Code);
        (code, _, errors) = await server.Run("webhooks", "replay", "icfg_of_nobody", "--reason", "mended");
        Assert.True(code == 2 && errors.Contains("No webhook was given up there", StringComparison.Ordinal), errors);
        (code, output, errors) = await server.Run("replay", "webhooks", installation, "--id", "evt_2", "--reason", "mended");
        Assert.True(code == 0 && output.Contains("1 webhook is processed once more", StringComparison.Ordinal), errors + output);
        await server.CaughtUp();

        Assert.Equal("processed", await server.Ask("select state from webhook where webhook_id = 'evt_2'"));
        Assert.Equal("dead", await server.Ask("select state from webhook where webhook_id = 'evt_1'"));
        Assert.Equal("mended", await server.Ask("select detail ->> 'reason' from domain_event where kind = 'webhook.Replayed'"));
    }
}
