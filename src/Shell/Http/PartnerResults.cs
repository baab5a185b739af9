namespace Marketplace.Shell.Http;

/// <summary>The refusals of the Partner API, each with its status and its stable code. Source: contract §B.0.</summary>
public static class PartnerResults
{
    public const string ValidationErrorCode = "validation_error";

    /// <summary>400: the request itself is wrong, whatever the state.</summary>
    public static PartnerErrorResult ValidationError(string message, params IReadOnlyList<PartnerErrorField> fields) =>
        new(StatusCodes.Status400BadRequest,
            new PartnerError(ValidationErrorCode, message, Fields: fields.Count == 0 ? null : fields));

    /// <summary>403: the token does not allow it.</summary>
    public static PartnerErrorResult Forbidden(string message, PartnerErrorUser? user = null) =>
        new(StatusCodes.Status403Forbidden, new PartnerError("forbidden", message, user));

    /// <summary>404: there is no such thing, or not in this installation.</summary>
    public static PartnerErrorResult NotFound(string message) =>
        new(StatusCodes.Status404NotFound, new PartnerError("not_found", message));

    /// <summary>409: the state of things forbids it.</summary>
    public static PartnerErrorResult Conflict(string message, PartnerErrorUser? user = null, string code = "conflict") =>
        new(StatusCodes.Status409Conflict, new PartnerError(code, message, user));

    /// <summary>413: the body is larger than the route takes.</summary>
    public static PartnerErrorResult TooLarge(int bytesMax = BodyLimits.BytesMax) =>
        new(StatusCodes.Status413PayloadTooLarge, new PartnerError("payload_too_large", $"The body is larger than {bytesMax} bytes."));

    /// <summary>422: well-formed and allowed, but impossible.</summary>
    public static PartnerErrorResult Unprocessable(string message, PartnerErrorUser? user = null, string code = "unprocessable") =>
        new(StatusCodes.Status422UnprocessableEntity, new PartnerError(code, message, user));

    /// <summary>503: not now; the same request may work later.</summary>
    public static PartnerErrorResult Unavailable(string message, int retryAfterSeconds = 5) =>
        new(StatusCodes.Status503ServiceUnavailable, new PartnerError("unavailable", message), retryAfterSeconds);
}
