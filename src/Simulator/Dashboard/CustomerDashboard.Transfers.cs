using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Dashboard;

/// <summary>Resources go to another team: one offers, another claims. Source: contract §B.5, §E.11.</summary>
internal sealed partial class CustomerDashboard
{
    /// <summary>How long the code of a project transfer can be used.</summary>
    public static readonly TimeSpan TransferOpen = TimeSpan.FromHours(24);

    /// <summary>The whole way of a claim: offered by one team, looked at and accepted by the other. Ends with the first call that fails.</summary>
    public async Task<ImmutableList<Exchange>> Transfer(
        string sourceId, string targetId, IEnumerable<string> resourceIds, CancellationToken cancel)
    {
        // Who gets it is known by name before anything is offered.
        Installation(targetId);
        ImmutableList<string> resources = [.. resourceIds];
        var offered = await OfferTransfer(sourceId, resources, cancel);
        if (offered is not { IsSuccess: true, Findings.IsEmpty: true, Json: { } answer })
        {
            return [offered];
        }

        var claimId = answer.GetProperty("providerClaimId").GetString()!;
        var verified = await VerifyTransfer(targetId, claimId, cancel);
        return verified is { IsSuccess: true, Findings.IsEmpty: true }
            ? [offered, verified, await AcceptTransfer(sourceId, targetId, resources, claimId, verified, cancel)]
            : [offered, verified];
    }

    /// <param name="open">How long it may be claimed, where that is not a day.</param>
    public async Task<Exchange> OfferTransfer(
        string sourceId, IEnumerable<string> resourceIds, CancellationToken cancel, CallOptions? options = null, TimeSpan? open = null)
    {
        ImmutableList<string> resources = [.. resourceIds];
        var now = clock.GetUtcNow();
        var expiresAt = now + (open ?? TransferOpen);
        var body = new JsonObject
        {
            ["resourceIds"] = Wire.Write(resources),
            ["expiresAt"] = expiresAt.ToUnixTimeMilliseconds(),
        };
        var exchange = await Call(PartnerCalls.CreateTransfer(sourceId, body, SystemToken(sourceId, options)), options, cancel);
        Accept(exchange, (state, answer) => state.With(new TransferOffer(
            answer.GetProperty("providerClaimId").GetString()!, sourceId, resources, now, expiresAt)));
        return exchange;
    }

    public async Task<Exchange> VerifyTransfer(string targetId, string claimId, CancellationToken cancel, CallOptions? options = null)
    {
        var exchange = await Call(PartnerCalls.VerifyTransfer(targetId, claimId, SystemToken(targetId, options)), options, cancel);
        Accept(exchange, (state, answer) => state.TransferOffers.Find(offer => offer.ClaimId == claimId) is { } known
            ? state.With(known with { Verified = known.Verified.SetItem(targetId, answer) })
            : state);
        return exchange;
    }

    /// <param name="verified">What the customer was shown, and agrees to.</param>
    public Task<Exchange> AcceptTransfer(
        string sourceId, string targetId, IEnumerable<string> resourceIds, string claimId, Exchange verified, CancellationToken cancel,
        CallOptions? options = null) =>
        AcceptTransfer(sourceId, targetId, resourceIds, claimId, verified.Json, cancel, options);

    /// <summary>Claims what is offered, by what the target was told when it looked at it last.</summary>
    public Task<Exchange> AcceptTransfer(string targetId, string claimId, CancellationToken cancel)
    {
        var offer = TransferOffer(claimId);
        return AcceptTransfer(
            offer.SourceId, targetId, offer.ResourceIds, claimId, offer.Verified.TryGetValue(targetId, out var verified) ? verified : null, cancel,
            options: null);
    }

    public TransferOffer TransferOffer(string claimId) =>
        store.Current.TransferOffers.Find(offer => offer.ClaimId == claimId) ?? throw new KeyNotFoundException($"There is no transfer {claimId}.");

    private async Task<Exchange> AcceptTransfer(
        string sourceId, string targetId, IEnumerable<string> resourceIds, string claimId, JsonElement? verified, CancellationToken cancel,
        CallOptions? options)
    {
        var exchange = await Call(PartnerCalls.AcceptTransfer(targetId, claimId, SystemToken(targetId, options)), options, cancel);
        if (exchange.IsSuccess)
        {
            var now = clock.GetUtcNow();
            store.Change(state => resourceIds.Aggregate(
                WithPlanOfAll(state, targetId, verified?.Optional("newBillingPlan"), now),
                (so, resourceId) => Transferred(so, sourceId, targetId, resourceId, now)));
            store.Change(state => state.TransferOffers.Find(offer => offer.ClaimId == claimId) is { AcceptedBy: null } offer
                ? state.With(offer with { AcceptedBy = targetId, AcceptedAt = now })
                : state);

            // Whether a new plan is for one of them, and for which, the provider says when it is asked.
            foreach (var resourceId in resourceIds)
            {
                await GetResource(targetId, resourceId, cancel);
            }
        }

        work.Wake();
        return exchange;
    }

    private static VercelState WithPlanOfAll(VercelState state, string targetId, JsonElement? plan, DateTimeOffset now) =>
        plan is { } shown && shown.OptionalText("scope") == "installation"
            ? state.With(ProviderAnswers.On(state.Installations[targetId], shown, now))
            : state;

    /// <summary>
    /// The source keeps it as gone, for what is still to be billed there. The target has it with its secrets and its projects: the
    /// connection is kept.
    /// </summary>
    private static VercelState Transferred(VercelState state, string sourceId, string targetId, string resourceId, DateTimeOffset now)
    {
        var source = state.Installations[sourceId];
        if (source.Find(resourceId) is not { } resource)
        {
            return state;
        }

        // Its plan at the target begins with what the provider says there, after those that it had there before.
        var target = state.Installations[targetId];
        var plans = target.Resources.GetValueOrDefault(resourceId)?.Plans ?? PlanHistory.None;
        var (next, identity) = state.Identify("ir", targetId, resource.Name);
        var arrived = resource with { InternalId = identity.Id, CreatedAt = now, Plans = plans };
        return WithProjects(next, source.AccountId, target.AccountId, resource)
            .With(source.With(resource.Delete(now)))
            .With(target.With(arrived));
    }

    /// <summary>The projects that it is connected to go with it.</summary>
    private static VercelState WithProjects(VercelState state, string fromAccount, string toAccount, Resource resource)
    {
        var (giving, taking) = (state.Teams[fromAccount], state.Teams[toAccount]);
        var projects = resource.Connections
            .Select(connection => giving.Projects.GetValueOrDefault(connection.ProjectId))
            .OfType<Project>()
            .DistinctBy(project => project.Id)
            .ToList();
        return fromAccount == toAccount
            ? state
            : state
                .With(giving with { Projects = giving.Projects.RemoveRange(projects.Select(project => project.Id)) })
                .With(taking with { Projects = taking.Projects.SetItems(projects.Select(project => KeyValuePair.Create(project.Id, project))) });
    }
}
