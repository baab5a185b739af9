using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Marketplace.Shell.SignOn;
using Npgsql;

namespace Marketplace.Shell.Dashboard;

/// <summary>/dashboard/{installationId}/resources/{resourceId}: the page, and on it the secrets: shown when asked for, and rotated.</summary>
internal static class ResourceEndpoints
{
    public static readonly RequestDelegate Show = DashboardEndpoint.Page(ShowPage);

    public static readonly RequestDelegate Reveal = DashboardEndpoint.AdminForm(RevealSecrets);

    public static readonly RequestDelegate Rotate = DashboardEndpoint.AdminForm(RotateAll);

    private const string Told = "told";

    private static async Task<IResult> ShowPage(
        Visitor visitor, string resourceId, HttpRequest request, ResourcePages pages, CancellationToken cancel) =>
        await pages.Of(visitor, new ResourceId(resourceId), MeantBy(request.Query), cancel, Says(request.Query[Told]));

    /// <summary>It is written down who saw them before anybody sees them. The page is the answer to the form: no address leads to it.</summary>
    private static async Task<IResult> RevealSecrets(
        Visitor visitor, string resourceId, HttpRequest request, ResourcePages pages, NpgsqlDataSource database, SecretBox box,
        Messages messages, TimeProvider clock, CancellationToken cancel)
    {
        var (id, loads) = (new ResourceId(resourceId), new Loads());
        var found = ResourceRows.Load(loads, visitor.Id, id);
        var secrets = SecretRows.LoadCurrent(loads, box, visitor.Id, id);
        await loads.Read(database, cancel);
        if (found.Value is null or Resource.Uninstalled)
            return messages.NoSuch("Resource", DashboardPaths.Home(visitor.Id), "All resources");

        var writes = new Writes();
        EventRows.Append(
            writes, visitor.Id, id, clock.GetUtcNow(), "secrets.Revealed", visitor.Doing("dashboard: reveal secrets"),
            new { names = secrets.Value.All.Select(secret => secret.Name).ToArray() });
        await writes.Commit(database, cancel);
        return await pages.Of(visitor, id, MeantBy(request.Query), cancel, revealed: secrets.Value.All);
    }

    /// <summary>The decision of the Partner API's rotation. Vercel has not asked, so that it hears of the new ones by Update Secrets (contract §D.6, §E.7).</summary>
    private static async Task<IResult> RotateAll(
        Visitor visitor, string resourceId, HttpRequest request, Decisions decisions, SecretBox box, Fulfilment fulfilment, ResourcePages pages,
        Messages messages, TimeProvider clock, CancellationToken cancel)
    {
        var (id, actor, form) = (new ResourceId(resourceId), visitor.Doing("dashboard: rotate secrets"), request.Form);
        var hours = decimal.TryParse(form["delay-hours"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given) ? given : -1m;
        if (RotateSecrets.ParseDelay(hours).ToOption().Case is not SomeCase<TimeSpan>(var delay))
            return await pages.Of(visitor, id, MeantBy(request.Query), cancel, Says("delay"), status: StatusCodes.Status400BadRequest);

        var answer = (PartnerAnswer)await decisions.Saga(visitor.Id, FormCall.Of(visitor, request, form["form-key"]), Look, LookAgain, cancel);
        return answer.StatusCode switch
        {
            StatusCodes.Status204NoContent => Back("rotated"),
            StatusCodes.Status202Accepted => Back("rotating"),
            StatusCodes.Status404NotFound => messages.NoSuch("Resource", DashboardPaths.Home(visitor.Id), "All resources"),
            _ => Back("not-rotated"),
        };

        IResult Back(string told) =>
            TypedResults.Redirect($"{DashboardPaths.Resource(visitor.Id, resourceId)}?{Told}={told}#secrets");

        Func<Writes, Decided> Look(Loads loads)
        {
            var rotation = SecretRotation.Look(loads, box, visitor.Id, id, actor);
            return writes => rotation.Resource is { } resource
                ? RotateSecrets.Allowed(resource).Match<Decided>(
                    Right: _ => rotation.UnderWay is null
                        ? Begun(writes, rotation, resource)
                        : new Decided.Answered(PartnerAnswer.Of(PartnerResults.Conflict("A rotation is under way."))),
                    Left: rejection => new Decided.Answered(PartnerAnswer.Of(ResourceProblem.From(rejection))))
                : new Decided.Answered(PartnerAnswer.Of(ResourceProblem.Unknown(id)));
        }

        Decided Begun(Writes writes, SecretRotation rotation, Resource resource)
        {
            var (operation, now) = (Ids.Operation(), clock.GetUtcNow());
            rotation.TellWhy(writes, operation, delay, "asked for on the dashboard", now);
            if (fulfilment.Local(resource) is { } local)
            {
                rotation.Now(writes, local, operation, delay, areKept: true, now);
                OutboxRows.Append(writes, visitor.Id, id, MessageKind.ResourceSecrets, now, now);
                return new Decided.Answered(PartnerAnswer.NoContent);
            }

            rotation.Later(writes, operation, delay, now);
            OperationRows.HandOver(writes, visitor.Id, operation);
            return new Decided.Started(operation, id);
        }

        static Func<Writes, OperationState, PartnerAnswer> LookAgain(Loads loads, ResourceId rotated) => (_, state) => state switch
        {
            OperationState.Done => PartnerAnswer.NoContent,
            OperationState.Open => PartnerAnswer.Json(StatusCodes.Status202Accepted, new { }),
            _ => PartnerAnswer.Of(PartnerResults.Conflict("The secrets could not be rotated, and the old ones stay valid.")),
        };
    }

    private static Destination MeantBy(IQueryCollection query) => Destination.OnPage(query);

    private static NoticeView? Says(string? told) =>
        told switch
        {
            "rotated" => new NoticeView(
                Tone.Good, "New secrets are in force", "Vercel has them in a moment. Redeploy your projects, so that they use them before the old ones end.", null),
            "rotating" => new NoticeView(Tone.Busy, "New secrets are being made", "Vercel gets them as soon as they are there. The old ones work meanwhile.", null),
            "not-rotated" => new NoticeView(Tone.Bad, "The secrets were not rotated", "The old ones stay valid. Try again in a moment.", null),
            "delay" => new NoticeView(Tone.Bad, "The secrets were not rotated", "Choose how long the old ones go on working, from 0 to 720 hours.", null),
            _ => null,
        };
}

/// <summary>A form as its repetitions know it: one that is sent twice, by a double click for instance, is done once.</summary>
internal static class FormCall
{
    private const int KeyCharactersMax = 64;

    /// <param name="key">Which the page made up for the form.</param>
    public static KeyedCall Of(Visitor visitor, HttpRequest request, string? key)
    {
        var asked = string.Join('\n', request.Form.Where(field => field.Key != OwnForms.TokenField)
            .OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}"));
        return new KeyedCall(
            key is { Length: > 0 and <= KeyCharactersMax } ? $"\nform {visitor.Session.UserId} {key}" : null,
            SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Path}\n{asked}")))
        {
            Route = KeyedCall.RouteOf(request),
        };
    }
}
