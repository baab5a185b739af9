using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Experiments;

/// <summary>What Vercel has been told of the flags of one resource, as far as its answers have arrived. Source: contract §D.11.</summary>
/// <param name="Items">By flag, in which revision; none where it may have another one by now.</param>
public sealed record ToldFlags(HashMap<FlagId, Option<string>> Items, ToldConfig Config)
{
    public static readonly ToldFlags Nothing = new(HashMap<FlagId, Option<string>>(), ToldConfig.Nothing);
}

/// <summary>What Vercel has of the config that deployments read.</summary>
/// <param name="Store">Into which it was pushed.</param>
/// <param name="Content">Which content that was (<see cref="Telling.ContentOf"/>).</param>
/// <param name="Mark">Vercel's own for it, to ask with whether it is still there.</param>
/// <param name="IsCertain">Nobody has asked to look again.</param>
public sealed record ToldConfig(Option<string> Store, Option<string> Content, Option<string> Mark, bool IsCertain)
{
    public static readonly ToldConfig Nothing = new(Option<string>.None, Option<string>.None, Option<string>.None, IsCertain: true);
}

/// <summary>The next thing to tell Vercel.</summary>
public abstract record TellStep
{
    private TellStep() { }

    /// <summary>Items that Vercel has never heard of, or may not have as they are: what is there is replaced.</summary>
    public sealed record Create(Seq<Flag> Flags) : TellStep;

    public sealed record Update(Flag Flag) : TellStep;

    public sealed record Delete(FlagId Flag) : TellStep;

    /// <summary>Is the config still the one that was pushed?</summary>
    public sealed record Look(string Mark) : TellStep;

    /// <summary>The whole of what deployments read.</summary>
    public sealed record Push(string Store, Seq<Flag> Flags) : TellStep;
}

/// <summary>How Vercel comes to know of the flags of a resource: step by step, from whatever it knows to what there is.</summary>
public static class Telling
{
    /// <summary>In one call.</summary>
    public const int ItemsMax = 50;

    /// <summary>None when Vercel has everything. Items first, so that nobody reads a flag that cannot be looked up.</summary>
    /// <param name="flags">As they are.</param>
    /// <param name="store">Into which the customer lets us push; none where nobody has opted in.</param>
    public static Option<TellStep> Next(Seq<Flag> flags, ToldFlags told, Option<string> store)
    {
        var unknown = flags.Filter(flag => told.Items.Find(flag.Id).Match(revision => revision.IsNone, () => true)).Take(ItemsMax).Strict();
        if (!unknown.IsEmpty)
            return new TellStep.Create(unknown);

        var changed = flags.Find(flag => told.Items.Find(flag.Id).Flatten() != Some(flag.Revision));
        if (changed.IsSome)
            return changed.Map<TellStep>(flag => new TellStep.Update(flag));

        var gone = told.Items.Keys.Where(id => !flags.Exists(flag => flag.Id == id)).OrderBy(id => id.Value, StringComparer.Ordinal).HeadOrNone();
        return gone.Map<TellStep>(id => new TellStep.Delete(id)) || store.Bind(into => OfConfig(flags, told.Config, into));
    }

    /// <summary>
    /// What Vercel may know from the moment at which a step is tried, whether its answer arrives or not: written down before, else what is
    /// gone here by the next time would stay there.
    /// </summary>
    public static ToldFlags Before(ToldFlags told, TellStep tried) =>
        tried switch
        {
            TellStep.Create create => told with
            {
                Items = create.Flags.Fold(told.Items, (items, flag) => items.AddOrUpdate(flag.Id, Option<string>.None)),
            },
            TellStep.Push => told with { Config = told.Config with { Content = Option<string>.None } },
            TellStep.Update or TellStep.Delete or TellStep.Look => told,
            _ => throw new System.Diagnostics.UnreachableException(tried.GetType().Name),
        };

    /// <summary>What Vercel knows once it has accepted a step.</summary>
    /// <param name="mark">Vercel's for a config that was pushed.</param>
    public static ToldFlags After(ToldFlags told, TellStep accepted, Option<string> mark) =>
        accepted switch
        {
            TellStep.Create create => told with
            {
                Items = create.Flags.Fold(told.Items, (items, flag) => items.AddOrUpdate(flag.Id, Some(flag.Revision))),
            },
            TellStep.Update update => told with { Items = told.Items.AddOrUpdate(update.Flag.Id, Some(update.Flag.Revision)) },
            TellStep.Delete delete => told with { Items = told.Items.Remove(delete.Flag) },
            TellStep.Look => told with { Config = told.Config with { IsCertain = true } },
            TellStep.Push push => told with { Config = new ToldConfig(push.Store, ContentOf(push.Flags), mark, IsCertain: true) },
            _ => throw new System.Diagnostics.UnreachableException(accepted.GetType().Name),
        };

    /// <summary>Everything is told once more, because somebody asked for it. What is gone here is still known, so that it goes there too.</summary>
    public static ToldFlags Doubted(ToldFlags told) => new(
        told.Items.Map(_ => Option<string>.None),
        told.Config with { IsCertain = false });

    /// <summary>The same for the same content, whatever the order.</summary>
    public static string ContentOf(Seq<Flag> flags) => string.Join(
        ' ', Read(flags).OrderBy(flag => flag.Slug, StringComparer.Ordinal).Select(flag => $"{flag.Slug}={flag.Revision}"));

    /// <summary>What deployments read: archived flags are not asked for any more.</summary>
    public static Seq<Flag> Read(Seq<Flag> flags) => flags.Filter(flag => !flag.IsArchived).Strict();

    private static Option<TellStep> OfConfig(Seq<Flag> flags, ToldConfig told, string store) =>
        told.Store != Some(store) || told.Content != Some(ContentOf(flags)) ? new TellStep.Push(store, flags)
        : told.IsCertain ? Option<TellStep>.None
        : told.Mark.Match<TellStep>(mark => new TellStep.Look(mark), () => new TellStep.Push(store, flags));
}
