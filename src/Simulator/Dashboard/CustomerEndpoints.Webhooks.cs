using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Dashboard;

/// <summary>Webhooks by hand.</summary>
internal sealed partial class CustomerEndpoints
{
    private void MapWebhooks(IEndpointRouteBuilder routes)
    {
        Route(routes, "POST", "/customer/webhooks", call => Answer(InspectionViews.Of(Dashboard.SendWebhook(
            call.Text("type"), call.Body.Optional("payload") is { } payload ? JsonNode.Parse(payload.GetRawText())!.AsObject() : []))));
        Route(routes, "POST", "/customer/webhooks/{id}/again", call => Done(() => Dashboard.SendWebhookAgain(call.Route("id"))));
        Route(routes, "POST", "/customer/webhooks/hold", _ => Done(Dashboard.HoldWebhooks));
        Route(routes, "POST", "/customer/webhooks/release", call => Done(() =>
        {
            if (call.Body.OptionalFlag("reversed") == true)
            {
                Dashboard.ReleaseWebhooksReversed();
            }
            else
            {
                Dashboard.ReleaseWebhooks(call.Texts("order") ?? []);
            }
        }));
    }
}
