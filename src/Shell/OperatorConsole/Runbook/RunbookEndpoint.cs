using Marketplace.Shell.OperatorConsole.Pages;

namespace Marketplace.Shell.OperatorConsole.Runbook;

/// <summary>GET /ops/runbook: what to do when an alert fires.</summary>
internal static class RunbookEndpoint
{
    public static readonly RequestDelegate Route = OperatorEndpoint.Page(Handle);

    private static IResult Handle(Operator person) => OperatorPage.Of<RunbookPage>(person.Frame, new RunbookView(RunbookText.Blocks));
}

public sealed record RunbookView(IReadOnlyList<RunbookBlock> Blocks);
