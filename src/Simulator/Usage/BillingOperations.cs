using Marketplace.Simulator.Api;

namespace Marketplace.Simulator.Usage;

/// <summary>Contract D.7.</summary>
internal static class BillingOperations
{
    public static VercelDecision Submit(VercelRequest request)
    {
        var submission = BillingSubmission.Read(request.Body);
        if (BillingRules.Refusal(submission, request.Now) is { } refusal)
        {
            return request.Answer(ApiAnswer.BadRequest(refusal));
        }

        var installation = request.Installation;
        var next = request.State
            .With(installation with { Billing = installation.Billing.Add(submission, request.Now) })
            .Add(BillingRules.Findings(submission, installation, request.Now));
        return new(next, ApiAnswer.Created);
    }
}
