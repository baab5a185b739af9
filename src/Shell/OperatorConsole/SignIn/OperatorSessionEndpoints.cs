using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Audit;
using Marketplace.Shell.OperatorConsole.Pages;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>/ops/session: who is signed in, for how long, and how to end it.</summary>
internal static class OperatorSessionEndpoints
{
    public static readonly RequestDelegate Show = OperatorEndpoint.Page(ShowPage);

    public static readonly RequestDelegate SignOut = OperatorEndpoint.OwnForm(EndHere);

    public static readonly RequestDelegate SignOutEverywhere = OperatorEndpoint.OwnForm(EndAll);

    public static readonly RequestDelegate SignedOut = HandlerDelegate.Create(SayGoodbye);

    private static PageResult ShowPage(Operator person) =>
        OperatorPage.Of<OperatorSessionPage>(person.Frame, new OperatorSessionView(
            person.MayAct ? "Operator" : "Viewer",
            person.MayAct ? "You see everything, and act. Each action asks for a reason, and is kept with your name." : "You see everything, and change nothing.",
            MomentView.Of(person.Session.StartedAt), MomentView.Of(person.Session.EndsAt)));

    private static Task<IResult> EndHere(
        Operator person, HttpContext context, OperatorCookies cookies, OperatorLog log, NpgsqlDataSource database, CancellationToken cancel) =>
        End(person, context, cookies, log, database, writes => OperatorSessionRows.End(writes, person.Secret), "sign out", cancel);

    private static Task<IResult> EndAll(
        Operator person, HttpContext context, OperatorCookies cookies, OperatorLog log, NpgsqlDataSource database, CancellationToken cancel) =>
        End(person, context, cookies, log, database, writes => OperatorSessionRows.EndOf(writes, person.Person), "sign out everywhere", cancel);

    private static async Task<IResult> End(
        Operator person, HttpContext context, OperatorCookies cookies, OperatorLog log, NpgsqlDataSource database, Action<Writes> end, string what,
        CancellationToken cancel)
    {
        var writes = new Writes();
        end(writes);
        log.Add(writes, context, person.Person, what, ActionOutcome.Done, "");
        await writes.Commit(database, cancel);
        cookies.SignOut(context.Response);
        return new SeeOther(OperatorPaths.SignedOut);
    }

    private static PageResult SayGoodbye(OperatorMessages messages) => messages.Of(new MessageView(
        StatusCodes.Status200OK, "You are signed out", "This browser has no access to the console any more.", new MessageLink(OperatorPaths.SignIn, "Sign in again")));
}
