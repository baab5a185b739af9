namespace Marketplace.Shell.Http;

/// <summary>Sends a browser on, to an address that is known to be good, and tells nobody where it came from.</summary>
internal sealed record SeeOther(string Address) : IResult, IStatusCodeHttpResult
{
    int? IStatusCodeHttpResult.StatusCode => StatusCodes.Status303SeeOther;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        BrowserHeaders.Write(httpContext.Response, BrowserHeaders.NoReferrer);
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = Address;
        return Task.CompletedTask;
    }

    /// <summary>A state may be in it.</summary>
    public override string ToString() => nameof(SeeOther);
}
