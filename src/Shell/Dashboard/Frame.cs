namespace Marketplace.Shell.Dashboard;

/// <summary>What is around every page. Pages are public, because their components are; so is what they show.</summary>
/// <param name="Member">Who is signed on; nobody on a page that says why not.</param>
public sealed record Frame(Brand Brand, Member? Member);

/// <summary>The person before the browser.</summary>
/// <param name="Root">The path under which the installation's pages are.</param>
/// <param name="Team">As Vercel calls it.</param>
/// <param name="IsAdmin">May change something.</param>
/// <param name="FormToken">What each form carries.</param>
public sealed record Member(string Root, string Team, string? ShownAs, bool IsAdmin, string FormToken)
{
    /// <summary>Logs print records; name and token stay out.</summary>
    public override string ToString() => $"member at {Root}";
}
