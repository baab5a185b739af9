using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Experiments;
using Marketplace.Core.Resources;
using Marketplace.Properties.Time;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Experiments;

public sealed class TellingLaws
{
    private static readonly Gen<Seq<Flag>> Flags =
        from ids in Gen.SubListOf(Enumerable.Range(0, 130))
        from revisions in Gen.Choose(1, 3).ListOf(ids.Count)
        from archived in Gen.Elements(true, false).ListOf(ids.Count)
        select ids.Select((id, at) => Made($"flag-{id}", $"r{revisions[at]}", archived[at])).ToSeq().Strict();

    private static readonly Gen<Option<string>> Store = Gen.Elements(None, Some("ecfg_1"), Some("ecfg_2"));

    private static readonly Gen<ToldFlags> Known =
        from ids in Gen.SubListOf(Enumerable.Range(0, 140))
        from revisions in Gen.Elements(None, Some("r1"), Some("r2")).ListOf(ids.Count)
        from store in Store
        from mark in Gen.Elements(None, Some("mark"))
        from isCertain in Gen.Elements(true, false)
        select new ToldFlags(
            toHashMap(ids.Select((id, at) => (new FlagId($"flag-{id}"), revisions[at]))), new ToldConfig(store, Some(""), mark, isCertain));

    private static readonly Gen<(Seq<Flag> Flags, ToldFlags Told, Option<string> Store)> Given =
        from flags in Flags from told in Known from store in Store select (flags, told, store);

    [Fact]
    public void The_steps_lead_to_what_there_is_and_end() =>
        Law.Holds(Given, given =>
        {
            var (told, steps) = Finish(given.Flags, given.Told, given.Store, _ => true);
            return told.Items == toHashMap(given.Flags.Map(flag => (flag.Id, Some(flag.Revision))))
                && given.Store.ForAll(store => told.Config.Store == Some(store) && told.Config.Content == Some(Telling.ContentOf(given.Flags)))
                && Telling.Next(given.Flags, told, given.Store).IsNone
                && steps.Count <= given.Flags.Count + given.Told.Items.Count + 2;
        });

    [Fact]
    public void No_call_has_more_items_than_Vercel_takes() =>
        Law.Holds(Given, given => Finish(given.Flags, given.Told, given.Store, _ => true).Steps
            .OfType<TellStep.Create>().All(create => create.Flags.Count is > 0 and <= Telling.ItemsMax));

    [Fact]
    public void Without_an_opt_in_nothing_is_pushed() =>
        Law.Holds(Given, given => Finish(given.Flags, given.Told, None, _ => true).Steps.All(step => step is not (TellStep.Push or TellStep.Look)));

    [Fact]
    public void A_lost_answer_repeats_a_step_and_skips_none() =>
        Law.Holds(
            from given in Given from lost in Gen.Choose(2, 5) select (given, lost),
            all =>
            {
                var count = 0;
                var disturbed = Finish(all.given.Flags, all.given.Told, all.given.Store, _ => ++count % all.lost != 0);
                return disturbed.Told == Finish(all.given.Flags, all.given.Told, all.given.Store, _ => true).Told;
            });

    /// <summary>Vercel itself is in the law: what it does and does not hear, beside what we believe of it.</summary>
    [Fact]
    public void Whatever_is_lost_and_changes_meanwhile_Vercel_ends_with_what_there_is() =>
        Law.Holds(
            from moments in (from flags in Flags from turns in Gen.Choose(0, 4) select (flags, turns)).NonEmptyListOf()
            from fates in Gen.Elements(Fate.Heard, Fate.Heard, Fate.AnswerLost, Fate.NeverArrived).ListOf(200)
            select (moments, fates),
            given =>
            {
                var (vercel, told, fate) = (new AtVercel(HashMap<FlagId, string>(), ""), ToldFlags.Nothing, 0);
                // The same flag in another moment is another revision of it.
                var moments = given.moments.Select((moment, at) => (
                    Flags: moment.flags.Map(flag => flag with { Revision = $"{flag.Revision}.{at}" }).Strict(), moment.turns)).ToList();
                foreach (var (flags, turns) in moments)
                {
                    for (var turn = 0; turn < turns; turn++)
                        Turn(flags, given.fates[fate++ % given.fates.Count]);
                }

                for (var turn = 0; Telling.Next(moments[^1].Flags, told, "store").IsSome; turn++)
                {
                    Assert.True(turn < 2000, "it does not end");
                    Turn(moments[^1].Flags, Fate.Heard);
                }

                Assert.Equal(toHashMap(moments[^1].Flags.Map(flag => (flag.Id, flag.Revision))), vercel.Items);
                Assert.Equal(Telling.ContentOf(moments[^1].Flags), vercel.Config);

                void Turn(Seq<Flag> flags, Fate fate)
                {
                    if (Telling.Next(flags, told, "store").Case is not SomeCase<TellStep>(var step))
                        return;
                    told = Telling.Before(told, step);
                    if (fate != Fate.NeverArrived)
                        vercel = vercel.After(step);
                    if (fate == Fate.Heard)
                        told = Telling.After(told, step, Some("mark"));
                }
            });

