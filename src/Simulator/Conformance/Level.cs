namespace Marketplace.Simulator.Conformance;

/// <summary>How much a rule weighs.</summary>
internal enum Level
{
    /// <summary>The documents demand it, or whoever breaks it loses money or data, or lets a stranger in.</summary>
    Required,

    /// <summary>A careful provider does it; Vercel copes with one that does not.</summary>
    Recommended,

    /// <summary>Good to know. Nobody has to.</summary>
    Informational,
}
