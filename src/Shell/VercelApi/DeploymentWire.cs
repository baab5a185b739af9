using System.Diagnostics;
using LanguageExt;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Persistence;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.VercelApi;

/// <summary>Of a project we ask for nothing but its name. Source: contract §D.13.</summary>
internal sealed record ProjectWire(string Id, string? Name)
{
    public Project ToProject() => new(new ProjectId(Id), Optional(Name)!);
}

/// <summary>
/// Of what Vercel tells about a deployment, that which is the same for every kind: the contract names the call, and not its answer.
/// </summary>
internal sealed record DeploymentWire(
    string Id, string? Url, string? ReadyState, string? Target, string? ProjectId, GitSourceWire? GitSource)
{
    public Deployment ToDeployment() => new(
        new DeploymentId(Id), Optional(Url)!, Optional(ReadyState)!, Optional(Target)!, Optional(ProjectId).Map(id => new ProjectId(id!)),
        Optional(GitSource?.Ref)!, Optional(GitSource?.Sha)!);
}

internal sealed record GitSourceWire(string? Ref, string? Sha);

/// <summary>Source: contract §D.12.</summary>
internal sealed record ActionUpdateWire(string? Status, string? StatusText, string? StatusUrl, OutcomeWire[]? Outcomes)
{
    public static ActionUpdateWire Of(ActionUpdate update) =>
        new(update.Status.MatchUnsafe<string?>(Named, () => null),
            update.Text.OrNull(),
            update.Url.OrNull(),
            update.Secrets.IsEmpty
                ? null
                : [new OutcomeWire("resource-secrets", [.. update.Secrets.Select(secret => new OutcomeSecretWire(secret.Key, secret.Value))])]);

    private static string Named(ActionStatus status) =>
        status switch
        {
            ActionStatus.Running => "running",
            ActionStatus.Succeeded => "succeeded",
            ActionStatus.Failed => "failed",
            _ => throw new UnreachableException(status.ToString()),
        };

    public override string ToString() => $"ActionUpdateWire {Status}";
}

internal sealed record OutcomeWire(string Kind, OutcomeSecretWire[] Secrets);

internal sealed record OutcomeSecretWire(string Name, string Value)
{
    /// <summary>The value stays out.</summary>
    public override string ToString() => $"OutcomeSecretWire {Name}";
}
