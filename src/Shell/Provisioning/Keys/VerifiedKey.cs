using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using LanguageExt;
using Marketplace.Core.ApiKeys;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Provisioning.Keys;

/// <summary>A verdict as the gateway reads it. Amounts are text, so that no reader makes floating points of them.</summary>
/// <param name="Reason">Stable; programs compare it. Absent of a good key.</param>
/// <param name="Message">For whoever has shown the key.</param>
/// <param name="Settings">Of the plan, as the catalogue has them; of a good key alone.</param>
/// <param name="ExpiresAt">When a key ends that was replaced.</param>
internal sealed record VerifiedKey(
    bool Valid, string? Reason = null, string? Message = null, string? InstallationId = null, string? ResourceId = null, string? ProductId = null,
    string? BillingPlanId = null, IReadOnlyDictionary<string, string>? Settings = null, VerifiedCredit? Balance = null,
    DateTimeOffset? ExpiresAt = null)
{
    public static VerifiedKey Of(KeyVerdict verdict, InstallationId? installation) =>
        verdict switch
        {
            KeyVerdict.Good good => For(good.Key, installation) with
            {
                Valid = true,
                Settings = good.Key.Plan.Map(plan => plan.Settings).IfNone(Map<string, string>.Empty)
                    .ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal),
            },
            KeyVerdict.Refused refused => For(refused.Key, installation) with
            {
                Reason = Code(refused.Why), Message = Sentence(refused),
            },
            KeyVerdict.Unknown => new VerifiedKey(false, "unknown", "There is no such key."),
            KeyVerdict.Malformed => new VerifiedKey(false, "malformed", "This is no key, or only a part of one."),
            _ => throw new UnreachableException(verdict.GetType().Name),
        };

    private static VerifiedKey For(HeldKey key, InstallationId? installation) => new(
        false,
        InstallationId: installation?.Value,
        ResourceId: key.Resource.Id.Value,
        ProductId: key.Resource.Facts.Product.Value,
        BillingPlanId: (key.Plan.Map(plan => plan.Id) | key.Resource.Facts.Plan).Map(plan => plan.Value).OrNull(),
        Balance: key.Credit.Map(VerifiedCredit.Of).MatchUnsafe<VerifiedCredit?>(credit => credit, () => null),
        ExpiresAt: key.EndsAt.OrNull());

    private static string Code(KeyRefusal why) =>
        why switch
        {
            KeyRefusal.Removed => "resource_removed",
            KeyRefusal.Replaced => "rotated",
            KeyRefusal.NotReady => "resource_not_ready",
            KeyRefusal.Suspended => "resource_suspended",
            KeyRefusal.Unpaid => "payment_overdue",
            KeyRefusal.NoCredit => "balance_empty",
            _ => throw new UnreachableException(why.ToString()),
        };

    /// <summary>A suspension has reasons of its own, which the customer reads at Vercel too.</summary>
    private static string Sentence(KeyVerdict.Refused refused) =>
        refused.Why switch
        {
            KeyRefusal.Removed => "What this key was for has been removed.",
            KeyRefusal.Replaced => "A newer key has taken the place of this one.",
            KeyRefusal.NotReady => "What this key is for is not in service yet.",
            KeyRefusal.Suspended or KeyRefusal.Unpaid or KeyRefusal.NoCredit => ((Resource.Suspended)refused.Key.Resource).Reason,
            _ => throw new UnreachableException(refused.Why.ToString()),
        };
}

/// <param name="Amount">In dollars, as of the last hour that was burnt; below zero it is a debt.</param>
/// <param name="Standing"><c>fine</c>, <c>low</c> or <c>empty</c>.</param>
internal sealed record VerifiedCredit(string Amount, string Standing)
{
    public static VerifiedCredit Of(CreditLeft credit) => new(
        credit.Amount.Amount.ToString("0.00", CultureInfo.InvariantCulture),
        credit.Level switch
        {
            CreditLevel.Fine => "fine",
            CreditLevel.Low => "low",
            CreditLevel.Empty => "empty",
            _ => throw new UnreachableException(credit.Level.ToString()),
        });
}

/// <summary>What is asked and answered a thousand times a second, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ShownKey))]
[JsonSerializable(typeof(VerifiedKey))]
internal sealed partial class VerifiedKeyJson : JsonSerializerContext;
