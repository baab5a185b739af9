using LanguageExt;

namespace Marketplace.Core.Notifications;

/// <summary>All that there is to tell beside one thing. Vercel shows one at a time: what matters most.</summary>
public sealed record Notices(Map<NoticeSource, Notice> BySource)
{
    public static readonly Notices None = new(Map<NoticeSource, Notice>.Empty);

    /// <summary>The highest level; of two with the same level the one whose source comes first.</summary>
    public Option<Notice> Shown =>
        BySource.AsEnumerable().OrderByDescending(told => told.Value.Level).ThenBy(told => told.Key).Select(told => told.Value).ToSeq().HeadOrNone();

    public Option<Notice> From(NoticeSource source) => BySource.Find(source);

    /// <param name="notice">None takes back what the source told before.</param>
    public Notices With(NoticeSource source, Option<Notice> notice) =>
        new(notice.Match(told => BySource.AddOrUpdate(source, told), () => BySource.Remove(source)));
}
