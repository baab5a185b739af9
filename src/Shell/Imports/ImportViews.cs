using Marketplace.Jobs.Provisioning;

namespace Marketplace.Shell.Imports;

/// <summary>The page on which a customer signs in with the provider.</summary>
/// <param name="Products">More than one where there is a choice.</param>
/// <param name="Chosen">Whose fields these are.</param>
/// <param name="Wrong">Why the last attempt has failed.</param>
public sealed record ImportSignInView(
    IReadOnlyList<ImportChoice> Products, ImportChoice Chosen, IReadOnlyList<SignInField> Fields, IReadOnlyDictionary<string, string> Typed,
    string? Wrong)
{
    /// <summary>Logs print records; what was typed stays out.</summary>
    public override string ToString() => nameof(ImportSignInView);
}

public sealed record ImportChoice(string Id, string Name);

/// <summary>The page on which a customer picks.</summary>
/// <param name="Wrong">Why the last pick has come to nothing.</param>
public sealed record ImportPickView(string Product, IReadOnlyList<ImportItemView> Items, string? Wrong)
{
    public override string ToString() => nameof(ImportPickView);
}

/// <param name="Suggested">What it would be called on Vercel.</param>
public sealed record ImportItemView(string Reference, string Name, string Detail, string Suggested);

/// <summary>The page on which a customer waits for Vercel.</summary>
public sealed record ImportWaitView(string Name);
