using LanguageExt;
using Marketplace.Core.Invoices;

namespace Marketplace.Core.Refunds;

/// <summary>What can be asked of a refund that exists.</summary>
public abstract record RefundCommand
{
    private RefundCommand() { }

    /// <summary>It leaves for Vercel; recorded before the call, because the call may end without an answer.</summary>
    /// <param name="LastSentAt">As whoever sends it knows it; none for the first time. Of those who know the same, one sends it.</param>
    public sealed record Send(Option<DateTimeOffset> LastSentAt) : RefundCommand;

    /// <summary>Vercel took it.</summary>
    public sealed record Accept : RefundCommand;

    /// <summary>Vercel said no, for good.</summary>
    public sealed record Fail(string Reason) : RefundCommand;

    /// <summary>The installation is final: from now on nothing can be sent, and nothing asked. Source: contract §E.5.</summary>
    /// <param name="Reason">Of what was never sent.</param>
    public sealed record GiveUp(string Reason) : RefundCommand;

    /// <summary>Vercel spoke of its invoice: by webhook, or because it was asked.</summary>
    public sealed record Observe(InvoiceObservation Observation) : RefundCommand;
}
