using Marketplace.Shell.Dashboard;
using Microsoft.AspNetCore.Components;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>A page of the console: a component that takes a <c>Frame</c> and a <c>View</c>.</summary>
internal static class OperatorPage
{
    public static PageResult Of<TPage>(OperatorFrame frame, object view, int status = StatusCodes.Status200OK)
        where TPage : IComponent =>
        new(typeof(TPage), view, frame, status);
}
