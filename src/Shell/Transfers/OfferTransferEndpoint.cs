using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Transfers;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Transfers;

/// <summary>POST /v1/installations/{installationId}/resource-transfer-requests: the path names the source. Source: contract §B.5, §E.11.</summary>
internal static class OfferTransferEndpoint
{
    /// <summary>So long a late guest still hears that the claim has expired, and not that there is none. Then it makes room for the next offer.</summary>
    private static readonly TimeSpan ExpiredKept = TimeSpan.FromDays(30);

    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.System, Handle);

    private static Task<IResult> Handle(
        Caller caller, HttpRequest request, JsonBody<OfferWire> body, Decisions decisions, TimeProvider clock, CancellationToken cancel)
    {
        // Parsed under the key: a repetition is answered as the first time, although its moment may have passed meanwhile.
        return decisions.Decide(caller.Installation, KeyedCall.Of(request, body.Raw), Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads) =>
            OfferTransfer.Parse(body.Value.ToRequest(), clock.GetUtcNow()).Match<Func<Writes, PartnerAnswer>>(
                Succ: offer =>
                {
                    var source = InstallationRows.LoadForUpdate(loads, caller.Installation);
                    var resources = new OfferedResources(loads, caller.Installation, offer.Resources, held: false);
                    return writes => Decide(writes, offer, source.Value, resources);
                },
                Fail: errors => _ => PartnerAnswer.Of(FieldProblem.From(errors)));

        PartnerAnswer Decide(Writes writes, OfferTransfer offer, Installation? source, OfferedResources resources)
        {
            if (source is null)
                return PartnerAnswer.Of(PartnerResults.Unprocessable($"There is no installation {caller.Installation}."));

            return offer.Decide(source, resources.Candidates, Ids.Claim(caller.Installation), clock.GetUtcNow()).Match(
                Right: transition =>
                {
                    TransferRows.ForgetExpired(writes, caller.Installation, clock.GetUtcNow() - ExpiredKept);
                    TransferRows.Insert(writes, transition.Next);
                    EventRows.Append(writes, caller.Installation, transition.Events, Actor.Of(caller, "offer transfer"));
                    return PartnerAnswer.Ok(new OfferedWire(transition.Next.Offer.Id.Value));
                },
                Left: rejection => PartnerAnswer.Of(TransferProblem.From(rejection)));
        }
    }

    /// <summary>Taken as they come, so that each wrong field is named.</summary>
    internal sealed record OfferWire(JsonElement? ResourceIds = null, JsonElement? ExpiresAt = null)
    {
        public OfferRequest ToRequest() => new(Texts(ResourceIds), Number(ExpiresAt));

        private static Option<Seq<string>> Texts(JsonElement? json)
        {
            if (json is not { ValueKind: JsonValueKind.Array } list)
                return None;

            var texts = list.EnumerateArray().Select(item => item.TextOrNull()).ToList();
            return texts.Contains(null) ? None : Some(texts.Select(text => text!).ToSeq().Strict());
        }

        private static Option<decimal> Number(JsonElement? json) =>
            json is { ValueKind: JsonValueKind.Number } number && number.TryGetDecimal(out var value) ? Some(value) : None;
    }

    internal sealed record OfferedWire(string ProviderClaimId);
}
