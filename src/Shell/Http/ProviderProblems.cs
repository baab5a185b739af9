using LanguageExt;
using Marketplace.Core;

namespace Marketplace.Shell.Http;

/// <summary>The refusals of the Provider API, each with its status, its type and its title.</summary>
public static class ProviderProblems
{
    /// <summary>400: the request itself is wrong, whatever the state.</summary>
    public static ProblemResult Invalid(string detail, params IReadOnlyList<ProblemError> errors) => new(Problem.Of(
        StatusCodes.Status400BadRequest, "invalid_request", "The request is not valid.", detail, errors.Count == 0 ? null : errors));

    /// <summary>The same, with every field that is wrong.</summary>
    public static ProblemResult Invalid(Seq<FieldError> errors) => Invalid(
        "The request has fields that are wrong.", [.. errors.Select(error => new ProblemError($"#/{error.Key}", error.Message))]);

    /// <summary>401: who calls is not known.</summary>
    public static ProblemResult Unauthorized(string detail) => new(Problem.Of(
        StatusCodes.Status401Unauthorized, "unauthorized", "A key of the Provider API is needed.", detail));

    /// <summary>403: who calls is known, and may not do this.</summary>
    public static ProblemResult InsufficientScope(string detail) => new(Problem.Of(
        StatusCodes.Status403Forbidden, "insufficient_scope", "The key does not allow this.", detail));

    /// <summary>404: there is no such thing.</summary>
    public static ProblemResult NotFound(string detail) => new(Problem.Of(
        StatusCodes.Status404NotFound, "not_found", "There is no such thing.", detail));

    /// <summary>409: the state of things forbids it.</summary>
    /// <param name="code">What programs tell one conflict from another by.</param>
    public static ProblemResult Conflict(string detail, string code = "conflict") => new(Problem.Of(
        StatusCodes.Status409Conflict, code, "The state of things forbids it.", detail));

    /// <summary>409: the same call is being answered at this moment.</summary>
    public static ProblemResult UnderWay(string detail) => new(
        Problem.Of(StatusCodes.Status409Conflict, "request_under_way", "The same request is under way.", detail), retryAfterSeconds: 1);

    /// <summary>413: the body is larger than the route takes.</summary>
    public static ProblemResult TooLarge(string detail) => new(Problem.Of(
        StatusCodes.Status413PayloadTooLarge, "payload_too_large", "The body is too large.", detail));

    /// <summary>415: the route reads other media types.</summary>
    public static ProblemResult UnknownMediaType(string detail) => new(Problem.Of(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The media type is not one that is read here.", detail));

    /// <summary>422: well-formed and allowed, but impossible.</summary>
    /// <param name="code">What programs tell one from another by.</param>
    public static ProblemResult Unprocessable(string detail, string code = "unprocessable") => new(Problem.Of(
        StatusCodes.Status422UnprocessableEntity, code, "The request cannot be carried out.", detail));

    /// <summary>422: one Idempotency-Key stands for one request.</summary>
    public static ProblemResult KeyReused { get; } = Unprocessable(
        "This Idempotency-Key was used for another request. Send a new key for a new request.", "idempotency_key_reused");

    /// <summary>429: too often in too short a time.</summary>
    public static ProblemResult TooMany(string detail, int retryAfterSeconds) => new(
        Problem.Of(StatusCodes.Status429TooManyRequests, "too_many_requests", "The key asks too often.", detail), retryAfterSeconds);
}
