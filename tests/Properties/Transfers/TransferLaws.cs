using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Transfers;
using Marketplace.Properties.Time;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Transfers;

public sealed class TransferLaws
{
    private static readonly LifeCycle<Transfer, TransferCommand, TransferEvent, TransferRejection> Life =
        new(AnyTransfer.State, AnyTransfer.Command, TransferTransitions.Apply);

    [Fact]
    public void The_generators_know_every_state_and_every_command()
    {
        Union.IsKnownTo(AnyTransfer.State);
        Union.IsKnownTo(AnyTransfer.Command);
    }

    [Fact]
    public void Every_command_has_an_answer_in_every_state() => Life.EveryCommandHasAnAnswerInEveryState();

    [Fact]
    public void Applying_a_command_twice_equals_applying_it_once() => Life.TwiceIsOnce();

    [Fact]
    public void Something_happened_if_and_only_if_something_changed() => Life.SomethingHappenedIfAndOnlyIfSomethingChanged();

    [Fact]
    public void An_accepted_transfer_stays_as_it_is() => Life.NothingLeaves<Transfer.Accepted>();

    /// <summary>Asked within its time: at a random moment most offers are over.</summary>
    [Fact]
    public void The_moves_are_those_of_the_diagram()
    {
        var moves = AskedInTime.Sample(2000, 50)
            .SelectMany(given => TransferTransitions.Apply(given.Transfer, given.Command, given.Now).Match(
                Right: transition => [(given.Transfer.GetType().Name, transition.Next.GetType().Name)],
                Left: _ => System.Array.Empty<(string From, string To)>()))
            .Where(move => move.Item1 != move.Item2)
            .Distinct()
            .Order()
            .ToArray();
        Assert.Equal(Diagram.MovesIn("src/Core/Transfers/README.md"), moves);
    }

    [Fact]
    public void What_was_offered_never_changes() =>
        Law.Holds(AskedInTime, given => TransferTransitions.Apply(given.Transfer, given.Command, given.Now).Match(
            Right: transition => transition.Next.Offer == given.Transfer.Offer, Left: _ => true));

    /// <summary>Any number of targets, the source among them, each at its own moment, before the end or after it.</summary>
    [Fact]
    public void Whoever_asks_in_whatever_order_one_wins_and_in_time() =>
        Law.Holds(
            from birth in AnyTransfer.Birth
            from asked in (from command in AnyTransfer.Command from percent in Gen.Choose(0, 130) select (command, percent)).ListOf()
            select (birth, asked),
            given =>
            {
                var (transfer, offer) = (given.birth.Next, given.birth.Next.Offer);
                var wins = new List<TransferEvent.Accepted>();
                var told = new List<InstallationId>();
                foreach (var (command, percent) in given.asked.OrderBy(one => one.percent))
                {
                    var now = offer.OfferedAt + ((offer.ExpiresAt - offer.OfferedAt) * percent / 100);
                    TransferTransitions.Apply(transfer, command, now).IfRight(transition =>
                    {
                        transfer = transition.Next;
                        wins.AddRange(transition.Events.OfType<TransferEvent.Accepted>());
                        if (command is TransferCommand.Accept accept)
                            told.Add(accept.Target);
                    });
                }

                Assert.True(wins.Count <= 1, $"{wins.Count} won");
                Assert.All(wins, win => Assert.True(win.At < offer.ExpiresAt && win.Target != offer.Source));
                Assert.All(told, target => Assert.Equal(wins.Single().Target, target));
                Assert.Equal(wins.Count == 1, transfer is Transfer.Accepted);
            });

    [Fact]
    public void Nobody_gets_a_new_plan_that_was_not_shown() =>
        Law.Holds(
            from given in AskedInTime where given.Transfer is Transfer.Offered && given.Command is TransferCommand.Accept select given,
            given =>
            {
                var (open, accept) = ((Transfer.Offered)given.Transfer, (TransferCommand.Accept)given.Command);
                var shown = accept.NewPlan.ForAll(plan => open.Quotes.Find(accept.Target) == Some(plan));
                var isTaken = TransferTransitions.Apply(open, accept, given.Now).IsRight;
                return isTaken == (shown && accept.Target != open.Offer.Source);
            });

    [Fact]
    public void A_claim_leads_back_to_its_source() =>
        Law.Holds(
            from text in Gen.OneOf(
                Gen.Choose(1, 999).Select(number => $"icfg_{number}"), Gen.Elements("a.b", "a/b?c=%20", "ünï_中", "_", "icfg_" + new string('x', 200)))
            from unique in Gen.Choose(0, int.MaxValue)
            select (source: new InstallationId(text), unique: unique.ToString("x")),
            given =>
            {
                var claim = ClaimId.Of(given.source, given.unique);
                Assert.Equal(Some(given.source), claim.Source);
                // It stands in a path.
                Assert.Equal(claim.Value, Uri.EscapeDataString(claim.Value));
            });

    [Fact]
    public void What_is_no_claim_leads_nowhere() =>
        Assert.All(
            (string[])["", "claim_", "claim_.", "claim_.x", "claim_aWNmZw", "claim_aWNmZw.", "claim_%%%.x", "claim_a.x", "aWNmZw.x", "icfg_1", "claim_AA.x", "claim_aWNmZw.\0",
                "claim_aWNmZw.x.y", "claim_aWNmZw==.x", "claim_aWNm Zw.x", "claim__w.x"],
            text => Assert.True(new ClaimId(text).Source.IsNone, text));

    [Fact]
    public void Exactly_the_fields_that_are_wrong_are_named() =>
        Law.Holds(
            from now in AnyTime.Moment
            from resources in Gen.Elements(
                (None, false), (Some(Seq<string>()), false), (Some(Seq("res_1", "")), false), (Some(Seq1("res_\0")), false), (Some(Seq("res_1", "res_2", "res_1")), true),
                (Some(Enumerable.Range(0, 101).Select(number => $"res_{number}").ToSeq().Strict()), false))
            from expiry in Gen.Elements<(Option<decimal>, bool)>(
                (None, false), (Some(-1m), false), (Some(1e25m), false), (Some((decimal)now.ToUnixTimeMilliseconds()), false),
                (Some(now.ToUnixTimeMilliseconds() + 1m), true), (Some(now.ToUnixTimeMilliseconds() + 90_000.5m), true))
            select (now, resources, expiry),
            given =>
            {
                var parsed = OfferTransfer.Parse(new OfferRequest(given.resources.Item1, given.expiry.Item1), given.now);
                string[] wrong = [.. given.resources.Item2 ? [] : (string[])["resourceIds"], .. given.expiry.Item2 ? [] : (string[])["expiresAt"]];
                parsed.Match(
                    Succ: offer =>
                    {
                        Assert.Empty(wrong);
                        Assert.Equal(2, offer.Resources.Count);
                        Assert.True(offer.ExpiresAt > given.now);
                    },
                    Fail: errors => Assert.Equal(wrong, errors.Select(error => error.Key)));
            });

    private static Gen<(Transfer Transfer, TransferCommand Command, DateTimeOffset Now)> AskedInTime =>
        from transfer in AnyTransfer.State
        from command in AnyTransfer.Command
        from percent in Gen.Choose(0, 99)
        select (transfer, command, transfer.Offer.OfferedAt + ((transfer.Offer.ExpiresAt - transfer.Offer.OfferedAt) * percent / 100));
}