    [Fact]
    public void Who_doubts_tells_everything_again_and_looks_before_pushing() =>
        Law.Holds(Given, given =>
        {
            var (told, _) = Finish(given.Flags, given.Told, given.Store, _ => true);
            var again = Finish(given.Flags, Telling.Doubted(told), given.Store, _ => true);
            return again.Told.Items == told.Items && (given.Store.IsNone || again.Told == told)
                && again.Steps.OfType<TellStep.Create>().SelectMany(create => create.Flags).Select(flag => flag.Id).ToHashSet().SetEquals(given.Flags.Map(flag => flag.Id))
                && (given.Store.IsNone || told.Config.Mark.IsNone || (again.Steps.Exists(step => step is TellStep.Look) && !again.Steps.Exists(step => step is TellStep.Push)));
        });

    [Fact]
    public void Setting_a_flag_twice_is_setting_it_once() =>
        Law.Holds(
            from flags in Flags from number in Gen.Choose(0, 150) from value in Gen.Choose(0, 2) from now in AnyTime.Moment select (flags, number, value, now),
            given =>
            {
                var asked = Asked($"flag-{given.number}", $"flag-{given.number}", given.value);
                return asked.Decide(given.flags, "new", given.now).Match(
                    Right: once => once.Match(
                        flag => asked.Decide(With(given.flags, flag), "newer", given.now.AddHours(1)).Match(Right: twice => twice.IsNone, Left: _ => false),
                        () => given.flags.Exists(flag => flag.Id == asked.Id && flag.Value == asked.Value)),
                    Left: _ => false);
            });

    [Fact]
    public void No_two_flags_have_one_slug() =>
        Law.Holds(
            from flags in Flags from number in Gen.Choose(0, 150) from slug in Gen.Choose(0, 150) from now in AnyTime.Moment select (flags, number, slug, now),
            given =>
            {
                var asked = Asked($"flag-{given.number}", $"flag-{given.slug}", 1);
                var isTaken = given.flags.Exists(flag => flag.Slug == asked.Slug && flag.Id != asked.Id);
                return asked.Decide(given.flags, "new", given.now).IsLeft == isTaken;
            });

    [Fact]
    public void Exactly_the_wrong_fields_of_a_flag_are_named() =>
        Law.Holds(
            Gen.SubListOf("flag", "slug", "origin", "category", "name", "value"),
            wrong =>
            {
                var asked = new SetFlagRequest(
                    wrong.Contains("flag") ? "not a flag" : "flag", wrong.Contains("slug") ? "no.slug" : "slug",
                    wrong.Contains("origin") ? "http://acme.example" : "https://acme.example", wrong.Contains("category") ? "idea" : "experiment",
                    wrong.Contains("name") ? new string('x', 1025) : "A flag", None, IsArchived: false,
                    wrong.Contains("value") ? Option<MetadataValue>.None : Some<MetadataValue>(new MetadataValue.Flag(true)));
                Assert.Equal(
                    wrong.Order(StringComparer.Ordinal),
                    SetFlag.Parse(asked, "https://acme.example").Match(_ => [], errors => errors.Select(error => error.Key)).Order(StringComparer.Ordinal));
            });

    private enum Fate
    {
        Heard,
        AnswerLost,
        NeverArrived,
    }

    private sealed record AtVercel(HashMap<FlagId, string> Items, string Config)
    {
        public AtVercel After(TellStep step) =>
            step switch
            {
                TellStep.Create create => this with { Items = create.Flags.Fold(Items, (items, flag) => items.AddOrUpdate(flag.Id, flag.Revision)) },
                TellStep.Update update => this with { Items = Items.AddOrUpdate(update.Flag.Id, update.Flag.Revision) },
                TellStep.Delete delete => this with { Items = Items.Remove(delete.Flag) },
                TellStep.Push push => this with { Config = Telling.ContentOf(push.Flags) },
                _ => this,
            };
    }

    /// <summary>Until nothing is left. What is not heard is not known.</summary>
    private static (ToldFlags Told, Seq<TellStep> Steps) Finish(Seq<Flag> flags, ToldFlags told, Option<string> store, Func<TellStep, bool> isHeard)
    {
        var steps = Seq<TellStep>();
        while (Telling.Next(flags, told, store).Case is SomeCase<TellStep>(var step))
        {
            Assert.True(steps.Count < 1000, "it does not end");
            steps = steps.Add(step);
            if (isHeard(step))
            {
                told = Telling.After(told, step, Some("a mark"));
            }
        }

        return (told, steps);
    }

    private static Seq<Flag> With(Seq<Flag> flags, Flag flag) => flags.Filter(known => known.Id != flag.Id).Strict().Add(flag);

    private static SetFlag Asked(string id, string slug, int value) => new(
        new FlagId(id), slug, "https://acme.example", FlagCategory.Flag, None, None, IsArchived: false, new MetadataValue.Number(value));

    private static Flag Made(string id, string revision, bool isArchived) => new(
        new FlagId(id), id, "https://acme.example", FlagCategory.Flag, None, None, isArchived, new MetadataValue.Number(1), DateTimeOffset.UnixEpoch,
        DateTimeOffset.UnixEpoch, revision);
}
