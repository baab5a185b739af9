using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Properties.Installations;
using Marketplace.Properties.Resources;
using Marketplace.Properties.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Transfers;

/// <summary>Transfers as they can be, and what can be asked of them. Few installations, so that some meet.</summary>
internal static class AnyTransfer
{
    /// <summary>Few prices, so that some are those that were shown.</summary>
    private static readonly Gen<ShownPlan> Shown =
        from plan in AnyResource.Plan from price in Gen.Choose(1, 2) select new ShownPlan(plan, new Usd(price));

    public static readonly Gen<TransferOffer> Offer =
        from source in AnyInstallation.Id
        from resources in AnyResource.Id.NonEmptyListOf()
        from offered in AnyTime.Moment
        from minutes in Gen.Choose(1, 100_000)
        select new TransferOffer(
            ClaimId.Of(source, "one"), source, resources.Distinct().ToSeq().Strict(), offered, offered.AddMinutes(minutes));

    public static readonly Gen<Transfer.Offered> Offered =
        from offer in Offer
        from targets in Gen.SubListOf(Others(offer))
        from plans in Shown.ListOf(targets.Count)
        select new Transfer.Offered(offer, toHashMap(targets.Zip(plans)));

    public static readonly Gen<Transfer> State = Gen.OneOf(
        Offered.As<Transfer, Transfer.Offered>(),
        from offer in Offer
        from target in Gen.Elements(Others(offer))
        from share in Gen.Choose(0, 99)
        select (Transfer)new Transfer.Accepted(offer, target, offer.OfferedAt + ((offer.ExpiresAt - offer.OfferedAt) * share / 100)));

    public static readonly Gen<TransferCommand> Command = Gen.OneOf(
        from target in AnyInstallation.Id from plan in Shown select (TransferCommand)new TransferCommand.Quote(target, plan),
        from target in AnyInstallation.Id
        from plan in Gen.Frequency((2, Gen.Constant(Option<ShownPlan>.None)), (1, Shown.Select(Some)))
        select (TransferCommand)new TransferCommand.Accept(target, plan));

    public static readonly Gen<Transition<Transfer, TransferEvent>> Birth = Offer.Select(TransferTransitions.Offer);

    private static InstallationId[] Others(TransferOffer offer) =>
        [.. Enumerable.Range(1, 3).Select(number => new InstallationId($"icfg_{number}")).Where(id => id != offer.Source)];
}
