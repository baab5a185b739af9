using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Drift;
using Marketplace.Shell.OperatorConsole.Tables;

namespace Marketplace.Shell.OperatorConsole.Drift;

public sealed record DriftPageView(TableView Table, IReadOnlyList<DriftRow> Rows);

public sealed record DriftRow(
    string Address, string Installation, Mark Result, string Differences, string Resources, string Actor, MomentView ComparedAt);

/// <param name="Last">Null where it was never compared.</param>
public sealed record DriftResultView(
    string Address, string Installation, string InstallationAddress, DriftRow? Last, IReadOnlyList<DriftFindingRow> Findings);

/// <summary>What differs, by who holds what.</summary>
/// <param name="Resource">Null where the installation as a whole is concerned.</param>
/// <param name="What">What is concerned.</param>
/// <param name="Mend">What mends it; null where nothing here does.</param>
public sealed record DriftFindingRow(
    MessageLink? Resource, string What, string Here, string AtVercel, string AtProvisioner, string Text, DriftMend? Mend)
{
    private const string Unknown = "–";

    internal static DriftFindingRow Of(InstallationId installation, DriftFindingWire finding)
    {
        var (here, vercel, provisioner) = finding.Kind switch
        {
            "field" => (finding.Ours ?? "none", finding.Theirs ?? "none", Unknown),
            "unknown_to_vercel" => ("in service", "unknown", Unknown),
            "not_ours" => ("gone", "there", Unknown),
            "not_made" => ("in service", Unknown, $"{finding.Provisioner} does not have it"),
            "left_behind" => ("gone", Unknown, $"{finding.Provisioner} still has it"),
            "not_compared" or "leaves" or "closed" => (Unknown, Unknown, Unknown),
            _ => throw new UnreachableException(finding.Kind),
        };
        return new(
            finding.Resource is { } id ? new MessageLink(OperatorPaths.Resource(installation, id), id) : null,
            finding.Field ?? finding.Kind.Replace('_', ' '), here, vercel, provisioner, finding.Text, DriftMend.Of(finding));
    }
}

/// <summary>A resync that mends a finding.</summary>
/// <param name="Repair">By which the form says which one.</param>
public sealed record DriftMend(string Resource, string Repair, string Label, string Explains)
{
    internal const string Resync = "resync";
    internal const string Import = "import";
    internal const string Remove = "remove";

    internal static DriftMend? Of(DriftFindingWire finding) =>
        (finding.Kind, finding.Resource) switch
        {
            ("field", { } id) => new(id, Resync, "Resync", "Vercel is told everything that we hold of the resource once more."),
            ("unknown_to_vercel", { } id) => new(id, Import, "Put it there", "Vercel is told of the resource, and everything that we hold of it."),
            ("not_ours", { } id) => new(id, Remove, "Remove it there", "Vercel deletes what is gone here."),
            _ => null,
        };
}
