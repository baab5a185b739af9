namespace Marketplace.Core.Resources;

/// <summary>Whose a resource is. Source: contract §D.5, <c>ownership</c>.</summary>
/// <remarks>
/// What was not made here is not billed through Vercel, and is never changed, cut off or destroyed from here: there is a record of it, with
/// the secrets that its owner gave, and when the record ends it is forgotten.
/// </remarks>
public abstract record ResourceOwnership
{
    private ResourceOwnership() { }

    public static readonly ResourceOwnership Ours = new Owned();

    /// <summary>Made here, sold here, taken down here.</summary>
    public sealed record Owned : ResourceOwnership;

    /// <summary>The customer's, who had it before. Vercel does not say when it is removed there.</summary>
    /// <param name="Reference">What it is called where it is: one resource of a product in an installation.</param>
    public sealed record Linked(string Reference) : ResourceOwnership;

    /// <summary>The provider's, to try out, until somebody claims it.</summary>
    /// <param name="Reference">As of one that is linked.</param>
    public sealed record Sandbox(string Reference) : ResourceOwnership;
}
