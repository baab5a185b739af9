using Marketplace.Simulator.State;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Installations;

/// <summary>The end of an installation. Source: contract §E.5.</summary>
internal static class Finalization
{
    /// <summary>How long a provider has to send what is left to bill.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(24);

    /// <summary>The customer has uninstalled: resources and their plans end now, whatever the provider still does.</summary>
    public static Installation Request(Installation installation, DateTimeOffset now)
    {
        var leaving = installation with
        {
            Stage = InstallationStage.PendingDeletion,
            DeletionRequestedAt = now,
            Plans = installation.Plans.End(now),
        };
        return leaving.Resources.Values
            .Where(resource => resource.DeletedAt is null)
            .Aggregate(leaving, (left, resource) => left.With(resource.Delete(now)));
    }

    public static bool HasOpenInvoices(Installation installation) => installation.Invoices.Exists(invoice => invoice.IsOpen);

    /// <summary>After the last invoice is settled; a provider that does not want to wait asks for <c>billing/finalize</c>.</summary>
    public static readonly TimeSpan ClosingTime = TimeSpan.FromHours(1);

    /// <summary>When the window closes by itself, because the provider has said that nothing more will come; none where it has not.</summary>
    public static DateTimeOffset? ClosesAt(Installation installation) =>
        installation is { Stage: InstallationStage.PendingDeletion, IsClosing: true } ? LastInvoiceChange(installation) + ClosingTime : null;

    /// <summary>Finalizes when the window is over or the provider has sent its last invoice, and no invoice is open.</summary>
    public static VercelState Settle(VercelState state, string installationId, DateTimeOffset now)
    {
        var installation = state.Installations[installationId];
        var isOver = installation is { Stage: InstallationStage.PendingDeletion, DeletionRequestedAt: { } requestedAt }
            && (now >= requestedAt + Window || now >= ClosesAt(installation));
        return isOver && !HasOpenInvoices(installation) ? Complete(state, installation, now) : state;
    }

    public static VercelState Complete(VercelState state, Installation installation, DateTimeOffset now)
    {
        var leaving = installation.DeletionRequestedAt is null ? Request(installation, now) : installation;
        var gone = leaving with { Stage = InstallationStage.Finalized, FinalizedAt = now };
        return state.With(gone).Send(WebhookPayloads.InstallationRemoved(gone, now));
    }

    private static DateTimeOffset LastInvoiceChange(Installation installation) =>
        installation.Invoices.Where(invoice => invoice.Test is null).Max(invoice => invoice.UpdatedAt);
}
