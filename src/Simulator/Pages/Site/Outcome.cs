using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>What follows when a form was sent.</summary>
internal abstract record Outcome
{
    private Outcome() { }

    /// <summary>It is done, or refused: the browser opens another page, which says so.</summary>
    public sealed record GoTo(string Address, Telling Telling) : Outcome;

    /// <summary>The other page shows by itself what was done.</summary>
    public sealed record Quietly(string Address) : Outcome;

    /// <summary>What was filled in is wrong: the form is shown once more, with what is wrong beside each field.</summary>
    public sealed record Again(Shown Shown, Telling? Telling = null) : Outcome;

    /// <summary>The browser leaves for the provider.</summary>
    public sealed record Leave(Uri Address) : Outcome;

    public static Outcome Done(string address, string text) => new GoTo(address, new Telling(text, Tones.Good, []));

    public static Outcome Refused(string address, string text) => new GoTo(address, new Telling(text, Tones.Bad, []));

    /// <summary>What the provider answered.</summary>
    /// <param name="text">For the case that it went well.</param>
    public static Outcome After(string address, string text, params IReadOnlyList<Exchange> exchanges) =>
        new GoTo(address, Telling.Of(text, exchanges));
}
