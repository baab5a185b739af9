using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Notifications;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Notifications;

/// <summary>What a customer may be told. Few different ones, so that some are equal.</summary>
internal static class AnyNotice
{
    public static readonly Gen<NoticeSource> Source = Gen.Elements(Enum.GetValues<NoticeSource>());

    public static readonly Gen<Notice> Notice = Gen.Elements(
        new Notice(NoticeLevel.Info, "Maintenance", None), new Notice(NoticeLevel.Warn, "Low", "Buy more."),
        new Notice(NoticeLevel.Warn, "Slow", "We are at it."), new Notice(NoticeLevel.Error, "Not paid", "Pay."));

    public static readonly Gen<Option<Notice>> NoticeOrNone = Gen.OneOf(Gen.Constant(Option<Notice>.None), Notice.Select(Some));

    public static readonly Gen<Notices> Notices =
        from sources in Gen.SubListOf(Enum.GetValues<NoticeSource>())
        from notices in Notice.ListOf(sources.Count)
        select new Notices(toMap(sources.Zip(notices)));
}
