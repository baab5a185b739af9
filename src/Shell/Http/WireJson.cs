using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Marketplace.Shell.Http;

/// <summary>
/// How the wire is spelled: camelCase, absent rather than null, unknown fields ignored because the contract promises that
/// there will be some. Decimals keep every digit, in both directions.
/// </summary>
public static class WireJson
{
    public static readonly JsonSerializerOptions Options = Create();

    /// <summary>Gives the same spelling to options that somebody else owns.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        options.AllowDuplicateProperties = false;
        // A wire record says with `?` what may be absent. What may not is then never null behind the compiler's back.
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.TypeInfoResolver = JsonTypeInfoResolver
            .Combine(WireJsonContext.Default, new DefaultJsonTypeInfoResolver())
            .WithAddedModifier(LetNullableBeAbsent);
    }

    /// <summary>The serializer by itself takes a nullable parameter for one that must be there, though it may be null.</summary>
    private static void LetNullableBeAbsent(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AssociatedParameter is { IsNullable: true })
            {
                property.IsRequired = false;
            }
        }
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions();
        Configure(options);
        options.MakeReadOnly();
        return options;
    }
}

/// <summary>What is written on the way of every refusal, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PartnerErrorBody))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class WireJsonContext : JsonSerializerContext;
