using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>What is around every page of the console. Pages are public, because their components are; so is what they show.</summary>
/// <param name="Person">Nobody on a page before the sign-in.</param>
/// <param name="Told">What came of the last action, once.</param>
public sealed record OperatorFrame(OperatorBrand Brand, SignedInOperator? Person, ToldView? Told = null);

/// <summary>The person before the browser.</summary>
/// <param name="MayAct">Sees the forms.</param>
/// <param name="FormToken">What each form carries.</param>
public sealed record SignedInOperator(string Name, bool MayAct, string FormToken)
{
    public override string ToString() => Name;
}

/// <summary>What came of an action, in words.</summary>
public sealed record ToldView(Tone Tone, string Text);

/// <summary>Whose console it is, and what its pages are made of.</summary>
public sealed class OperatorBrand
{
    internal OperatorBrand(Brand brand, Assets assets)
    {
        (Name, Icon) = (brand.Name, assets.Link(Assets.Icon));
        Stylesheets = [assets.Link(Assets.Stylesheet), assets.Link(Assets.ChartsStylesheet), assets.Link(Assets.ConsoleStylesheet)];
        Script = assets.Link(Assets.ConsoleScript);
    }

    public string Name { get; }

    public string Icon { get; }

    public IReadOnlyList<string> Stylesheets { get; }

    public string Script { get; }
}
