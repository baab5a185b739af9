using Marketplace.Core.Repl;
using Marketplace.Core.Resources;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Repl;

/// <summary>
/// POST /v1/installations/{installationId}/resources/{resourceId}/repl: a command on the customer's own resource, answered in blocks. What
/// the resource says to it, an error too, is a 200. Source: contract §B.2.
/// </summary>
internal static class RunReplCommandEndpoint
{
    // Somebody who may only look may look from here as well; who wants more is asked for the role below.
    public static readonly RequestDelegate Route = PartnerEndpoint.Reading(Accepts.User, Handle);

    private static Task<IResult> Handle(
        Caller caller, string resourceId, HttpContext context, JsonBody<ReplCommandWire> body, Decisions decisions, ReplCalls calls,
        CancellationToken cancel)
    {
        var call = KeyedCall.Of(context.Request, body.Raw);
        return ReplCommand.Parse(Optional(body.Value.Input)!, body.Value.ReadOnly ?? false).Match(
            Succ: command => command.IsReadOnly || caller is Caller.User { Role: UserRole.Admin }
                ? calls.Run(caller, new ResourceId(resourceId), call, command, ReplTranscript.For(context), cancel)
                : Task.FromResult<IResult>(ReplProblem.RoleOnlyReads),
            Fail: errors => decisions.Refuse(caller.Installation, call, FieldProblem.From(errors), cancel));
    }
}
