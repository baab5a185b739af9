using System.Text.Json.Nodes;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>One customer offers shelves, another claims them: whoever accepts first has them. Source: contract §B.5.</summary>
internal sealed class TransferDesk(ProviderSettings settings, Books books)
{
    public void Open(PartnerApi api)
    {
        const string All = "/v1/installations/{installation}/resource-transfer-requests";
        api.Map("POST", All, Callers.Vercel, Create);
        api.Map("GET", $"{All}/{{claim}}/verify", Callers.Vercel, call => With(call, isAccepted: false, Verify));
        api.Map("POST", $"{All}/{{claim}}/accept", Callers.Vercel, call => With(call, isAccepted: true, (offer, target) => Accept(offer, target, call.Now)));
    }

    private Answer Create(PartnerCall call)
    {
        var form = new Form(call.Body);
        var ids = form.Texts("resourceIds");
        var end = DateTimeOffset.FromUnixTimeMilliseconds((long)form.Number("expiresAt", 0, 4e12));
        if (form.Refusal is null && end <= call.Now)
        {
            form.Fault("expiresAt", "is over");
        }

        if (form.Refusal is { } refusal)
        {
            return refusal;
        }

        lock (books.Gate)
        {
            if (!books.Installations.TryGetValue(call.Installation, out var source))
            {
                return Answer.Unknown("installation");
            }

            var resources = ids.Distinct(StringComparer.Ordinal).Select(id => books.Resources.GetValueOrDefault(id)).ToList();
            if (resources.Exists(resource => resource is null or { Status: "uninstalled" }
                || (resource.Owner != source && !settings.Breaks(Breakage.OffersForeignResources))))
            {
                return Answer.Impossible("The installation has no such resource.");
            }

            if (source.LeavingSince is not null)
            {
                return Answer.Conflict("The installation is uninstalled.");
            }

            var claim = Books.NewId("claim");
            books.Offers[claim] = new Offer(source, [.. resources.Select(resource => resource!)], end);
            return Answer.Ok(new JsonObject { ["providerClaimId"] = claim });
        }
    }

    /// <summary>What the plan of the source covers needs such a plan at the target; everything else brings its own along.</summary>
    private Answer Verify(Offer offer, Installation target) => Answer.Ok(
        offer.Source.Plan is { } needed && target.Plan is null && offer.Resources.Any(resource => resource.Plan is null)
            ? new JsonObject { ["newBillingPlan"] = needed.ToJson([], settings) }
            : []);

    private Answer Accept(Offer offer, Installation target, DateTimeOffset now)
    {
        offer.Winner = target;
        foreach (var resource in offer.Resources)
        {
            var giving = resource.Owner;
            resource.Owner = target;
            giving.Meter.End(resource.Id, now);
            resource.Take(resource.Plan ?? target.Plan ?? giving.Plan!, now);
            if (settings.Breaks(Breakage.KillsSecretsAtTransfer))
            {
                resource.Secrets.ForEach(secret => secret.DiesAt = now);
            }
        }

        return Answer.Nothing;
    }

    private Answer With(PartnerCall call, bool isAccepted, Func<Offer, Installation, Answer> decide)
    {
        lock (books.Gate)
        {
            if (!books.Offers.TryGetValue(call.Value("claim"), out var offer))
            {
                return Answer.Unknown("transfer");
            }

            if (!books.Installations.TryGetValue(call.Installation, out var target))
            {
                return Answer.Unknown("installation");
            }

            if (isAccepted && offer.Winner == target && !settings.Breaks(Breakage.RefusesWinnersRepetition))
            {
                return Answer.Nothing;
            }

            return offer.Winner is not null && !(settings.Breaks(Breakage.AcceptsTransferTwice) && offer.Winner != target)
                    ? Answer.Conflict("Somebody has claimed this already.")
                : target == offer.Source && !settings.Breaks(Breakage.AcceptsOwnTransfer) ? Answer.Impossible("Source and target are the same.")
                : target.LeavingSince is not null ? Answer.Impossible("The target is uninstalled.")
                : call.Now >= offer.ExpiresAt && !settings.Breaks(Breakage.AcceptsExpiredTransfer) ? Answer.Conflict("The transfer has expired.")
                : offer.Winner is null && offer.Resources.Any(resource => resource.Status != "ready" && resource.Status != "resumed")
                    ? Answer.Conflict("A resource cannot be transferred now.")
                : offer.Winner is null && offer.Resources.Any(resource => resource.Owner != offer.Source) && !settings.Breaks(Breakage.OffersForeignResources)
                    ? Answer.Conflict("A resource is not there any more.")
                : decide(offer, target);
        }
    }
}
