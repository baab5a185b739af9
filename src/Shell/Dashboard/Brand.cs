using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Dashboard;

/// <summary>How the provider presents itself on its pages, and what they are made of.</summary>
public sealed class Brand
{
    internal Brand(BrandSettings settings, VercelSettings vercel, Assets assets)
    {
        (Name, Support, Vercel) = (settings.Name, settings.SupportUrl, vercel.DashboardUrl);
        Logo = settings.Logo is null ? null : assets.Link(Assets.Logo);
        Icon = Logo ?? assets.Link(Assets.Icon);
        Script = assets.Link(Assets.Script);
        Stylesheets = settings.Stylesheet is null
            ? [assets.Link(Assets.Stylesheet), assets.Link(Assets.ChartsStylesheet)]
            : [assets.Link(Assets.Stylesheet), assets.Link(Assets.ChartsStylesheet), assets.Link(Assets.OwnStylesheet)];
    }

    public string Name { get; }

    public string? Logo { get; }

    public string Icon { get; }

    public string Script { get; }

    public IReadOnlyList<string> Stylesheets { get; }

    /// <summary>Where a customer finds help, if anywhere.</summary>
    public Uri? Support { get; }

    /// <summary>Vercel's own pages.</summary>
    public string Vercel { get; }
}
