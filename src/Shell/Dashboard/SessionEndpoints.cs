using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Dashboard.Pages;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.SignOn;
using Npgsql;

namespace Marketplace.Shell.Dashboard;

/// <summary>/dashboard/{installationId}/session: who is signed on, for how long, and how to end it.</summary>
internal static class SessionEndpoints
{
    public static readonly RequestDelegate Show = DashboardEndpoint.Page(ShowPage);

    public static readonly RequestDelegate SignOut = DashboardEndpoint.OwnForm(EndHere);

    public static readonly RequestDelegate SignOutEverywhere = DashboardEndpoint.OwnForm(EndAll);

    public static readonly RequestDelegate SignedOut = Http.HandlerDelegate.Create(SayGoodbye);

    private static IResult ShowPage(Visitor visitor, Brand brand) =>
        PageResult.Of<SessionPage>(new Frame(brand, visitor.Member), new SessionView(
            visitor.Session.ShownAs,
            visitor.Session.IsAdmin ? "Administrator" : "Member",
            visitor.Session.IsAdmin ? "You see everything, and may change it." : "You see everything but secrets, and change nothing.",
            MomentView.Of(visitor.Session.StartedAt), MomentView.Of(visitor.Session.EndsAt)));

    private static Task<IResult> EndHere(
        Visitor visitor, HttpContext context, SignOnCookies cookies, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancel) =>
        End(visitor, context, cookies, database, clock, writes => SessionRows.End(writes, visitor.Id, visitor.Secret), "sign out", cancel);

    private static Task<IResult> EndAll(
        Visitor visitor, HttpContext context, SignOnCookies cookies, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancel) =>
        End(
            visitor, context, cookies, database, clock, writes => SessionRows.EndOf(writes, visitor.Id, visitor.Session.UserId, clock.GetUtcNow()),
            "sign out everywhere", cancel);

    private static async Task<IResult> End(
        Visitor visitor, HttpContext context, SignOnCookies cookies, NpgsqlDataSource database, TimeProvider clock, Action<Writes> end,
        string cause, CancellationToken cancel)
    {
        var writes = new Writes();
        end(writes);
        EventRows.Append(writes, visitor.Id, null, clock.GetUtcNow(), "session.Ended", visitor.Doing($"dashboard: {cause}"), new { });
        await writes.Commit(database, cancel);
        cookies.SignOut(context.Response, visitor.Id);
        return TypedResults.Redirect(DashboardPaths.SignedOut(visitor.Id));
    }

    private static IResult SayGoodbye(string installationId, Messages messages) =>
        messages.SignedOut(SignOnMessages.BeginAt(new InstallationId(installationId)));
}
