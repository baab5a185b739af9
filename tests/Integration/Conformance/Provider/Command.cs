using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>What a customer types into the console of a shelf: <c>list</c>, <c>set NAME VALUE</c>. Source: contract §B.2.</summary>
internal static class Command
{
    private const decimal PriceOfWrite = 0.01m;

    public static Answer Run(PartnerCall call, Resource resource, ProviderSettings settings)
    {
        var form = new Form(call.Body);
        var input = form.Text("input");
        if (form.Refusal is { } refusal)
        {
            return refusal;
        }

        var isReadOnly = call.Body["readOnly"]?.GetValueKind() == JsonValueKind.True && !settings.Breaks(Breakage.WritesInReadOnlyConsole);
        return input.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["list"] => Answer.Ok(new JsonArray(new JsonObject
            {
                ["type"] = "table",
                ["header"] = new JsonArray(Text("name"), Text("value")),
                ["rows"] = new JsonArray([.. resource.Values.Select(entry => new JsonArray(Text(entry.Key), Text(entry.Value)))]),
            })),
            ["set", _, _] when isReadOnly => Refused("This console only reads."),
            ["set", _, _] when resource.Plan is { IsPrepaid: true } && resource.Credit < PriceOfWrite => Refused("There is no credit left."),
            ["set", var name, var value] => Set(resource, name, value, call.Now),
            _ => Refused("Type: list, or set NAME VALUE"),
        };
    }

    private static Answer Set(Resource resource, string name, string value, DateTimeOffset now)
    {
        resource.Values[name] = value;
        resource.Owner.Meter.CountWrite(resource.Id, now);
        resource.Credit -= resource.Plan is { IsPrepaid: true } ? PriceOfWrite : 0;
        return Answer.Ok(new JsonArray(Paragraph("Done.")));
    }

    /// <summary>A command that means nothing is answered with blocks as well.</summary>
    private static Answer Refused(string why) => new(StatusCodes.Status400BadRequest, new JsonArray(Paragraph(why)).ToJsonString());

    private static JsonObject Paragraph(string text) => new() { ["type"] = "paragraph", ["children"] = new JsonArray(Text(text)) };

    private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };
}
