using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Dashboard;

/// <summary>Teams and who is in them.</summary>
internal sealed partial class CustomerEndpoints
{
    private const string Team = "/customer/teams/{accountId}";
    private const string Member = Team + "/members/{userId}";

    private void MapTeams(IEndpointRouteBuilder routes)
    {
        Route(routes, "PUT", Team + "/contact", call => Answer(InspectionViews.Of(Dashboard.ChangeContact(
            call.Route("accountId"), call.Body.OptionalText("email") is { } email ? new Contact(email, call.Body.OptionalText("name")) : null))));
        Route(routes, "DELETE", Team + "/installer", call => Answer(
            InspectionViews.Of(Dashboard.InstallerLeaves(call.Route("accountId")))));
        Route(routes, "POST", Team + "/members", call => Answer(InspectionViews.Of(Dashboard.AddMember(
            call.Route("accountId"), Role(call), call.Body.OptionalText("name"), call.Body.OptionalText("email")))));
        Route(routes, "PATCH", Member, call => Answer(InspectionViews.Of(Dashboard.ChangeRole(
            call.Route("accountId"), call.Route("userId"), Role(call)))));
        Route(routes, "DELETE", Member, call => Done(() => Dashboard.RemoveMember(call.Route("accountId"), call.Route("userId"))));
        Route(routes, "POST", Team + "/connect", call => Open(Dashboard.ConnectAccount(
            call.Route("accountId"), call.Body.OptionalText("as"), call.Body.OptionalText("state"))));
        Route(routes, "PUT", Team + "/signed-in", call => Answer(
            InspectionViews.Of(Dashboard.SignIn(call.Route("accountId"), call.Text("as")))));
    }

    private static PersonRole Role(CustomerCall call) => call.Text("role") switch
    {
        "ADMIN" => PersonRole.Admin,
        "USER" => PersonRole.User,
        _ => throw new ArgumentException("role: must be ADMIN or USER", nameof(call)),
    };
}
