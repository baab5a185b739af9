using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Notifications;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Shell.Notifications;

/// <summary>
/// PUT and DELETE /provider/v1/installations/{id}/notification, and the same of a resource: what the provider tells the customer there, in
/// place of what it told before. Asking again changes nothing.
/// </summary>
internal static class NotificationEndpoints
{
    public static readonly RequestDelegate TellInstallation = ProviderEndpoint.Needing(
        ProviderScopes.NotificationsWrite,
        (string installationId, JsonBody<NoticeWire> body, ProviderCaller caller, NotificationStore store, CancellationToken cancel) =>
            Told(body.Value, notice => store.TellInstallation(new InstallationId(installationId), notice, By(caller), cancel)));

    public static readonly RequestDelegate ClearInstallation = ProviderEndpoint.Needing(
        ProviderScopes.NotificationsWrite,
        (string installationId, ProviderCaller caller, NotificationStore store, CancellationToken cancel) =>
            Cleared(store.TellInstallation(new InstallationId(installationId), Option<Notice>.None, By(caller), cancel)));

    public static readonly RequestDelegate TellResource = ProviderEndpoint.Needing(
        ProviderScopes.NotificationsWrite,
        (string installationId, string resourceId, JsonBody<NoticeWire> body, ProviderCaller caller, NotificationStore store, CancellationToken cancel) =>
            Told(body.Value, notice => store.TellResource(new InstallationId(installationId), new ResourceId(resourceId), notice, By(caller), cancel)));

    public static readonly RequestDelegate ClearResource = ProviderEndpoint.Needing(
        ProviderScopes.NotificationsWrite,
        (string installationId, string resourceId, ProviderCaller caller, NotificationStore store, CancellationToken cancel) =>
            Cleared(store.TellResource(new InstallationId(installationId), new ResourceId(resourceId), Option<Notice>.None, By(caller), cancel)));

    private static Actor By(ProviderCaller caller) => Actor.Of(caller, NotificationStore.Cause);

    private static Task<IResult> Told(NoticeWire sent, Func<Notice, Task<NotificationAnswer>> tell) =>
        sent.Parse().Match(
            Succ: async notice => await tell(notice) switch
            {
                NotificationAnswer.Set(var shown) => TypedResults.Ok(new ToldWire(NotificationWire.Of(notice), shown)),
                var refused => NotificationProblem.From(refused),
            },
            Fail: errors => Task.FromResult<IResult>(NotificationProblem.From(errors)));

    private static async Task<IResult> Cleared(Task<NotificationAnswer> cleared) =>
        await cleared is var answer and not NotificationAnswer.Set ? NotificationProblem.From(answer) : TypedResults.NoContent();

    /// <param name="Shown">Which may be another one: what matters more, or why the resource does not work.</param>
    private sealed record ToldWire(NotificationWire Notification, NotificationWire? Shown);

    private sealed record NoticeWire(string? Level = null, string? Title = null, string? Message = null, string? Href = null)
    {
        public Validation<FieldError, Notice> Parse() => TellCustomer.Parse(
            Prelude.Optional(Level)!, Prelude.Optional(Title)!, Prelude.Optional(Message)!, Prelude.Optional(Href)!);
    }
}
