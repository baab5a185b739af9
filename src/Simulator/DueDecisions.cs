using Marketplace.Simulator.Deployments;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator;

/// <summary>What the passing of time decides, without any call.</summary>
internal sealed class DueDecisions(InvoiceTimeline timeline)
{
    /// <summary>The state at the given time, and whether anything changed.</summary>
    public (VercelState Next, bool HasChanged) Decide(VercelState state, DateTimeOffset now)
    {
        var next = state;
        foreach (var installation in state.Installations.Values)
        {
            foreach (var invoice in installation.Invoices.Where(invoice => invoice.NextChangeAt <= now))
            {
                var (moved, announced) = timeline.Advance(invoice, installation.Payment, now);
                next = next
                    .With(next.Installations[installation.Id].With(moved))
                    .Send(announced.Select(to => WebhookPayloads.InvoiceChanged(installation, moved, to, now)));
            }

            next = Finalization.Settle(next, installation.Id, now);
        }

        next = state.Deployments.Values.Aggregate(next, (so, deployment) => DeploymentProgress.PassTime(so, deployment, now));
        return (next, !ReferenceEquals(next, state));
    }
}
