using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Transfers;

/// <summary>The request to offer resources to whoever has the claim, with every field good in itself. Source: contract §B.5.</summary>
public sealed record OfferTransfer(Seq<ResourceId> Resources, DateTimeOffset ExpiresAt)
{
    /// <summary>More than anybody has in one project, and few enough to lock together.</summary>
    private const int ResourcesMax = 100;

    private static readonly decimal LatestMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The request, or every field that is wrong. A resource that is named twice is meant once.</summary>
    public static Validation<FieldError, OfferTransfer> Parse(OfferRequest asked, DateTimeOffset now) =>
        (ParseResources(asked.ResourceIds), ParseExpiry(asked.ExpiresAt, now))
            .Apply((resources, expiresAt) => new OfferTransfer(resources, expiresAt));

    /// <summary>The birth of a transfer, or why not.</summary>
    /// <param name="candidates">Those that are asked for.</param>
    public Either<TransferRejection, Transition<Transfer, TransferEvent>> Decide(
        Installation source, Seq<TransferCandidate> candidates, ClaimId id, DateTimeOffset now) =>
        source switch
        {
            Installation.Active active => TransferCandidate.AllMovable(candidates).Map(_ =>
                TransferTransitions.Offer(new TransferOffer(id, active.Id, Resources, now, ExpiresAt))),
            Installation.Uninstalling going => new TransferRejection.InstallationBeingUninstalled(going.Id),
            Installation.Finalized gone => new TransferRejection.InstallationFinalized(gone.Id),
            _ => throw new UnreachableException(source.GetType().Name),
        };

    private static Validation<FieldError, Seq<ResourceId>> ParseResources(Option<Seq<string>> ids) =>
        ids.Map(texts => texts.Distinct().Strict()).Match<Validation<FieldError, Seq<ResourceId>>>(
            Some: texts =>
                texts.IsEmpty ? new FieldError("resourceIds", "Name at least one resource.")
                : texts.Count > ResourcesMax ? new FieldError("resourceIds", $"Name at most {ResourcesMax} resources.")
                : texts.Exists(text => text.Length == 0 || text.Contains('\0', StringComparison.Ordinal))
                    ? new FieldError("resourceIds", "An id is a text, and not empty.")
                : texts.Map(text => new ResourceId(text)).Strict(),
            None: () => new FieldError("resourceIds", "A list of ids is required."));

    private static Validation<FieldError, DateTimeOffset> ParseExpiry(Option<decimal> milliseconds, DateTimeOffset now) =>
        milliseconds.Match<Validation<FieldError, DateTimeOffset>>(
            Some: value =>
                value > now.ToUnixTimeMilliseconds() && value <= LatestMilliseconds
                    ? DateTimeOffset.FromUnixTimeMilliseconds((long)value)
                    : new FieldError("expiresAt", "Must be a moment that is still to come, in milliseconds since 1970."),
            None: () => new FieldError("expiresAt", "A moment in milliseconds since 1970 is required."));
}

/// <summary>What was sent, before anything is known of it.</summary>
public sealed record OfferRequest(Option<Seq<string>> ResourceIds, Option<decimal> ExpiresAt);
