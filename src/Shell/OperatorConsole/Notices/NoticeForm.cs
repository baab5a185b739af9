using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Notifications;
using Marketplace.Shell.Notifications;

namespace Marketplace.Shell.OperatorConsole.Notices;

/// <summary>A notification as an operator writes it, by the rules of the Provider API, and what became of it in words.</summary>
internal static class NoticeForm
{
    public static Validation<FieldError, Notice> Parse(OperatorAction action) => TellCustomer.Parse(
        Prelude.Optional(action.Field("level"))!, Prelude.Optional(action.Field("title"))!, Prelude.Optional(action.Field("message"))!,
        Prelude.Optional(action.Field("href"))!);

    /// <param name="tell">None takes back what was told.</param>
    public static Task<OperatorAnswer> Tell(OperatorAction action, string address, Func<Option<Notice>, Task<NotificationAnswer>> tell) =>
        Parse(action).Match(
            Succ: async notice => Answer(address, await tell(notice), told => told.Title == notice.Title
                ? "The customer reads it within seconds."
                : $"It is kept. The customer reads «{told.Title}» for now, which matters more."),
            Fail: errors => Task.FromResult(OperatorAnswer.Refused(address, string.Join(' ', errors.Select(error => error.Message)))));

    public static async Task<OperatorAnswer> TakeBack(string address, Func<Option<Notice>, Task<NotificationAnswer>> tell) =>
        Answer(address, await tell(Option<Notice>.None), told => $"It is taken back. The customer reads «{told.Title}» now.");

    /// <param name="shown">What is said when the customer reads something now.</param>
    private static OperatorAnswer Answer(string address, NotificationAnswer answer, Func<NotificationWire, string> shown) =>
        answer is NotificationAnswer.Set set
            ? OperatorAnswer.Done(address, set.Shown is { } told ? shown(told) : "It is taken back. The customer reads nothing here any more.")
            : OperatorAnswer.Refused(address, NotificationProblem.From(answer).Problem.Detail);
}
