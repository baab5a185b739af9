namespace Marketplace.Jobs.Vercel;

/// <summary>With which calls about one installation are made. Source: contract §A.2.</summary>
/// <param name="Type">Such as <c>Bearer</c>, or <c>oauth2-token</c>: what Vercel calls it.</param>
public sealed record AccessToken(string Value, string Type)
{
    /// <summary>Records print every property, and logs print records: the value stays out.</summary>
    public override string ToString() => nameof(AccessToken);
}
