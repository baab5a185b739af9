using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Persistence;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.VercelApi;

/// <summary>Source: contract §D.13, v1.</summary>
internal sealed record CheckWire(
    string Id, string Name, string Status, bool Blocking, string? Conclusion, string? Path, string? DetailsUrl, string? ExternalId)
{
    public Check ToCheck() => new(
        new CheckId(Id), Name, Status, Optional(Conclusion)!, Blocking, Optional(Path)!, Optional(DetailsUrl)!, Optional(ExternalId)!);
}

internal sealed record NewCheckWire(
    string Name, bool Blocking, string? Path, string? DetailsUrl, string? ExternalId, bool? Rerequestable)
{
    public static NewCheckWire Of(NewCheck check) =>
        new(check.Name, check.IsBlocking, check.Path.OrNull(), check.DetailsUrl.OrNull(), check.ExternalId.OrNull(),
            check.IsRerequestable.MatchUnsafe<bool?>(rerequestable => rerequestable, () => null));
}

internal sealed record CheckUpdateWire(
    string? Name, string? Path, string? Status, string? Conclusion, string? DetailsUrl, string? ExternalId)
{
    public static CheckUpdateWire Of(CheckUpdate update) =>
        new(update.Name.OrNull(),
            update.Path.OrNull(),
            update.Progress.Map(StatusOf).OrNull(),
            update.Progress.Bind(ConclusionOf).OrNull(),
            update.DetailsUrl.OrNull(),
            update.ExternalId.OrNull());

    private static string StatusOf(CheckProgress progress) =>
        progress switch
        {
            CheckProgress.Running => "running",
            CheckProgress.Completed => "completed",
            _ => throw new UnreachableException(progress.GetType().Name),
        };

    private static Option<string> ConclusionOf(CheckProgress progress) =>
        progress switch
        {
            CheckProgress.Running => None,
            CheckProgress.Completed(CheckConclusion.Canceled) => "canceled",
            CheckProgress.Completed(CheckConclusion.Failed) => "failed",
            CheckProgress.Completed(CheckConclusion.Neutral) => "neutral",
            CheckProgress.Completed(CheckConclusion.Succeeded) => "succeeded",
            CheckProgress.Completed(CheckConclusion.Skipped) => "skipped",
            _ => throw new UnreachableException(progress.ToString()),
        };
}

/// <summary>Source: contract §D.13, v2.</summary>
/// <param name="Timeout">In milliseconds.</param>
internal sealed record ProjectCheckWire(
    string Name, bool? IsRerequestable, string? Requires, string? Blocks, string[]? Targets, decimal? Timeout, CheckSourceWire? Source)
{
    public static ProjectCheckWire Of(ProjectCheck check) =>
        new(check.Name,
            check.IsRerequestable.MatchUnsafe<bool?>(rerequestable => rerequestable, () => null),
            check.Requires.MatchUnsafe<string?>(Named, () => null),
            check.Blocks.MatchUnsafe<string?>(Named, () => null),
            check.Targets.IsEmpty ? null : [.. check.Targets],
            check.Timeout.MatchUnsafe<decimal?>(timeout => (decimal)timeout.TotalMilliseconds, () => null),
            check.Resource.MatchUnsafe<CheckSourceWire?>(resource => new CheckSourceWire("integration", resource.Value), () => null));

    private static string Named(CheckRequirement requirement) =>
        requirement switch
        {
            CheckRequirement.BuildReady => "build-ready",
            CheckRequirement.DeploymentUrl => "deployment-url",
            CheckRequirement.None => "none",
            _ => throw new UnreachableException(requirement.ToString()),
        };

    private static string Named(CheckBarrier barrier) =>
        barrier switch
        {
            CheckBarrier.BuildStart => "build-start",
            CheckBarrier.DeploymentStart => "deployment-start",
            CheckBarrier.DeploymentAlias => "deployment-alias",
            CheckBarrier.DeploymentPromotion => "deployment-promotion",
            CheckBarrier.None => "none",
            _ => throw new UnreachableException(barrier.ToString()),
        };
}

internal sealed record CheckSourceWire(string Kind, string ExternalResourceId);

/// <param name="CompletedAt">Milliseconds since 1970.</param>
internal sealed record CheckRunUpdateWire(
    string? Status, string? Conclusion, string? ConclusionText, string? ExternalId, string? ExternalUrl, JsonElement? Output, long? CompletedAt)
{
    public static CheckRunUpdateWire Of(CheckRunUpdate update) =>
        new(update.Progress.Map(StatusOf).OrNull(),
            update.Progress.Bind(ConclusionOf).OrNull(),
            update.ConclusionText.OrNull(),
            update.ExternalId.OrNull(),
            update.ExternalUrl.OrNull(),
            update.Output.MatchUnsafe<JsonElement?>(output => output, () => null),
            update.Progress.MatchUnsafe<long?>(EndOf, () => null));

    private static string StatusOf(RunProgress progress) =>
        progress switch
        {
            RunProgress.Queued => "queued",
            RunProgress.Running => "running",
            RunProgress.Completed => "completed",
            _ => throw new UnreachableException(progress.GetType().Name),
        };

    private static Option<string> ConclusionOf(RunProgress progress) =>
        progress is RunProgress.Completed completed ? Named(completed.Conclusion) : None;

    private static long? EndOf(RunProgress progress) =>
        progress is RunProgress.Completed completed ? completed.CompletedAt.ToUnixTimeMilliseconds() : null;

    private static string Named(RunConclusion conclusion) =>
        conclusion switch
        {
            RunConclusion.Canceled => "canceled",
            RunConclusion.Skipped => "skipped",
            RunConclusion.Timeout => "timeout",
            RunConclusion.Failed => "failed",
            RunConclusion.Neutral => "neutral",
            RunConclusion.Succeeded => "succeeded",
            _ => throw new UnreachableException(conclusion.ToString()),
        };
}
