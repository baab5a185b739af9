using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Marketplace.Shell.Http;

/// <summary>Answers with an error body. A handler returns it, and so does everything that stands before a handler.</summary>
public sealed class PartnerErrorResult(int statusCode, PartnerError error, int? retryAfterSeconds = null)
    : IResult, IStatusCodeHttpResult, IValueHttpResult<PartnerError>
{
    public int StatusCode => statusCode;

    public PartnerError Value => error;

    public int? RetryAfterSeconds => retryAfterSeconds;

    int? IStatusCodeHttpResult.StatusCode => statusCode;

    PartnerError? IValueHttpResult<PartnerError>.Value => error;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = statusCode;
        if (retryAfterSeconds is { } seconds)
        {
            response.Headers[HeaderNames.RetryAfter] = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return response.WriteAsJsonAsync(
            new PartnerErrorBody(error), WireJsonContext.Default.PartnerErrorBody, cancellationToken: httpContext.RequestAborted);
    }
}
