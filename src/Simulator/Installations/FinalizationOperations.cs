using Marketplace.Simulator.Api;

namespace Marketplace.Simulator.Installations;

/// <summary>Contract D.8 <c>billing/finalize</c> and §E.5.</summary>
internal static class FinalizationOperations
{
    public static VercelDecision Finalize(VercelRequest request)
    {
        if (request.Installation.Stage != InstallationStage.PendingDeletion)
        {
            return request.Answer(ApiAnswer.BadRequest("The installation is not pending deletion; there is nothing to finalize."));
        }

        return Finalization.HasOpenInvoices(request.Installation)
            ? request.Answer(ApiAnswer.Refusal(
                StatusCodes.Status400BadRequest, "open_invoices", "Invoices are open; finalize once they are settled."))
            : new(Finalization.Complete(request.State, request.Installation, request.Now), ApiAnswer.NoContent);
    }
}
