namespace Marketplace.Shell.OperatorConsole.Runbook;

/// <summary>Where the runbook says what to do about something that a page of the console shows. A test holds that each leads somewhere.</summary>
public static class RunbookLinks
{
    public const string Page = OperatorPaths.Runbook;

    public static string NoWorker { get; } = To("NobodyWorks");
    public static string UsageLate { get; } = To("UsageLate");
    public static string UsageLost { get; } = To("UsageLost");
    public static string UsageRefused { get; } = To("UsageRefused");
    public static string InvoicesLate { get; } = To("InvoicesLate");
    public static string InvoiceRefused { get; } = To("InvoiceRefused");
    public static string UninstallLate { get; } = To("UninstallLate");
    public static string OutboxLate { get; } = To("OutboxLate");
    public static string OutboxDead { get; } = To("OutboxDead");
    public static string EventsDead { get; } = To("EventsDead");
    public static string EventsLate { get; } = To("EventsLate");
    public static string WebhooksLate { get; } = To("WebhooksLate");
    public static string WebhooksDead { get; } = To("WebhooksDead");
    public static string OperationsStuck { get; } = To("OperationsStuck");
    public static string TokenRefusedByVercel { get; } = To("VercelRefusesTokens");
    public static string JobFails { get; } = To("JobFails");
    public static string JobStaysFailed { get; } = To("JobStaysFailed");

    public static IReadOnlyList<string> All { get; } =
    [
        NoWorker, UsageLate, UsageLost, UsageRefused, InvoicesLate, InvoiceRefused, UninstallLate, OutboxLate, OutboxDead, EventsDead, EventsLate,
        WebhooksLate, WebhooksDead, OperationsStuck, TokenRefusedByVercel, JobFails, JobStaysFailed,
    ];

    /// <summary>As GitHub makes it of a heading, so that a link works in both places.</summary>
    public static string Anchor(string title) => title.ToLowerInvariant().Replace(' ', '-');

    private static string To(string alert) => $"{Page}#{Anchor(alert)}";
}
