using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Transfers;

/// <summary>What happened to a transfer.</summary>
public abstract record TransferEvent(ClaimId Id, DateTimeOffset At)
{
    public sealed record Offered(ClaimId Id, Seq<ResourceId> Resources, DateTimeOffset ExpiresAt, DateTimeOffset At)
        : TransferEvent(Id, At);

    public sealed record Quoted(ClaimId Id, InstallationId Target, ShownPlan Plan, DateTimeOffset At) : TransferEvent(Id, At);

    public sealed record Accepted(ClaimId Id, InstallationId Source, InstallationId Target, Seq<ResourceId> Resources, DateTimeOffset At)
        : TransferEvent(Id, At);
}
