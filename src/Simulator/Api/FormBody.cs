using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Api;

/// <summary>Reads a request that may be a form, as the exchange of codes is. Its fields become those of an object.</summary>
internal static class FormBody
{
    public static async Task<(JsonElement Body, ApiAnswer? Refusal)> ReadThatOrJson(HttpRequest request, CancellationToken cancel) =>
        request.HasFormContentType ? Fields(await request.ReadFormAsync(cancel)) : await JsonBody.Read(request, cancel);

    private static (JsonElement Body, ApiAnswer? Refusal) Fields(IFormCollection form)
    {
        if (form.FirstOrDefault(field => field.Value.Count != 1).Key is { } repeated)
        {
            return (default, ApiAnswer.BadRequest($"{repeated}: appears more than once"));
        }

        var fields = new JsonObject(form.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value.ToString())));
        return (JsonSerializer.SerializeToElement(fields), null);
    }
}
