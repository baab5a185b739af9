namespace Marketplace.Simulator.Conformance;

/// <summary>The operations of the Partner API. Source: contract §B.</summary>
internal enum PartnerOperation
{
    UpsertInstallation,
    GetInstallation,
    UpdateInstallation,
    DeleteInstallation,
    ProvisionResource,
    GetResource,
    UpdateResource,
    DeleteResource,
    RotateSecrets,
    RunReplCommand,
    ListProductPlans,
    ListResourcePlans,
    ListInstallationPlans,
    ProvisionPurchase,
    CreateTransfer,
    VerifyTransfer,
    AcceptTransfer,
}
