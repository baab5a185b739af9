using System.Text.Json;
using Marketplace.Simulator.Clock;
using Marketplace.Simulator.State;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>Makes routes of what a page shows and of what its forms do: the frame, the message, what is refused, and the way on.</summary>
internal sealed class PageRoutes(IEndpointRouteBuilder routes, VercelStore store, BrowserAddresses addresses, ClockPart times)
{
    private const string Told = "told";

    private static readonly FormCollection NoForm = FormCollection.Empty;

    private readonly Tellings tellings = new();

    public void Get(string path, Func<Visit, Shown> show) => Get(path, visit => Task.FromResult(show(visit)));

    public void Get(string path, Func<Visit, Task<Shown>> show) => routes.MapGet(path, AtTheEdge(async http =>
    {
        var shown = OwnSite.Knows(http.Request) ? await Try(show, new Visit(http, NoForm)) : NotOurName;
        await Answer(http, shown);
    }));

    public void Post(string path, Func<Visit, Outcome> act) => Post(path, visit => Task.FromResult(act(visit)));

    /// <summary>Whatever a form did is told on the page to which it leads.</summary>
    public void Post(string path, Func<Visit, Task<Outcome>> act) => routes.MapPost(path, AtTheEdge(async http =>
    {
        if (!OwnSite.Sends(http.Request) || !http.Request.HasFormContentType)
        {
            await Answer(http, NotFromHere);
            return;
        }

        var outcome = await Try(act, new Visit(http, await http.Request.ReadFormAsync(http.RequestAborted)));
        await store.Persist(http.RequestAborted);
        await Follow(http, outcome);
    }));

    /// <summary>Whatever has no other address.</summary>
    public void Fallback() => routes.MapGet("/{**path}", AtTheEdge(http => http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        ? Answer(http, Shown.Message(StatusCodes.Status404NotFound, "Page not found", "There is nothing at this address."))
        : TypedResults.NotFound().ExecuteAsync(http)));

    private static Shown NotOurName => Shown.Message(
        StatusCodes.Status403Forbidden, "Not by this name", "These pages answer by an address of this machine only, such as http://127.0.0.1.");

    private static Shown NotFromHere => Shown.Message(
        StatusCodes.Status403Forbidden, "This form did not come from here", "Another site sent it, or something that is no browser. Nothing has changed.");

    /// <summary>A fault of ours is logged here, once, and is a page as well.</summary>
    private RequestDelegate AtTheEdge(RequestDelegate answer) => async http =>
    {
        try
        {
            await answer(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the page any more.
        }
        catch (Exception fault) when (!http.Response.HasStarted)
        {
            http.RequestServices.GetRequiredService<ILogger<PageRoutes>>().LogError(fault, "A page could not be shown.");
            http.Response.Clear();
            await Answer(http, Shown.Message(
                StatusCodes.Status500InternalServerError, "Something went wrong in the simulator", "What it was stands where the simulator was started."));
        }
    };

    private Task Follow(HttpContext http, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.GoTo next:
                SeeOther(http, With(next.Address, tellings.Keep(next.Telling)));
                return Task.CompletedTask;
            case Outcome.Quietly on:
                SeeOther(http, on.Address);
                return Task.CompletedTask;
            case Outcome.Leave away:
                SeeOther(http, away.Address.AbsoluteUri);
                return Task.CompletedTask;
            case Outcome.Again again:
                return Answer(http, again.Shown, again.Telling);
            default:
                throw new System.Diagnostics.UnreachableException(outcome.GetType().Name);
        }
    }

    private async Task Answer(HttpContext http, Shown shown, Telling? telling = null)
    {
        var frame = new Frame(
            ClockView.Of(times), store.Current.Findings.Count,
            ExchangeViews.Of(telling ?? tellings.Find(http.Request.Query[Told])), Assets.Links);
        PageHeaders.Write(http.Response, LeadTo());
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal) { ["Frame"] = frame, ["View"] = shown.View };
        await new RazorComponentResult(shown.Page, parameters) { StatusCode = shown.Status, PreventStreamingRendering = true }.ExecuteAsync(http);
    }

    private IEnumerable<string> LeadTo() =>
        from address in (IEnumerable<Uri?>)[addresses.RedirectLogin, addresses.ImportResource, addresses.ConnectAccount]
        where address is not null
        select address.GetLeftPart(UriPartial.Authority);

    private static void SeeOther(HttpContext http, string address)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = address;
        http.Response.Headers.CacheControl = "no-store";
    }

    private static string With(string address, string telling)
    {
        var fragment = address.IndexOf('#', StringComparison.Ordinal) is >= 0 and var at ? at : address.Length;
        return $"{address[..fragment]}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Told}={telling}{address[fragment..]}";
    }

    private static async Task<Shown> Try(Func<Visit, Task<Shown>> show, Visit visit)
    {
        try
        {
            return await show(visit);
        }
        catch (KeyNotFoundException unknown)
        {
            return Shown.Message(StatusCodes.Status404NotFound, "Not found", unknown.Message);
        }
        catch (Exception wrong) when (wrong is ArgumentException or JsonException or InvalidOperationException)
        {
            return Shown.Message(StatusCodes.Status400BadRequest, "This cannot be shown", wrong.Message);
        }
    }

    private static async Task<Outcome> Try(Func<Visit, Task<Outcome>> act, Visit visit)
    {
        try
        {
            return await act(visit);
        }
        catch (Exception refused) when (refused is KeyNotFoundException or UnauthorizedAccessException or ArgumentException or JsonException
            or InvalidOperationException)
        {
            return Outcome.Refused(WhereItWas(visit.Http.Request), Sentence(refused));
        }
    }

    /// <summary>The page with the form, which the browser names; it is one of ours.</summary>
    private static string WhereItWas(HttpRequest request) =>
        request.GetTypedHeaders().Referer is { IsAbsoluteUri: true } page && page.GetLeftPart(UriPartial.Authority) == $"{request.Scheme}://{request.Host}"
            ? page.AbsolutePath
            : Navigation.Teams;

    /// <summary>Without the name of the parameter that .NET appends.</summary>
    private static string Sentence(Exception refused) =>
        refused is ArgumentException { ParamName: { } name } ? refused.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : refused.Message;
}
