using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Marketplace.Simulator.Usage;

namespace Marketplace.Simulator.Invoices;

/// <summary>Source: contract D.8, <c>state</c>.</summary>
internal enum InvoiceState
{
    Draft,
    Pending,
    Scheduled,
    Invoiced,
    Paid,
    NotPaid,
    Overdue,
    RefundRequested,
    Refunded,
}

/// <summary>An invoice that a provider submitted. Source: contract D.8.</summary>
internal sealed record Invoice
{
    public required string Id { get; init; }

    public string? ExternalId { get; init; }

    /// <summary>Given when the customer is invoiced.</summary>
    public string? Number { get; init; }

    public required InvoiceState State { get; init; }

    public required DateTimeOffset InvoiceDate { get; init; }

    public required WirePeriod Period { get; init; }

    public string? Memo { get; init; }

    public required ImmutableList<BillingItem> Items { get; init; }

    public ImmutableList<Discount> Discounts { get; init; } = [];

    public required decimal Total { get; init; }

    public InvoiceTest? Test { get; init; }

    /// <summary>Of a purchase that Vercel made by itself.</summary>
    public bool IsAutomatic { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? PaidAt { get; init; }

    public DateTimeOffset? RefundedAt { get; init; }

    public string? RefundReason { get; init; }

    /// <summary>Of all refunds so far, the one under way among them.</summary>
    public decimal? RefundTotal { get; init; }

    /// <summary>What the last refund alone came to: the webhook tells of that one.</summary>
    public decimal? LastRefund { get; init; }

    public int FailedPayments { get; init; }

    /// <summary>Every state that it came to, with the moment, after the one in which it began; in the order in which it happened.</summary>
    public ImmutableList<InvoiceStep> Steps { get; init; } = [];

    /// <summary>When Vercel moves it on by itself; absent where it rests.</summary>
    public DateTimeOffset? NextChangeAt { get; init; }

    /// <summary>The same invoice in another state.</summary>
    public Invoice Become(InvoiceState state, DateTimeOffset at, bool isByHand = false) =>
        this with { State = state, UpdatedAt = at, Steps = Steps.Add(new InvoiceStep(state, at, isByHand)) };

    /// <summary>An open invoice keeps an uninstalled installation from being finalized. One that is overdue is given up.</summary>
    [JsonIgnore]
    public bool IsOpen => Test is null && State is not (InvoiceState.Paid or InvoiceState.Refunded or InvoiceState.Overdue);
}

/// <summary>A state that an invoice came to. An attempt to charge that failed is one, too.</summary>
/// <param name="IsByHand">The customer has paid it by himself.</param>
internal sealed record InvoiceStep(InvoiceState State, DateTimeOffset At, bool IsByHand = false);

/// <summary>A test invoice, which is shown and charged to nobody.</summary>
/// <param name="Validate">Whether to check it like a real one.</param>
/// <param name="Result">The state that it ends in.</param>
internal sealed record InvoiceTest(bool Validate, InvoiceState Result);

/// <summary>Whether a customer's invoices get paid.</summary>
/// <param name="FailuresBeforePaid">How many attempts fail first; absent when all do.</param>
internal sealed record PaymentBehaviour(int? FailuresBeforePaid)
{
    public static readonly PaymentBehaviour Pays = new(0);

    public static readonly PaymentBehaviour NeverPays = new(FailuresBeforePaid: null);
}
