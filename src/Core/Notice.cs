using LanguageExt;

namespace Marketplace.Core;

/// <summary>What the customer is told beside a resource or an installation. Source: contract §C.4.</summary>
/// <param name="Title">At most 100 characters.</param>
public sealed record Notice(NoticeLevel Level, string Title, string Message)
{
    /// <summary>Where the customer can do something about it.</summary>
    public Option<Uri> Link { get; init; }
}

/// <summary>How much it matters. Source: contract §C.4, <c>level</c>.</summary>
public enum NoticeLevel
{
    Info,
    Warn,
    Error,
}

/// <summary>Who has something to tell. Each takes back what it told itself, and knows nothing of the others.</summary>
public enum NoticeSource
{
    /// <summary>An invoice that is not paid.</summary>
    NonPayment,

    /// <summary>A balance that runs low.</summary>
    Balance,
}

/// <summary>All that there is to tell beside one thing. Vercel shows one at a time: what matters most.</summary>
public sealed record Notices(Map<NoticeSource, Notice> BySource)
{
    public static readonly Notices None = new(Map<NoticeSource, Notice>.Empty);

    public Option<Notice> Shown => BySource.Values.OrderByDescending(notice => notice.Level).ToSeq().HeadOrNone();

    public Option<Notice> From(NoticeSource source) => BySource.Find(source);

    /// <param name="notice">None takes back what the source told before.</param>
    public Notices With(NoticeSource source, Option<Notice> notice) =>
        new(notice.Match(told => BySource.AddOrUpdate(source, told), () => BySource.Remove(source)));
}
