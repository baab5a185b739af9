using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Shell.Credentials;

/// <summary>
/// POST /provider/v1/installations/{id}/credentials/rotate: has the token with which we call Vercel replaced. No token is in the answer.
/// </summary>
internal static class RotateCredentialsEndpoint
{
    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(
        ProviderScopes.CredentialsWrite,
        async (string installationId, ProviderCaller caller, RotationRequests requests, CancellationToken cancel) =>
            Answer(await requests.Request(new InstallationId(installationId), Actor.Of(caller, "rotation"), cancel)));

    private static IResult Answer(RotationAnswer answer) =>
        answer switch
        {
            RotationAnswer.Requested => TypedResults.Accepted(uri: (string?)null, new RotationWire("requested")),
            RotationAnswer.NoInstallation(var id) => ProviderProblems.NotFound($"There is no installation {id}."),
            RotationAnswer.InstallationLeaves(var id) => ProviderProblems.Conflict(
                $"Installation {id} is uninstalled, and its token dies with it.", "installation_uninstalled"),
            RotationAnswer.NoToken(var id) => ProviderProblems.Conflict(
                $"Vercel has said that installation {id} is over: it has no token any more.", "no_token"),
            _ => throw new UnreachableException(answer.GetType().Name),
        };

    private sealed record RotationWire(string Rotation);
}
