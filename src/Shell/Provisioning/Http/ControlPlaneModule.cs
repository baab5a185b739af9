using Carter;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>What the provider's control plane tells us by itself. It signs as we do, so that it needs no key beside the secrets that it has.</summary>
internal sealed class ControlPlaneModule : CarterModule
{
    public const string Root = "/control-plane";

    public const string Outcome = Root + "/v1/operations/{installationId}/{operationId}/outcome";

    public ControlPlaneModule() => Post(Outcome, TellOutcomeEndpoint.Route);
}
