using System.Diagnostics;
using Marketplace.Core.Notifications;
using Marketplace.Core.Resources;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>States as operators know them: by the contract's own words, where customers read what they mean.</summary>
internal static class OperatorMarks
{
    public static Mark OfInstallation(string stage) =>
        stage switch
        {
            "active" => new Mark("Active", Tone.Good),
            "uninstalling" => new Mark("Uninstalling", Tone.Warn),
            "finalized" => new Mark("Finalized", Tone.Quiet),
            _ => throw new UnreachableException(stage),
        };

    public static Mark Of(Resource resource) => OfResource(ResourceStatus.Of(resource));

    public static Mark OfResource(string status) =>
        status switch
        {
            "pending" => new Mark("Pending", Tone.Busy),
            "onboarding" => new Mark("Onboarding", Tone.Busy),
            "ready" => new Mark("Ready", Tone.Good),
            "resumed" => new Mark("Resumed", Tone.Good),
            "suspended" => new Mark("Suspended", Tone.Warn),
            "error" => new Mark("Error", Tone.Bad),
            "uninstalled" => new Mark("Uninstalled", Tone.Quiet),
            _ => throw new UnreachableException(status),
        };

    /// <summary>What unpaid invoices have led to; null in good standing.</summary>
    public static Mark? OfStanding(string? standing) =>
        standing switch
        {
            null or "good" => null,
            "warned" => new Mark("Unpaid: warned", Tone.Warn),
            "degraded" => new Mark("Unpaid: degraded", Tone.Bad),
            "suspended" => new Mark("Unpaid: suspended", Tone.Bad),
            _ => throw new UnreachableException(standing),
        };

    public static Mark OfOperation(string state, int attempts) =>
        state switch
        {
            "pending" when attempts > AttemptsThatAreUsual => new Mark("Stuck", Tone.Bad),
            "pending" => new Mark("Under way", Tone.Busy),
            "done" => new Mark("Done", Tone.Good),
            "refused" => new Mark("Refused", Tone.Warn),
            _ => throw new UnreachableException(state),
        };

    public static Mark OfInvoice(string state) =>
        state switch
        {
            "drafted" => new Mark("Drafted", Tone.Busy),
            "submitted" or "known" => new Mark("Submitted", Tone.Busy),
            "accepted" => new Mark("Accepted", Tone.Busy),
            "notpaid" => new Mark("Not paid", Tone.Bad),
            "overdue" => new Mark("Overdue", Tone.Bad),
            "refund_requested" => new Mark("Refund under way", Tone.Busy),
            "refused" => new Mark("Refused by Vercel", Tone.Bad),
            _ => throw new UnreachableException(state),
        };

    public static Tone ToneOf(NoticeLevel level) =>
        level switch
        {
            NoticeLevel.Info => Tone.Busy,
            NoticeLevel.Warn => Tone.Warn,
            NoticeLevel.Error => Tone.Bad,
            _ => throw new UnreachableException(level.ToString()),
        };

    /// <summary>As in the index of those that are amiss.</summary>
    public const int AttemptsThatAreUsual = 3;
}
