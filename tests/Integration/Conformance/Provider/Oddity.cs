namespace Marketplace.Integration.Conformance.Provider;

/// <summary>What the provider does otherwise than most, and may: whoever does one of these breaks nothing by it, unless it says so.</summary>
internal enum Oddity
{
    /// <summary>Who uninstalls is answered with JSON's null, which is no documented answer, and no reason to end a run.</summary>
    UninstallsWithNull,

    /// <summary>The same with a text.</summary>
    UninstallsWithText,

    /// <summary>The same with a list.</summary>
    UninstallsWithList,

    /// <summary>Every answer names the charset <c>utf8</c>, which there is not.</summary>
    MisspellsCharset,

    /// <summary>A new resource waits for its customer, who never comes.</summary>
    OnboardsForever,

    /// <summary>A new resource is never ready, and is not deleted before it is.</summary>
    PendsForever,

    /// <summary>A new resource is being made for a moment, in which nothing about it can be changed, and no purchase is taken.</summary>
    TakesAMoment,

    /// <summary>Who installs has to accept its own terms.</summary>
    HasItsOwnTerms,

    /// <summary>An invoice that nobody has heard of is a 404 in the documented form.</summary>
    KnowsNoSuchInvoice,

    /// <summary>Credit is sold that nobody can buy.</summary>
    HasNoPurchases,

    /// <summary>It sells little at once, and says no least amount.</summary>
    SellsLittleAtOnce,

    /// <summary>What it does not do at all is a 501, and it has pages of its own at the root of the API.</summary>
    HasPagesOfItsOwn,
}
