using Marketplace.Simulator.Api;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Demo;

/// <summary>What goes wrong between two systems, and comes right again.</summary>
internal sealed partial class CustomerLife
{
    private async Task MendWhatVercelShows(CancellationToken cancel)
    {
        transcript.Step("Vercel shows what is not so any more, and is told everything once more");
        var (secret, status) = (Secret(Database), Resource.Status);
        vercel.Change(state => state.With(Installation.With(Resource with { Status = "error", Secrets = [] })));
        transcript.Check("the drift report says so", 2, await operators("drift"));
        transcript.Check("a resync of the installation is on its way", 0, await operators("resync", installationId));
        await Eventually("the secrets are back", () => Resource.Secrets.Exists(kept => kept.Value == secret), isBack => isBack, cancel);
        await Eventually("so is the status", () => Resource.Status, shown => shown == status, cancel);
        TellCallsBack();
        transcript.Check("nothing differs any more", 0, await operators("drift"));
    }

    /// <summary>The next invoice arrives, but its answer does not; and the webhook that says it is paid comes twice.</summary>
    private void DisturbTheInvoice()
    {
        vercel.Disturbances.Plan(HttpMethod.Post, $"{installationId}/billing/invoices", new Disturbance { LosesAnswer = true });
        vercel.WebhookDisturbances.Add(new WebhookRule(new WebhookDisturbance.Twice(), "marketplace.invoice.paid", Times: 1));
    }

    private void CheckTheDisturbances()
    {
        transcript.Check(
            "the answer to it was lost", CallsTo("/billing/invoices").Any(call => call.IsDisturbed), "a call without an answer", "none");
        var paid = vercel.State.Webhooks.Find(webhook => webhook.Type == "marketplace.invoice.paid" && webhook.Attempts.Count > 1);
        transcript.Check("the provider took the webhook that came twice both times", 2, paid?.Attempts.Count(attempt => attempt.IsAccepted) ?? 0);
        transcript.Check("there is still one invoice", 1, Installation.Invoices.Count);
    }
}
