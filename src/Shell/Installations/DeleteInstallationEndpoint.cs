using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;

namespace Marketplace.Shell.Installations;

/// <summary>DELETE /v1/installations/{installationId}: the customer goes, or Vercel for a deleted account. Source: contract §B.1, §E.5.</summary>
internal static class DeleteInstallationEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.Either, Handle);

    private static Task<IResult> Handle(
        Caller caller, HttpRequest request, OptionalJsonBody<DeleteWire> body, Decisions decisions, Fulfilment fulfilment,
        TimeProvider clock, CancellationToken cancel)
    {
        return decisions.Decide(caller.Installation, KeyedCall.Of(request, body.Raw), Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var departure = new Departure(loads, caller.Installation, fulfilment);
            return writes => departure.Installation is null
                ? PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation))
                : Decide(writes, departure);
        }

        PartnerAnswer Decide(Writes writes, Departure departure) =>
            departure.Write(
                    writes, keep: body.Value?.CascadeResourceDeletion == false, body.Value?.Reason ?? "", Actor.Of(caller, "uninstall"),
                    clock.GetUtcNow())
                .Match(
                    Right: left => PartnerAnswer.Ok(new DeletedWire(left is Installation.Finalized)),
                    Left: rejection => PartnerAnswer.Of(InstallationProblem.From(rejection)));
    }

    /// <param name="CascadeResourceDeletion">
    /// Without it the resources go with their installation, because Vercel deletes none of them. A plain no cannot be kept once the
    /// token is dead, so it is refused while there is something to keep.
    /// </param>
    /// <param name="Reason">Any text: the values that Vercel sends are not published.</param>
    internal sealed record DeleteWire(bool? CascadeResourceDeletion = null, string? Reason = null);

    internal sealed record DeletedWire(bool Finalized);
}
