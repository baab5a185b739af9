namespace Marketplace.Core.Deployments;

/// <summary>What Vercel says about an action, and what comes of the work.</summary>
public abstract record DeploymentActionCommand
{
    private DeploymentActionCommand() { }

    public sealed record Start : DeploymentActionCommand;

    /// <summary>Nobody waits for it any more.</summary>
    public sealed record Cancel : DeploymentActionCommand;

    /// <summary>The deployment is deleted.</summary>
    /// <param name="ToldAt">By Vercel's clock.</param>
    public sealed record CleanUp(DateTimeOffset ToldAt) : DeploymentActionCommand;

    /// <summary>It is done, and Vercel has heard so.</summary>
    public sealed record Succeed : DeploymentActionCommand;

    /// <summary>It cannot be done, or nobody wants to hear that it is.</summary>
    public sealed record Fail(string Reason) : DeploymentActionCommand;

    /// <summary>An outcome was sent, and Vercel has not said in all the time whether it has it.</summary>
    /// <param name="Reason">The last that was heard.</param>
    public sealed record GiveUp(string Reason) : DeploymentActionCommand;

    /// <summary>Whatever was made is removed.</summary>
    public sealed record ConfirmRemoval : DeploymentActionCommand;
}
