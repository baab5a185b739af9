using Hangfire;
using Hangfire.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole;
using Marketplace.Shell.OperatorConsole.Audit;
using Marketplace.Shell.OperatorConsole.SignIn;
using Npgsql;
using HangfireMiddleware = Hangfire.Dashboard.AspNetCoreDashboardMiddleware;

namespace Marketplace.Shell.JobHosts;

/// <summary>
/// Hangfire's own pages, for whoever is signed in to the operator console. Viewers change nothing; what operators change is in the audit,
/// where the reason says that these pages ask for none.
/// </summary>
internal sealed class HangfireDashboard(
    JobStorage store, NpgsqlDataSource database, JobControls jobs, OperatorSessions sessions, OperatorMessages messages, OperatorLog log, OperatorFormTokens tokens)
{
    private const string Acts = "use the Hangfire dashboard";

    /// <summary>Hangfire itself would make no wake of a job that is under way or paused, and say that it had.</summary>
    private const string Trigger = "/recurring/trigger";

    private const string Chosen = "jobs[]";

    /// <summary>What its pages ask again and again; they ask by a form, though nothing is changed by it.</summary>
    private const string Statistics = "/stats";

    // Its pages colour single labels by an attribute, and the chart of 1.8 writes one style sheet of its own, named here by its hash; all
    // other scripts and style sheets are files that we serve.
    private const string Policy =
        "default-src 'none'; style-src 'self' 'sha256-z7zcnw/4WalZqx+PrNaRnoeLz/G9WXuFqV1WCJ129sg='; style-src-attr 'unsafe-inline'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

    private static readonly string[] Kept = ["/js", "/css", "/fonts"];

    private volatile bool hasTables;

    private readonly HangfireMiddleware pages = new(
        _ => Task.CompletedTask, store,
        new DashboardOptions
        {
            AppPath = OperatorPaths.Root,
            DashboardTitle = "Jobs",
            // Also where somebody mounts these pages elsewhere: by default they would be shown to whoever is on the same machine, as a proxy is.
            Authorization = [new SignedIn()],
            IsReadOnlyFunc = page => !Person(page.GetHttpContext()).MayAct,
            DisplayStorageConnectionString = false,
            StatsPollingInterval = 5_000,
        },
        DashboardRoutes.Routes, finalizeWhenNotFound: true);

    /// <summary>For a person whom the console's gate has let in.</summary>
    public Task Show(HttpContext context) => Answer(context);

    /// <summary>Something is asked for by a form.</summary>
    public async Task Take(HttpContext context)
    {
        if (await sessions.Find(context) is not { } person)
        {
            await messages.SignInFirst().ExecuteAsync(context);
            return;
        }

        context.Features.Set(person);
        if (context.Request.Path.Value!.EndsWith(Statistics, StringComparison.Ordinal))
        {
            await Answer(context);
        }
        else if (!tokens.IsOwn(context, person))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        else if (!person.MayAct)
        {
            await log.Refused(context, person.Person, Acts, "The role viewer changes nothing.");
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        else
        {
            await Audited(context, person);
        }
    }

    private async Task Audited(HttpContext context, Operator person)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var action = new OperatorAction(person, Acts, "Hangfire asks for no reason", form);
        var number = await log.Begin(context, action);
        string told;
        try
        {
            if (context.Request.Path.Value!.EndsWith(Trigger, StringComparison.OrdinalIgnoreCase))
            {
                told = await RunNow(context, action);
            }
            else
            {
                told = string.Join(", ", form[Chosen].ToArray());
                await Answer(context);
            }
        }
        catch (Exception fault)
        {
            await log.Fail(context, number, fault);
            throw;
        }

        var isDone = context.Response.StatusCode < StatusCodes.Status400BadRequest;
        await log.End(number, isDone ? ActionOutcome.Done : ActionOutcome.Refused, told);
    }

    /// <summary>As the console has a job run: after the run that is under way, if there is one, and with whoever asked in the history.</summary>
    private async Task<string> RunNow(HttpContext context, OperatorAction action)
    {
        var told = new List<string>();
        var asked = 0;
        foreach (var job in action.Form[Chosen].OfType<string>().Distinct(StringComparer.Ordinal))
        {
            var answer = await jobs.Run(job, action.Actor, action.Reason, context.RequestAborted);
            asked += answer == JobAnswer.Done ? 1 : 0;
            told.Add(answer switch
            {
                JobAnswer.Done => job,
                JobAnswer.Paused => $"{job} is paused",
                JobAnswer.Unknown => $"{job} is no job",
                _ => $"{job} is asked for already",
            });
        }

        context.Response.StatusCode = asked > 0 ? StatusCodes.Status204NoContent : StatusCodes.Status409Conflict;
        return string.Join(", ", told);
    }

    private async Task Answer(HttpContext context)
    {
        // An API node may be here before any worker.
        if (!hasTables)
            await HangfireStore.Prepare(database, context.RequestAborted);
        hasTables = true;

        var request = context.Request;
        BrowserHeaders.Write(context.Response, BrowserHeaders.SameOrigin);
        context.Response.Headers.ContentSecurityPolicy = Policy;
        request.Path.StartsWithSegments(OperatorPaths.JobHost, StringComparison.OrdinalIgnoreCase, out var under, out var page);
        if (Kept.Any(kind => page.Value!.StartsWith(kind, StringComparison.Ordinal)))
            context.Response.Headers.CacheControl = "private, max-age=3600";
        (request.PathBase, request.Path) = (request.PathBase + under, page);
        await pages.Invoke(context);
    }

    private static Operator Person(HttpContext context) =>
        context.Features.Get<Operator>() ?? throw new InvalidOperationException("Nobody is signed in.");

    private sealed class SignedIn : IDashboardAuthorizationFilter
    {
        public bool Authorize(DashboardContext context) => context.GetHttpContext().Features.Get<Operator>() is not null;
    }
}
