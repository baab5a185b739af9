using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Notifications;
using Marketplace.Shell.Persistence;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Notifications;

/// <summary>What the customer is told beside a resource or an installation, as its row has it: by the names of who tells it.</summary>
internal static class NoticesJson
{
    public static Jsonb Write(Notices notices) =>
        new(JsonSerializer.Serialize(notices.BySource.AsEnumerable().ToDictionary(told => Name(told.Key), told => Row.Of(told.Value))));

    public static Notices Read(string json) => new(toMap(
        JsonSerializer.Deserialize<Dictionary<string, Row>>(json)!.Select(told => (Source(told.Key), told.Value.ToNotice()))));

    /// <summary>By its name in the contract, §C.4.</summary>
    public static string Name(NoticeLevel level) =>
        level switch
        {
            NoticeLevel.Info => "info",
            NoticeLevel.Warn => "warn",
            NoticeLevel.Error => "error",
            _ => throw new UnreachableException(level.ToString()),
        };

    /// <exception cref="JsonException">There is no such level.</exception>
    public static NoticeLevel LevelOf(string name) =>
        name switch
        {
            "info" => NoticeLevel.Info,
            "warn" => NoticeLevel.Warn,
            "error" => NoticeLevel.Error,
            _ => throw new JsonException($"No notice has the level '{name}'."),
        };

    private static string Name(NoticeSource source) =>
        source switch
        {
            NoticeSource.NonPayment => "non_payment",
            NoticeSource.Balance => "balance",
            NoticeSource.Change => "change",
            NoticeSource.Provider => "provider",
            _ => throw new UnreachableException(source.ToString()),
        };

    private static NoticeSource Source(string name) =>
        name switch
        {
            "non_payment" => NoticeSource.NonPayment,
            "balance" => NoticeSource.Balance,
            "change" => NoticeSource.Change,
            "provider" => NoticeSource.Provider,
            _ => throw new JsonException($"Nobody tells anything who is called '{name}'."),
        };

    private sealed record Row(string Level, string Title, string? Message = null, Uri? Link = null)
    {
        public static Row Of(Notice notice) =>
            new(Name(notice.Level), notice.Title, notice.Message.OrNull(), notice.Link.MatchUnsafe<Uri?>(link => link, () => null));

        public Notice ToNotice() => new(LevelOf(Level), Title, Optional(Message)!) { Link = Optional(Link)! };
    }
}
