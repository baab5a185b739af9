using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>Why a provider refused, as it says itself. Source: contract §B.0.</summary>
/// <param name="Message">For the customer where there is one, else for logs.</param>
/// <param name="Url">Where the customer finds help.</param>
/// <param name="Fields">By the property of the metadata.</param>
internal sealed record ProviderProblem(string Message, string? Url, ImmutableDictionary<string, string> Fields)
{
    /// <summary>None where the answer is no error of the documented shape.</summary>
    public static ProviderProblem? Of(Exchange exchange)
    {
        if (exchange.IsSuccess || exchange.Json is not { ValueKind: JsonValueKind.Object } answer
            || answer.Optional("error") is not { ValueKind: JsonValueKind.Object } error)
        {
            return null;
        }

        var user = error.Optional("user") is { ValueKind: JsonValueKind.Object } told ? told : (JsonElement?)null;
        return (user?.OptionalText("message") ?? error.OptionalText("message")) is { } message
            ? new(message, user?.OptionalText("url"), FieldsOf(error))
            : null;
    }

    private static ImmutableDictionary<string, string> FieldsOf(JsonElement error)
    {
        var fields = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (error.Optional("fields") is { ValueKind: JsonValueKind.Array } listed)
        {
            foreach (var field in listed.EnumerateArray().Where(field => field.ValueKind == JsonValueKind.Object))
            {
                if (field.OptionalText("key") is { } key)
                {
                    fields[key] = field.OptionalText("message") ?? "The provider does not take this.";
                }
            }
        }

        return fields.ToImmutable();
    }
}
