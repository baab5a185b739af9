using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Properties.Resources;
using Marketplace.Properties.Time;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Secrets;

public sealed class PushLaws
{
    private static readonly Gen<Secret> Secret =
        from name in Gen.Elements("A", "B", "C", "D")
        from value in Gen.Elements("1", "2")
        select new Secret(name, value, None, EnvironmentOverrides.None);

    private static readonly Gen<Seq<Secret>> Some = Secret.NonEmptyListOf().Select(Distinct);

    private static readonly Gen<PushSecrets> Push =
        from secrets in Some from isPartial in Gen.Elements(true, false) select new PushSecrets(secrets, isPartial);

    /// <summary>As pushes and rotations leave them; at first those of a provision, which are kept or not.</summary>
    private static readonly Gen<HeldSecrets> Held =
        from minted in Some
        from areKept in Gen.Elements(true, false)
        from steps in (from push in Push from rotated in Some from rotates in Gen.Elements(true, false, false) select (push, rotated, rotates)).ListOf()
        select steps.Take(4).Aggregate(
            Kept(HeldSecrets.WholeOf(minted), areKept),
            (held, step) => step.rotates ? Kept(held.Rotated(step.rotated), areKept) : held.With(step.push));

    private static readonly Gen<(HeldSecrets Held, PushSecrets Push)> Pushed = from held in Held from push in Push select (held, push);

    [Fact]
    public void A_whole_set_leaves_exactly_what_was_pushed() =>
        Law.Holds(Pushed, given => new PushSecrets(given.Push.Secrets, IsPartial: false) is var whole
            && given.Held.With(whole) is { IsWhole: true } held && Same(held.All, whole.Secrets));

    [Fact]
    public void Part_of_a_set_leaves_those_of_other_names_as_they_are() =>
        Law.Holds(Pushed, given =>
        {
            var after = given.Held.With(given.Push with { IsPartial = true });
            return after.IsWhole == given.Held.IsWhole
                && Same(after.All.Filter(secret => Names(given.Push.Secrets).Contains(secret.Name)), given.Push.Secrets)
                && Same(
                    after.All.Filter(secret => !Names(given.Push.Secrets).Contains(secret.Name)),
                    given.Held.All.Filter(secret => !Names(given.Push.Secrets).Contains(secret.Name)));
        });

    [Fact]
    public void No_name_is_held_twice() => Law.Holds(Held, held => Names(held.All).Count == held.All.Count);

    [Fact]
    public void After_a_rotation_everything_is_told_that_was_minted_and_what_was_pushed_beside_it() =>
        Law.Holds(
            from held in Held from minted in Some select (held, minted),
            given => given.held.Rotated(given.minted) is { IsWhole: true } rotated
                && Same(rotated.Minted, given.minted)
                && Same(rotated.Pushed, given.held.Pushed.Filter(secret => !Names(given.minted).Contains(secret.Name))));

    /// <summary>Where a provisioner tells its secrets once, nothing of them is kept, and what the provider has given is.</summary>
    [Fact]
    public void What_nobody_may_keep_is_not_kept() =>
        Law.Holds(Held, held => held.Forgotten() is var left && left.Minted.IsEmpty && left.Pushed == held.Pushed
            && left.IsWhole == (held.IsWhole && held.Minted.IsEmpty));

    [Fact]
    public void Something_happened_if_and_only_if_customers_are_told_something_else() =>
        Law.Holds(Asked, given => given.Push.Decide(given.Resource, given.Held, given.Now).Match(
            Right: done => done.Events.IsEmpty
                ? done.Next == given.Held
                : !Same(done.Next.All, given.Held.All) || done.Next.IsWhole != given.Held.IsWhole,
            Left: _ => given.Resource is Resource.Pending or Resource.Error or Resource.Uninstalled));

    [Fact]
    public void What_is_pushed_twice_is_told_once() =>
        Law.Holds(Asked, given => given.Push.Decide(given.Resource, given.Held, given.Now).Match(
            Right: once => given.Push.Decide(given.Resource, once.Next, given.Now).Match(Right: twice => twice.Events.IsEmpty && twice.Next == once.Next, Left: _ => false),
            Left: _ => true));

    [Fact]
    public void What_is_pushed_has_names_and_values_and_each_name_once() =>
        Law.Holds(
            (from name in Gen.Elements("A", "B", "", "A\0") from value in Gen.Elements("1", "") select new Secret(name, value, None, EnvironmentOverrides.None))
                .ListOf().Select(secrets => secrets.ToSeq().Strict()),
            secrets => PushSecrets.Parse(secrets, isPartial: true).IsSuccess
                == (!secrets.IsEmpty && secrets.ForAll(secret => secret is { Name: "A" or "B", Value: "1" }) && Names(secrets).Count == secrets.Count));

    private static Gen<(Resource Resource, HeldSecrets Held, PushSecrets Push, DateTimeOffset Now)> Asked =>
        from resource in AnyResource.State from pushed in Pushed from now in AnyTime.Moment select (resource, pushed.Held, pushed.Push, now);

    private static HeldSecrets Kept(HeldSecrets held, bool areKept) => areKept ? held : held.Forgotten();

    private static Seq<Secret> Distinct(IEnumerable<Secret> secrets) => secrets.DistinctBy(secret => secret.Name).ToSeq().Strict();

    private static LanguageExt.HashSet<string> Names(Seq<Secret> secrets) => toHashSet(secrets.Map(secret => secret.Name));

    private static bool Same(Seq<Secret> one, Seq<Secret> other) => one.Count == other.Count && toHashSet(one) == toHashSet(other);
}
