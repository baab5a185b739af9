using System.Globalization;

namespace Marketplace.Core.BillingPlans;

/// <summary>The provider's id of one billing plan of a product. Source: contract §C.1, <c>id</c>.</summary>
/// <remarks>
/// Each version of a plan is a plan by itself: <c>pro</c>, then <c>pro@2</c>. So one id means the same terms for ever, and whoever has chosen by
/// what was shown gets that and nothing else.
/// </remarks>
public readonly record struct PlanId(string Value)
{
    /// <summary>Stands between the name of a plan and its version, and in no name.</summary>
    public const char VersionMark = '@';

    /// <summary>What all versions of the plan have in common.</summary>
    public string Name => Parts.Name;

    /// <summary>1 for the first one, which shows none.</summary>
    public int Version => Parts.Version;

    public static PlanId Of(string name, int version) =>
        new(version == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}{VersionMark}{version}"));

    /// <summary>Whether it is the same plan, of whatever version.</summary>
    public bool IsVersionOf(PlanId other) => Name == other.Name;

    public override string ToString() => Value;

    private (string Name, int Version) Parts =>
        Value.LastIndexOf(VersionMark) is > 0 and var mark
            && int.TryParse(Value.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 1
            ? (Value[..mark], version)
            : (Value, 1);
}
