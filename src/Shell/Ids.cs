using Marketplace.Core;
using Marketplace.Core.Balances;
using Marketplace.Core.Installations;
using Marketplace.Core.Refunds;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;

namespace Marketplace.Shell;

/// <summary>New ids: opaque to everyone else, ordered by time so that indexes grow at their end.</summary>
internal static class Ids
{
    public static ResourceId Resource() => new($"res_{Guid.CreateVersion7():N}");

    public static OperationId Operation() => new($"op_{Guid.CreateVersion7():N}");

    public static AdjustmentId Adjustment() => new($"adj_{Guid.CreateVersion7():N}");

    public static RefundId Refund() => new($"rfd_{Guid.CreateVersion7():N}");

    /// <summary>Whoever has it may look, so that it is all chance.</summary>
    public static ClaimId Claim(InstallationId source) => ClaimId.Of(source, Guid.NewGuid().ToString("N"));
}
