using Marketplace.Simulator.Api;

namespace Marketplace.Integration.Crashes;

/// <summary>SIGKILL in the middle of a rotation that a person asked for: the token that is used works, and the old one is revoked in the end.</summary>
public sealed class RotationCrashTests
{
    [Fact]
    public async Task A_rotation_by_command_goes_on_after_the_server_was_killed()
    {
        await using var server = await RealServer.Start(Acme.Start, Repository.File("tests/Integration/crashes.catalog.json"));
        var installation = await server.Install();
        server.Vercel.Disturbances.Plan(
            HttpMethod.Post, $"{installation}/credentials/revoke", new Disturbance { Until = new TaskCompletionSource().Task });

        var (code, output, errors) = await server.Run("credentials", "rotate", installation);
        Assert.True(code == 0, errors);
        Assert.DoesNotContain(server.Vercel.State.Installations[installation].Tokens[0].Value, output + errors, StringComparison.Ordinal);
        await RealTime.Until(
            async () => await server.Ask("select former_access_token is not null from installation where installation_id = $1", installation) is true,
            "the new token is used");
        await server.KillAndStart();
        // Whoever held it has not been heard of for too long.
        await server.Ask(
            "update installation set rotation_next_attempt_at = '-infinity' where installation_id = $1 returning installation_id", installation);
        await RealTime.Until(
            async () => await server.Ask("select rotation_open from installation where installation_id = $1", installation) is false,
            "the rotation is at its end");

        Assert.Equal(
            [false, true], server.Vercel.State.Installations[installation].Tokens.Select(token => token.RevokedAt is null));
        (code, _, errors) = await server.Run("credentials", "rotate", "icfg_nobody");
        Assert.Equal(2, code);
        Assert.Contains("icfg_nobody", errors, StringComparison.Ordinal);
    }
}
