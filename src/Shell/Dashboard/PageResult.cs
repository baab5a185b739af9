using Marketplace.Shell.Http;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Marketplace.Shell.Dashboard;

/// <summary>A page for a person, rendered here: a component of <c>Pages</c>, with its frame and what it shows.</summary>
/// <param name="Frame">Of the family of pages that it belongs to.</param>
internal sealed record PageResult(Type Page, object View, object Frame, int Status) : IResult, IStatusCodeHttpResult
{
    int? IStatusCodeHttpResult.StatusCode => Status;

    /// <summary>Of a sign-on that failed: its address holds a code.</summary>
    public bool HidesAddress { get; init; }

    /// <summary>In seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The browser opens the page anew after so many seconds.</summary>
    public int? LooksAgainAfter { get; init; }

    /// <summary>The origin to which the answer to one of its forms sends the browser on.</summary>
    public string? FormsLeadTo { get; init; }

    public static PageResult Of<TPage>(Frame frame, object view, int status = StatusCodes.Status200OK)
        where TPage : IComponent =>
        new(typeof(TPage), view, frame, status);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        BrowserHeaders.Write(httpContext.Response, HidesAddress ? BrowserHeaders.NoReferrer : BrowserHeaders.SameOrigin, FormsLeadTo);
        if (LooksAgainAfter is { } pause)
            httpContext.Response.Headers["Refresh"] = pause.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (RetryAfter is { } seconds)
            httpContext.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var shown = new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(Frame)] = Frame, [nameof(View)] = View };
        return new RazorComponentResult(Page, shown) { StatusCode = Status, PreventStreamingRendering = true }.ExecuteAsync(httpContext);
    }

    /// <summary>What it shows may be secret.</summary>
    public override string ToString() => $"{Page.Name}, {Status}";
}
