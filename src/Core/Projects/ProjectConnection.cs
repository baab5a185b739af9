using LanguageExt;

namespace Marketplace.Core.Projects;

/// <summary>Whether one project of the customer's is connected to a resource, as Vercel said last. Source: contract §E.4, §F.</summary>
/// <param name="Told">When and by which webhook.</param>
public abstract record ProjectConnection(ProjectId Project, Told Told)
{
    /// <summary>Its environment variables have the resource's secrets.</summary>
    /// <param name="Name">As it was when the project was connected; a webhook may leave it out.</param>
    /// <param name="Targets">The environments, custom ones too, in Vercel's own order.</param>
    public sealed record Connected(ProjectId Project, Option<string> Name, Seq<string> Targets, Told Told) : ProjectConnection(Project, Told);

    /// <summary>Kept, because the news that it was connected may be on its way still.</summary>
    public sealed record Disconnected(ProjectId Project, Told Told) : ProjectConnection(Project, Told);

    /// <summary>What holds when something is told of a project: the latest word, in whichever order the words come.</summary>
    public static ProjectConnection Heard(Option<ProjectConnection> known, ProjectConnection told) =>
        known.Filter(before => before.Told >= told.Told).IfNone(told);
}

/// <summary>Vercel's name for a project (<c>prj_…</c>): opaque, of any length.</summary>
public readonly record struct ProjectId(string Value)
{
    public override string ToString() => Value;
}
