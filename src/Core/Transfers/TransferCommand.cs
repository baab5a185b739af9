using LanguageExt;
using Marketplace.Core.Installations;

namespace Marketplace.Core.Transfers;

/// <summary>What can be asked of a transfer that exists.</summary>
public abstract record TransferCommand
{
    private TransferCommand() { }

    /// <summary>Shows a target the plan that it would get.</summary>
    public sealed record Quote(InstallationId Target, ShownPlan Plan) : TransferCommand;

    /// <param name="NewPlan">The plan that the target needs now, where its own does not do.</param>
    public sealed record Accept(InstallationId Target, Option<ShownPlan> NewPlan) : TransferCommand;
}
