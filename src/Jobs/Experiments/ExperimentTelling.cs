using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Experiments;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Experiments;

/// <summary>
/// Tells Vercel of the flags of one resource, step by step, until it knows all of them: from whatever it knows, so that a call that comes
/// twice, or whose answer was lost, does no harm. Source: contract §D.11, §E.13.
/// </summary>
public sealed partial class ExperimentTelling(IExperiments experiments, IVercelExperimentation vercel, ILogger<ExperimentTelling> log)
{
    /// <summary>In one turn, within the lease of its message. What is left has another one.</summary>
    private static readonly TimeSpan TurnMax = TimeSpan.FromSeconds(20);

    private const int Conflict = 409;
    private const int PreconditionFailed = 412;

    /// <summary>The first answer that is no yes, or the last yes.</summary>
    public async Task<VercelAnswer<Nothing>> Tell(InstallationId installation, Resource resource, CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        if (await experiments.Load(installation, resource, cancel) is not { } standing)
            return Done;

        var told = standing.Told;
        while (Telling.Next(standing.Flags, told, standing.Store).Case is SomeCase<TellStep>(var step))
        {
            if (TimeProvider.System.GetElapsedTime(began) > TurnMax)
                return new VercelAnswer<Nothing>.Unknown("there is more to tell", TimeSpan.Zero);

            if (Telling.Before(told, step) is var uncertain && uncertain != told)
                await experiments.Keep(installation, resource.Id, step, told = uncertain, cancel);
            switch (await Say(installation, resource.Id, step, cancel))
            {
                case VercelAnswer<Said>.Accepted(Said.Changed):
                    // Vercel has another config than the one that was pushed: then it gets ours again.
                    told = told with { Config = told.Config with { Content = Option<string>.None } };
                    continue;
                case VercelAnswer<Said>.Accepted(var said):
                    told = Telling.After(told, step, said.Mark);
                    await experiments.Keep(installation, resource.Id, step, told, cancel);
                    break;
                case VercelAnswer<Said>.Refused { Status: Conflict } when step is TellStep.Push:
                    // The customer has switched it off. The next change tries again.
                    NotWanted(resource.Id.Value);
                    return Done;
                case VercelAnswer<Said>.Refused { Status: PreconditionFailed, Reason: var reason }:
                    return new VercelAnswer<Nothing>.Unknown($"{PreconditionFailed}: {reason}", null);
                case var no:
                    return no.Map(_ => default(Nothing));
            }
        }

        return Done;
    }

    private static VercelAnswer<Nothing> Done => new VercelAnswer<Nothing>.Accepted(default);

    private async Task<VercelAnswer<Said>> Say(InstallationId installation, ResourceId resource, TellStep step, CancellationToken cancel)
    {
        switch (step)
        {
            case TellStep.Create create:
                return (await vercel.CreateItems(installation, resource, create.Flags.Map(Item).Strict(), cancel)).Map(Heard);
            case TellStep.Update update:
                var updated = await vercel.UpdateItem(installation, resource, Item(update.Flag), cancel);
                // It was taken away there: made anew, or else the resource is not known, which is another answer.
                return updated is VercelAnswer<Nothing>.NotFound
                    ? (await vercel.CreateItems(installation, resource, Prelude.Seq1(Item(update.Flag)), cancel)).Map(Heard)
                    : updated.Map(Heard);
            case TellStep.Delete delete:
                var deleted = await vercel.DeleteItem(installation, resource, delete.Flag.Value, cancel);
                return deleted is VercelAnswer<Nothing>.NotFound ? new VercelAnswer<Said>.Accepted(Said.Plain) : deleted.Map(Heard);
            case TellStep.Look look:
                return (await vercel.GetConfig(installation, resource, new ConfigVersion(look.Mark), cancel)).Map<Said>(
                    reading => reading is ConfigReading.Unchanged ? Said.Plain : new Said.Changed());
            case TellStep.Push push:
                return (await vercel.PutConfig(installation, resource, new ConfigItems(Content(push.Flags)), cancel)).Map<Said>(
                    config => new Said.Marked(config.Version.Map(version => version.Mark)));
            default:
                throw new UnreachableException(step.GetType().Name);
        }
    }

    private static Said Heard(Nothing nothing) => Said.Plain;

    private static ExperimentationItem Item(Flag flag) => new(flag.Id.Value, flag.Slug, flag.Origin)
    {
        Category = flag.Category switch
        {
            FlagCategory.Flag => ExperimentationCategory.Flag,
            FlagCategory.Experiment => ExperimentationCategory.Experiment,
            _ => throw new UnreachableException(flag.Category.ToString()),
        },
        // What is absent would stay as it is there.
        Name = flag.Name.IfNone(flag.Slug),
        Description = flag.Description.IfNone(""),
        IsArchived = flag.IsArchived,
        CreatedAt = flag.CreatedAt,
        UpdatedAt = flag.UpdatedAt,
    };

    /// <summary>Values by the slugs by which code asks for them.</summary>
    private static JsonElement Content(Seq<Flag> flags) => JsonSerializer.SerializeToElement(
        Telling.Read(flags).ToDictionary(flag => flag.Slug, flag => Json(flag.Value), StringComparer.Ordinal));

    private static object Json(MetadataValue value) =>
        value switch
        {
            MetadataValue.Text text => text.Value,
            MetadataValue.Number number => number.Value,
            MetadataValue.Flag flag => flag.Value,
            MetadataValue.Texts texts => texts.Values.ToArray(),
            MetadataValue.Numbers numbers => numbers.Values.ToArray(),
            _ => throw new UnreachableException(value.GetType().Name),
        };

    [LoggerMessage(Level = LogLevel.Information, Message = "Vercel takes no config of resource {ResourceId}: the customer has switched it off")]
    private partial void NotWanted(string resourceId);

    /// <summary>What a yes has in it.</summary>
    private abstract record Said
    {
        private Said() { }

        public static Said Plain { get; } = new Marked(Option<string>.None);

        public Option<string> Mark => this is Marked marked ? marked.Value : Option<string>.None;

        public sealed record Marked(Option<string> Value) : Said;

        /// <summary>The config there is another one.</summary>
        public sealed record Changed : Said;
    }
}
