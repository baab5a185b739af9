using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Invoices;

/// <summary>Invoices of every installation, the newest first.</summary>
public sealed record InvoicesView(IReadOnlyList<StateChoice> States, IReadOnlyList<InvoiceRow> Rows);

/// <summary>One of the states to look at, with how many are in it.</summary>
public sealed record StateChoice(string Address, string Text, int Count, bool IsChosen);

public sealed record InvoiceRow(
    string Address, string Name, bool IsTest, string Team, string Period, DateTimeOffset CreatedAt, Mark State, DateTimeOffset? Next, string Total);

/// <summary>One invoice.</summary>
/// <param name="Next">When Vercel moves it on by itself.</param>
/// <param name="CanPay">Whether the customer may pay it by hand.</param>
public sealed record InvoiceView(
    string Address, string Id, string? ExternalId, string? Number, bool IsTest, string? Memo, Mark State, DateTimeOffset? Next, string Team,
    string Installation, string Period, DateTimeOffset Date, IReadOnlyList<LineRow> Lines, IReadOnlyList<DiscountRow> Discounts, string Total,
    IReadOnlyList<StepRow> Steps, PaymentView? Payment, RefundView? Refund, bool CanPay);

public sealed record LineRow(string Name, string? Details, string? Resource, string Plan, string Price, string Quantity, string Total);

public sealed record DiscountRow(string Name, string? Details, string Plan, string Amount);

/// <summary>A state that it came to.</summary>
public sealed record StepRow(DateTimeOffset At, Mark State, string? Note);

/// <summary>The attempts to charge it, and those to come.</summary>
/// <param name="CardWorks">Whether the customer's next charge goes through.</param>
public sealed record PaymentView(bool CardWorks, IReadOnlyList<PaymentRow> Attempts, string Installation);

/// <param name="IsToCome">It has not happened.</param>
public sealed record PaymentRow(string Name, DateTimeOffset At, Mark Result, bool IsToCome);

public sealed record RefundView(string Total, string? Reason, DateTimeOffset? At);
