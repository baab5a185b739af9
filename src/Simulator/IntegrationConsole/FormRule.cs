using System.Diagnostics;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>Where a property of metadata is hidden, read-only or disabled. Source: contract §C.5.</summary>
internal abstract record FormRule
{
    private FormRule() { }

    public static readonly FormRule None = new Never();

    public sealed record Never : FormRule;

    public sealed record Always : FormRule;

    /// <summary>In one of the two forms only.</summary>
    public sealed record On(MetadataForm Form) : FormRule;

    /// <summary>Where an expression of the dashboard is true. Its language is not published, so nobody else can evaluate it.</summary>
    public sealed record When(string Expression) : FormRule;

    /// <summary>Whether it certainly holds; an expression never does.</summary>
    public bool HoldsOn(MetadataForm form) => this switch
    {
        Never or When => false,
        Always => true,
        On on => on.Form == form,
        _ => throw new UnreachableException(GetType().Name),
    };

    /// <summary>Whether it may hold; an expression always may.</summary>
    public bool MayHoldOn(MetadataForm form) => this is When || HoldsOn(form);
}

/// <summary>The two forms in which metadata is filled in.</summary>
internal enum MetadataForm
{
    /// <summary>Create Resource.</summary>
    Create,

    /// <summary>Update Resource.</summary>
    Update,
}
