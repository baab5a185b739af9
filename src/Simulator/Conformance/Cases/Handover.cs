using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>A resource on its way to another team. Source: contract §B.5, §E.11.</summary>
internal sealed record Handover(Trial Trial, Tenant Source, string ClaimId)
{
    /// <summary>A resource of a team of its own, offered.</summary>
    public static async Task<Handover> Offer(Trial trial) => await Offer(trial, await trial.NewTenant());

    public static async Task<Handover> Offer(Trial trial, Tenant source)
    {
        var offered = await trial.Customer.OfferTransfer(source.InstallationId, [source.ResourceId], trial.Cancel);
        trial.ExpectSuccess(offered);
        return new(trial, source, offered.Json!.Value.GetProperty("providerClaimId").GetString()!);
    }

    /// <summary>Offered and accepted; given is the resource as another team has it.</summary>
    public static async Task<(Tenant Source, Tenant Target)> Complete(Trial trial)
    {
        var handover = await Offer(trial);
        return (handover.Source, await handover.AcceptBy(await trial.NewInstallation()));
    }

    /// <summary>Any list, until any moment. Vercel's view does not change by it.</summary>
    public static Task<Exchange> Offer(Trial trial, string sourceId, DateTimeOffset expiresAt, params string[] resourceIds) =>
        trial.Send(PartnerCalls.CreateTransfer(
            sourceId,
            new JsonObject
            {
                ["resourceIds"] = new JsonArray([.. resourceIds.Select(id => JsonValue.Create(id))]),
                ["expiresAt"] = expiresAt.ToUnixTimeMilliseconds(),
            },
            trial.SystemToken(sourceId)));

    public Task<Exchange> Verify(string targetId) => Trial.Customer.VerifyTransfer(targetId, ClaimId, Trial.Cancel);

    /// <summary>Whatever comes of it.</summary>
    public async Task<Exchange> TryAccept(string targetId, CallOptions? options = null) => await Trial.Customer.AcceptTransfer(
        Source.InstallationId, targetId, [Source.ResourceId], ClaimId, await Verify(targetId), Trial.Cancel, options);

    /// <summary>Looked at and accepted, as a customer does.</summary>
    public async Task<Tenant> AcceptBy(string targetId)
    {
        Trial.ExpectSuccess(await Verify(targetId));
        Trial.ExpectSuccess(await TryAccept(targetId));
        return Source with { AccountId = Trial.TeamOf(targetId).AccountId, InstallationId = targetId };
    }

    public void ExpectRefused(Exchange exchange) => Trial.ExpectTurnedDown(exchange);

    public async Task ExpectStillAtSource() => Trial.Expect(
        (await Trial.Read(Source)).OptionalText("status") is "ready" or "resumed", "the source still has the resource", "it is not ready there");

    /// <summary>It did not come to this team.</summary>
    public Task ExpectNotAt(string targetId) => Trial.ExpectGone(targetId, Source.ResourceId);
}
