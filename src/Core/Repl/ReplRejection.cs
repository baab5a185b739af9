using Marketplace.Core.Products;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Repl;

/// <summary>Why a command is not run. Nothing of it was.</summary>
public abstract record ReplRejection
{
    private ReplRejection() { }

    /// <summary>The product declares no console.</summary>
    public sealed record NoRepl(ProductId Product) : ReplRejection;

    /// <summary>It has one, but none that only reads; running the command in the other would break what was asked.</summary>
    public sealed record NoReadOnlyMode(ProductId Product) : ReplRejection;

    /// <summary>The resource is not there to be asked.</summary>
    public sealed record OutOfService(ResourceRejection Reason) : ReplRejection;
}
