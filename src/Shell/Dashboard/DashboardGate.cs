using Marketplace.Core.Installations;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.SignOn;
using Microsoft.AspNetCore.Http.Extensions;
using Npgsql;

namespace Marketplace.Shell.Dashboard;

/// <summary>
/// Lets a request pass to its page, or answers with one that says what is missing. A form must come from a page of the same session, and
/// one that changes something from somebody who may.
/// </summary>
internal sealed partial class DashboardGate(
    NpgsqlDataSource database, SignOnCookies cookies, PublicAddress address, Messages messages, TimeProvider clock, ILogger<DashboardGate> log)
{
    public async Task<IResult?> Admit(HttpContext context, DashboardAdmission admission)
    {
        var installation = new InstallationId((string)context.Request.RouteValues[DashboardEndpoint.InstallationParameter]!);
        if (await Find(installation, cookies.SessionOf(context.Request), context.RequestAborted) is not { } visitor)
        {
            var signOn = BeginAgain(installation, context.Request);
            return admission == DashboardAdmission.AdminArrival ? new SeeOther(signOn) : messages.SignOnFirst(signOn);
        }

        if (admission is DashboardAdmission.OwnForm or DashboardAdmission.AdminForm && await OwnForms.Read(context.Request, visitor.Secret) is null)
        {
            LogForeignForm(context.Request.Path, visitor.Session);
            return messages.FormOver(DashboardPaths.Home(installation));
        }

        if (admission is DashboardAdmission.AdminArrival or DashboardAdmission.AdminForm && !visitor.Session.IsAdmin)
            return messages.AdminsOnly(DashboardPaths.Home(installation));

        context.Features.Set(visitor);
        Traces.Concerns(installation);
        return null;
    }

    /// <summary>One round trip; now and then another one, which writes down that the session is in use.</summary>
    private async Task<Visitor?> Find(InstallationId id, SessionSecret? secret, CancellationToken cancel)
    {
        if (secret is null)
            return null;

        var (loads, now) = (new Loads(), clock.GetUtcNow());
        var found = SessionRows.Find(loads, id, secret);
        var installation = InstallationRows.Load(loads, id);
        await loads.Read(database, cancel);
        if (found.Value is not { } session || !session.LivesAt(now) || installation.Value is null or Installation.Finalized)
            return null;

        if (session.IsToBeSeen(now))
        {
            var writes = new Writes();
            SessionRows.Seen(writes, id, secret, now);
            await writes.Commit(database, cancel);
            session = session with { SeenAt = now };
        }

        return new Visitor(session, secret, installation.Value);
    }

    /// <summary>Back to the page, when somebody wanted to look at one.</summary>
    private string BeginAgain(InstallationId installation, HttpRequest request)
    {
        var page = HttpMethods.IsGet(request.Method)
            ? address.Origin.GetLeftPart(UriPartial.Authority) + request.GetEncodedPathAndQuery()
            : null;
        return $"{SignOnEndpoints.Root}/{Uri.EscapeDataString(installation.Value)}{(page is null ? "" : new QueryBuilder { { "url", page } }.ToString())}";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A form for {Path} does not come from a page of the {Session}")]
    private partial void LogForeignForm(string path, Session session);
}
