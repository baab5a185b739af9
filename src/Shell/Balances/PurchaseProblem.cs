using System.Diagnostics;
using Marketplace.Core.Balances;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;

namespace Marketplace.Shell.Balances;

/// <summary>The one place that gives each refusal of a purchase its status, its code and its sentence.</summary>
internal static class PurchaseProblem
{
    public static PartnerErrorResult From(PurchaseRejection rejection) =>
        rejection switch
        {
            PurchaseRejection.InstallationBeingUninstalled going =>
                InstallationProblem.From(new InstallationRejection.BeingUninstalled(going.Id)),
            PurchaseRejection.InstallationFinalized gone =>
                InstallationProblem.From(new InstallationRejection.AlreadyFinalized(gone.Id)),
            PurchaseRejection.NotPaid unpaid => PartnerResults.Conflict(
                $"The invoice {unpaid.Invoice} is not paid: Vercel says '{unpaid.State}'.",
                new PartnerErrorUser("This purchase is not paid yet.")),
            PurchaseRejection.OnlyATest test => PartnerResults.Unprocessable(
                $"The invoice {test.Invoice} is a test: nothing was paid with it."),
            PurchaseRejection.UnknownResource unknown => PartnerResults.Unprocessable(
                $"The invoice is for the resource {unknown.Id}, which the installation does not have."),
            PurchaseRejection.NotPrepaid plan => PartnerResults.Unprocessable(
                $"The invoice is for the plan {plan.Plan}, which is not sold there by prepayment."),
            PurchaseRejection.NothingBought nothing => PartnerResults.Unprocessable(
                $"The invoice {nothing.Invoice} has bought nothing, or nothing for one of the balances that it names."),
            PurchaseRejection.WorthMoreThanPaid more => PartnerResults.Unprocessable(
                $"The items of the invoice {more.Invoice} come to more than its total."),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    /// <summary>Vercel answers only for invoices of the installation whose token asks.</summary>
    public static PartnerErrorResult NotOfThisInstallation(VercelInvoiceId id) =>
        PartnerResults.Unprocessable($"Vercel shows no invoice {id} of this installation.");
}
