using LanguageExt;

namespace Marketplace.Core.Notifications;

/// <summary>What the customer is told beside a resource or an installation. Source: contract §C.4.</summary>
/// <param name="Title">At most <see cref="TellCustomer.TitleCharactersMax"/> characters.</param>
/// <param name="Message">Where the title does not say it all.</param>
public sealed record Notice(NoticeLevel Level, string Title, Option<string> Message)
{
    /// <summary>Where the customer can do something about it: a page of the web, or one behind a sign-on through Vercel (<c>sso:</c>).</summary>
    public Option<Uri> Link { get; init; }
}

/// <summary>How much it matters. Source: contract §C.4, <c>level</c>.</summary>
public enum NoticeLevel
{
    Info,
    Warn,
    Error,
}

/// <summary>
/// Who has something to tell, first who is heard first where two matter as much. Each takes back what it told itself, and knows nothing of
/// the others.
/// </summary>
public enum NoticeSource
{
    /// <summary>An invoice that is not paid.</summary>
    NonPayment,

    /// <summary>A balance that runs low.</summary>
    Balance,

    /// <summary>A change that was asked for and could not be made.</summary>
    Change,

    /// <summary>The provider's own people and systems.</summary>
    Provider,
}
