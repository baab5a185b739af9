using Marketplace.Core.Resources;

namespace Marketplace.Core.Deployments;

/// <summary>What a resource does for one deployment of the customer's, in exactly one of its life stages. Source: contract §E.15, D.12.</summary>
/// <remarks>That Vercel never asked for it is no stage. What it made is known by its id alone, so that nothing of it is kept here.</remarks>
public abstract record DeploymentAction(DeploymentActionId Id)
{
    /// <summary>The deployment waits for it. Somebody may be at work.</summary>
    /// <param name="Since">From its start on.</param>
    public sealed record Wanted(DeploymentActionId Id, DateTimeOffset Since) : DeploymentAction(Id);

    /// <summary>Vercel has its outcome, or may have it without ever saying so; what was made is in use.</summary>
    public sealed record Succeeded(DeploymentActionId Id) : DeploymentAction(Id);

    /// <summary>Nobody needs it: whatever was made is removed from the moment on.</summary>
    public sealed record Leaving(DeploymentActionId Id, DateTimeOffset RemovedFrom) : DeploymentAction(Id);

    /// <summary>Nothing of it is left, and nothing begins again under its id.</summary>
    public sealed record Gone(DeploymentActionId Id) : DeploymentAction(Id);
}

/// <summary>One action of one resource for one deployment: Vercel asks for it once, however often it says so.</summary>
/// <param name="Slug">As the catalogue and Vercel's console call it.</param>
public sealed record DeploymentActionId(string Deployment, ResourceId Resource, string Slug)
{
    public override string ToString() => $"{Slug} of {Resource} for {Deployment}";
}
