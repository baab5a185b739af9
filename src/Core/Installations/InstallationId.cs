namespace Marketplace.Core.Installations;

/// <summary>Vercel's name for one installation (<c>icfg_…</c>): opaque, of any length. Source: contract, vocabulary.</summary>
public readonly record struct InstallationId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>The Vercel team's account as the token's <c>account_id</c> claim names it; opaque. Source: contract §A.1.</summary>
public readonly record struct AccountId(string Value)
{
    public override string ToString() => Value;
}
