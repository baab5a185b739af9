using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Marketplace.Shell.Http;

/// <summary>What is wrong with a request to the Provider API. Source: RFC 9457.</summary>
/// <param name="Type">Stable; programs compare it.</param>
/// <param name="Title">The same for every problem of the type.</param>
/// <param name="Detail">About this one.</param>
/// <param name="Errors">What is wrong where, as far as it is one place or several of the request.</param>
public sealed record Problem(string Type, string Title, int Status, string Detail, IReadOnlyList<ProblemError>? Errors = null)
{
    private const string Types = "urn:problem-type:marketplace:";

    public static Problem Of(int status, string code, string title, string detail, IReadOnlyList<ProblemError>? errors = null) =>
        new(Types + code.Replace('_', '-'), title, status, detail, errors);
}

/// <param name="Pointer">A JSON pointer as a fragment, like <c>#/events/3/quantity</c>.</param>
public sealed record ProblemError(string Pointer, string Detail);

/// <summary>Answers with a <see cref="Problem"/>. A handler returns it, and so does everything that stands before a handler.</summary>
public sealed class ProblemResult(Problem problem, int? retryAfterSeconds = null) : IResult, IStatusCodeHttpResult
{
    public const string MediaType = "application/problem+json";

    public Problem Problem => problem;

    int? IStatusCodeHttpResult.StatusCode => problem.Status;

    /// <summary>A refusal of what stands before every API, in the words of this one.</summary>
    public static ProblemResult From(PartnerErrorResult refusal) => new(
        Problem.Of(refusal.StatusCode, refusal.Value.Code, ReasonPhrases.GetReasonPhrase(refusal.StatusCode), refusal.Value.Message),
        refusal.RetryAfterSeconds);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = problem.Status;
        if (retryAfterSeconds is { } seconds)
            response.Headers[HeaderNames.RetryAfter] = seconds.ToString(CultureInfo.InvariantCulture);
        return response.WriteAsJsonAsync(
            problem, WireJsonContext.Default.Problem, MediaType, cancellationToken: httpContext.RequestAborted);
    }
}
