using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Refunds;

namespace Marketplace.Jobs.Installations;

/// <summary>The store of uninstalls that are under way.</summary>
public interface IUninstalls
{
    /// <summary>How long Vercel leaves an uninstall pending; then the token dies, whatever is not billed.</summary>
    TimeSpan Window { get; }

    /// <summary>When it was asked for, and what still has to happen before nothing is left to bill.</summary>
    Task<Uninstall> Load(InstallationId installation, CancellationToken cancel);

    /// <summary>Has what Vercel refused looked at again: somebody may have mended it.</summary>
    Task LookAgain(InstallationId installation, DateTimeOffset now, CancellationToken cancel);

    /// <summary>The installation is final: its token is erased, and nothing more is reported or invoiced.</summary>
    /// <param name="unbilled">What was given up, for the audit; null when all is billed.</param>
    /// <returns>The refunds that Vercel was never asked for, or did not answer: what became of them.</returns>
    Task<Seq<Refund>> Complete(InstallationId installation, string? unbilled, CancellationToken cancel);
}

/// <param name="Hindrance">What is in the way of the end; null when the ledger is empty.</param>
/// <param name="IsRemoved">Vercel has said that it is over there: what it refuses now, it will not take later.</param>
public sealed record Uninstall(DateTimeOffset RequestedAt, Hindrance? Hindrance, bool IsRemoved);

/// <summary>What an uninstall waits for.</summary>
/// <param name="Text">For an operator to read.</param>
public abstract record Hindrance(string Text)
{
    /// <summary>A resource is still to be taken down. Nothing is final before.</summary>
    public sealed record StillUp(string Text) : Hindrance(Text);

    /// <summary>Usage or invoices are on their way.</summary>
    public sealed record Unbilled(string Text) : Hindrance(Text);

    /// <summary>Vercel refused an invoice: somebody has to mend it.</summary>
    public sealed record Refused(string Text) : Hindrance(Text);
}
