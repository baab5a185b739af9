using Microsoft.AspNetCore.Components;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>A page to show: its component, and what it shows, which is ready to be shown.</summary>
internal sealed record Shown(Type Page, object View, int Status = StatusCodes.Status200OK)
{
    public static Shown Of<TPage>(object view, int status = StatusCodes.Status200OK)
        where TPage : IComponent =>
        new(typeof(TPage), view, status);

    public static Shown Message(int status, string title, string text, string back = Navigation.Teams, string label = "All teams") =>
        Of<MessagePage>(new MessageView(title, text, back, label), status);

    /// <summary>What it shows may be secret.</summary>
    public override string ToString() => $"{Page.Name}, {Status}";
}

/// <summary>A page that says one thing, and where to go from there.</summary>
public sealed record MessageView(string Title, string Text, string Back, string Label);
