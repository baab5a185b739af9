using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Dashboard;

/// <summary>Projects and their deployments.</summary>
internal sealed partial class CustomerEndpoints
{
    private const string Project = "/customer/projects/{projectId}";
    private const string Deployment = "/customer/deployments/{deploymentId}";

    private void MapDeployments(IEndpointRouteBuilder routes)
    {
        Route(routes, "POST", "/customer/projects", call =>
        {
            var project = Dashboard.CreateProject(AccountId(call), call.Text("name"));
            return Answer(new JsonObject { ["projectId"] = project.Id, ["name"] = project.Name });
        });
        Route(routes, "GET", Project + "/variables", call => Answer(InspectionViews.List(
            Dashboard.Variables(call.Route("projectId"), call.Query("environment") ?? "production"), InspectionViews.Of)));
        Route(routes, "POST", Project + "/deployments", call => Answer(InspectionViews.Of(Dashboard.Deploy(
            call.Route("projectId"), call.Body.OptionalText("environment") ?? "preview", call.Texts("actions"),
            call.Body.OptionalText("branch") ?? "main"))));

        Route(routes, "GET", "/customer/deployments", _ => Answer(InspectionViews.List(store.Current.Deployments.Values, InspectionViews.Of)));
        Route(routes, "GET", Deployment, call => Answer(InspectionViews.Of(Dashboard.Deployment(call.Route("deploymentId")))));
        Route(routes, "GET", Deployment + "/variables", call => Answer(InspectionViews.List(
            Dashboard.DeploymentVariables(call.Route("deploymentId")), InspectionViews.Of)));
        Route(routes, "POST", Deployment + "/cancel", call => Answer(InspectionViews.Of(Dashboard.CancelDeployment(call.Route("deploymentId")))));
        Route(routes, "POST", Deployment + "/promote", call => Answer(InspectionViews.Of(Dashboard.PromoteDeployment(call.Route("deploymentId")))));
        Route(routes, "POST", Deployment + "/checks/{checkId}/rerequest", call => Answer(InspectionViews.Of(
            Dashboard.RerequestCheck(call.Route("deploymentId"), call.Route("checkId")))));
        Route(routes, "DELETE", Deployment, call => Answer(InspectionViews.Of(Dashboard.DeleteDeployment(call.Route("deploymentId")))));
    }
}
