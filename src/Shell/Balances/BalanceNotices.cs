using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Money;
using Marketplace.Core.Notifications;

namespace Marketplace.Shell.Balances;

/// <summary>The one place that gives each stage of a balance its sentences. They say nothing that changes while the stage stays the same.</summary>
internal static class BalanceNotices
{
    /// <summary>Why service is cut.</summary>
    public const string Stopped = "The prepaid balance is used up. Buy credit to go on.";

    /// <summary>None where there is nothing to warn of, and where the stage of what draws on the balance says it already.</summary>
    public static Option<Notice> Of(Option<BalanceStage> stage) => stage.Bind(Of);

    private static Option<Notice> Of(BalanceStage stage) =>
        stage switch
        {
            BalanceStage.Fine or BalanceStage.Stopped => Option<Notice>.None,
            BalanceStage.Low low => new Notice(
                NoticeLevel.Warn, "Balance is low", $"Less than {Text(low.Below)} of prepaid credit is left. Buy credit before it is used up."),
            BalanceStage.Empty empty => new Notice(
                NoticeLevel.Error, "Balance is used up",
                $"What is used from now on is paid by the next purchase, up to {Text(empty.DebtMax)}. Then service stops."),
            BalanceStage.Grace grace => new Notice(
                NoticeLevel.Error, "Balance is used up", $"Service stops at {Text(grace.Until)} unless credit is bought before."),
            _ => throw new UnreachableException(stage.GetType().Name),
        };

    private static string Text(Usd amount) => amount.Amount.ToString("$0.00", CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
