using System.Diagnostics;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Refunds;
using Marketplace.Shell.Http;
using Marketplace.Shell.VercelApi;

namespace Marketplace.Shell.Refunds;

/// <summary>The one place that gives each refusal of a refund its status, its type and its sentence.</summary>
internal static class RefundProblem
{
    public static ProblemResult From(RefundRejection rejection) =>
        rejection switch
        {
            RefundRejection.InstallationFinal => ProviderProblems.Conflict(
                "The installation is uninstalled for good and its token is dead: only Vercel's support can refund its invoices now. Write to them with the vercelInvoiceId.",
                "installation_final"),
            RefundRejection.NeverInvoiced => ProviderProblems.Conflict(
                "Vercel does not have this invoice, so nobody was charged by it.", "never_invoiced"),
            RefundRejection.AnotherUnderWay => ProviderProblems.Conflict(
                "A refund of this invoice is under way; another one can follow when it is over.", "refund_under_way"),
            RefundRejection.CancelsTheWhole whole => ProviderProblems.Conflict(
                $"The invoice is not paid, and a refund cancels it: all {DecimalString.Amount(whole.Total)} of it. Leave the amount out to do that, "
                + "or wait until it is paid.",
                "not_paid"),
            RefundRejection.MoreThanIsLeft more => ProviderProblems.Conflict(
                $"Of what was paid, {DecimalString.Amount(more.Left)} is left to refund.", "more_than_is_left"),
            RefundRejection.Over or RefundRejection.NeverSent => throw new UnreachableException(rejection.GetType().Name),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    public static ProblemResult From(Seq<FieldError> errors) => ProviderProblems.Invalid(
        "The request has fields that are wrong.", [.. errors.Select(error => new ProblemError($"#/{error.Key}", error.Message))]);
}
