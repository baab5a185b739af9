using System.Diagnostics;

namespace Marketplace.Shell.Drift;

/// <summary>The one place that gives each finding its sentence, and what mends it.</summary>
internal static class DriftText
{
    public static string Of(DriftFinding finding) =>
        finding switch
        {
            DriftFinding.Field(var of, var id, var name, var ours, var theirs) => $"{id} of {of}: {name} is {Value(ours)} here and {Value(theirs)} at Vercel.",
            DriftFinding.UnknownToVercel(var of, var id) => $"{id} of {of}: Vercel does not know it.",
            DriftFinding.NotOurs(var of, var id) => $"{id} of {of}: Vercel still has it, but it is not ours any more.",
            DriftFinding.NotCompared(var of, var reason) => $"{of}: Vercel did not list its resources ({reason}).",
            DriftFinding.NotMade(var of, var id, var provisioner) => $"{id} of {of}: {provisioner} does not have it.",
            DriftFinding.LeftBehind(var id, var provisioner) => $"{id}: {provisioner} still holds it, but it is not ours any more.",
            DriftFinding.Leaves { IsFinal: true, Of: var of } => $"{of} is final: Vercel shows nothing of it any more.",
            DriftFinding.Leaves(var of, _) => $"{of} is being uninstalled: it is not compared any more.",
            DriftFinding.Closed(var of, var reason) => $"{of} cannot be compared: Vercel says {reason}",
            _ => throw new UnreachableException(finding.GetType().Name),
        };

    /// <summary>The command that mends it; null where none does.</summary>
    public static string? Mend(DriftFinding finding) =>
        finding switch
        {
            DriftFinding.Field(var of, var id, _, _, _) => $"resync {of} --resource {id}",
            DriftFinding.UnknownToVercel(var of, var id) => $"resync {of} --resource {id} --import",
            DriftFinding.NotOurs(var of, var id) => $"resync {of} --resource {id} --remove",
            DriftFinding.NotCompared or DriftFinding.NotMade or DriftFinding.LeftBehind or DriftFinding.Leaves or DriftFinding.Closed => null,
            _ => throw new UnreachableException(finding.GetType().Name),
        };

    public static string Summary(DriftSummary summary) =>
        summary.Differences > 0 ? $"{Counted.Of(summary.Differences, "difference")}."
        : $"No drift: {Counted.Of(summary.Resources, "resource")} of {Counted.Of(summary.Installations, "installation")} "
            + $"{(summary.Resources == 1 ? "is" : "are")} the same here, at the provisioner and at Vercel.";

    private static string Value(string? text) => text is null ? "none" : text.StartsWith('{') ? text : $"\"{text}\"";
}
