using System.Diagnostics;

namespace Marketplace.Shell.Drift;

/// <summary>The report on one installation, as the Provider API answers it.</summary>
/// <param name="Compared">Whether Vercel was asked, and answered.</param>
internal sealed record DriftWire(string Installation, bool Compared, int Resources, DriftFindingWire[] Differences, string[] Notes)
{
    public static DriftWire Of(string installation, DriftSummary summary, IReadOnlyList<DriftFinding> findings) => new(
        installation, summary.Installations == 1, summary.Resources,
        [.. findings.Where(finding => finding.IsDrift).Select(DriftFindingWire.Of)],
        [.. findings.Where(finding => !finding.IsDrift).Select(DriftText.Of)]);
}

/// <param name="Kind">What is wrong: field, unknown_to_vercel, not_ours, not_compared, not_made or left_behind.</param>
/// <param name="Ours">What the field says here; absent where it says nothing.</param>
/// <param name="Theirs">What it says at Vercel.</param>
/// <param name="Mend">The command that mends it, where one does.</param>
internal sealed record DriftFindingWire(
    string Kind, string? Installation, string? Resource, string? Field, string? Ours, string? Theirs, string? Provisioner, string Text, string? Mend)
{
    public static DriftFindingWire Of(DriftFinding finding)
    {
        var bare = new DriftFindingWire(
            KindOf(finding), finding.Installation?.Value, finding.Resource?.Value, null, null, null, null, DriftText.Of(finding), DriftText.Mend(finding));
        return finding switch
        {
            DriftFinding.Field field => bare with { Field = field.Name, Ours = field.Ours, Theirs = field.Theirs },
            DriftFinding.NotMade missing => bare with { Provisioner = missing.Provisioner },
            DriftFinding.LeftBehind left => bare with { Provisioner = left.Provisioner },
            _ => bare,
        };
    }

    private static string KindOf(DriftFinding finding) =>
        finding switch
        {
            DriftFinding.Field => "field",
            DriftFinding.UnknownToVercel => "unknown_to_vercel",
            DriftFinding.NotOurs => "not_ours",
            DriftFinding.NotCompared => "not_compared",
            DriftFinding.NotMade => "not_made",
            DriftFinding.LeftBehind => "left_behind",
            DriftFinding.Leaves => "leaves",
            DriftFinding.Closed => "closed",
            _ => throw new UnreachableException(finding.GetType().Name),
        };
}

/// <summary>The last line of the report on everybody, as JSON.</summary>
internal sealed record DriftSummaryWire(int Differences, int Installations, int Resources, int Final);
