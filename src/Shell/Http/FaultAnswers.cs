using System.Diagnostics;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning.Http;
using Npgsql;

namespace Marketplace.Shell.Http;

/// <summary>
/// The outermost layer: whatever goes wrong behind it, the caller gets a status and a body of the documented shape, and
/// the log gets one entry.
/// </summary>
internal sealed partial class FaultAnswers(RequestDelegate next, ILogger<FaultAnswers> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone, and nobody is left to answer.
            return;
        }
        catch (Exception fault)
        {
            var answer = Answer(fault, context);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            await InWordsOf(context, answer).ExecuteAsync(context);
            return;
        }

        if (IsBare(context.Response))
        {
            await InWordsOf(context, Describe(context)).ExecuteAsync(context);
        }
    }

    /// <summary>Each API has its own shape of a refusal, and a person reads a page.</summary>
    private static IResult InWordsOf(HttpContext context, PartnerErrorResult answer) =>
        IsOfProvider(context.Request.Path) ? ProblemResult.From(answer)
        : DashboardPaths.AreOfPeople(context.Request.Path) && context.RequestServices.GetService<Messages>() is { } pages ? pages.Fault(answer, ReferenceOf(context))
        : OperatorPaths.AreOfOperators(context.Request.Path) && context.RequestServices.GetService<OperatorMessages>() is { } console
            ? console.Fault(answer, ReferenceOf(context), context.Features.Get<Operator>()?.Frame)
        : answer;

    private static bool IsOfProvider(PathString path) =>
        path.StartsWithSegments(ProviderApi.Root, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(ControlPlaneModule.Root, StringComparison.OrdinalIgnoreCase);

    private PartnerErrorResult Answer(Exception fault, HttpContext context)
    {
        switch (fault)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                // The rest of the body is not read, so nothing else can come through this connection.
                context.Response.OnStarting(() => { context.Response.Headers.Connection = "close"; return Task.CompletedTask; });
                return PartnerResults.TooLarge();
            case BadHttpRequestException bad:
                return new(bad.StatusCode, new PartnerError(PartnerResults.ValidationErrorCode, bad.Message));
            case UnstorableTextException:
            // As an escape within JSON it is found only there.
            case PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter }:
                return PartnerResults.ValidationError("The request has a character that cannot be stored (U+0000).");
            case var _ when DatabaseOutage.Is(fault):
                LogOutage(context.Request.Method, context.Request.Path, fault.Message);
                return PartnerResults.Unavailable("The database cannot be reached at the moment. Try again.");
            default:
                var reference = ReferenceOf(context);
                LogFault(fault, context.Request.Method, context.Request.Path, reference);
                return new(StatusCodes.Status500InternalServerError,
                    new PartnerError("internal_error", $"An unexpected fault. The log has the details under {reference}."));
        }
    }

    /// <summary>By which the log is found.</summary>
    private static string ReferenceOf(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    /// <summary>An error status that nobody has written a body for: routing's own 404 and 405.</summary>
    private static bool IsBare(HttpResponse response) =>
        !response.HasStarted && response.ContentType is null && response.ContentLength is null
        && response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed;

    private static PartnerErrorResult Describe(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status404NotFound
            ? PartnerResults.NotFound("There is nothing at this path.")
            : new(StatusCodes.Status405MethodNotAllowed,
                new PartnerError("method_not_allowed", $"This path does not answer {context.Request.Method}."));

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} met an unexpected fault, answered as {Reference}")]
    private partial void LogFault(Exception fault, string method, string path, string reference);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} found no database: {Reason}")]
    private partial void LogOutage(string method, string path, string reason);
}
