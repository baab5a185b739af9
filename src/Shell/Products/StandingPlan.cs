using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Shell.Http;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Products;

/// <summary>A plan that was ever offered, as it stands now.</summary>
/// <param name="Corrections">What an operator has changed under those who had it, oldest first.</param>
/// <param name="Holders">How many have it, as far as they were counted.</param>
internal sealed record StandingPlan(OfferedPlan Offered, DateTimeOffset OfferedAt, Seq<PlanCorrection> Corrections, long Holders)
{
    /// <summary>More than so many are not counted one by one.</summary>
    public const int HoldersMax = 10_000;
}

/// <summary>A mistake in a plan that was mended under those who had it.</summary>
internal sealed record PlanCorrection(DateTimeOffset At, string Reason)
{
    /// <exception cref="CorruptRowException">It is none that any version of this server has written.</exception>
    public static Seq<PlanCorrection> Read(string json, string plan)
    {
        try
        {
            return JsonSerializer.Deserialize<PlanCorrection[]>(json, WireJson.Options)!.ToSeq().Strict();
        }
        catch (JsonException malformed)
        {
            throw new CorruptRowException("offered_plan", plan, malformed.Message);
        }
    }
}
