using System.Text.Json.Serialization;

namespace Marketplace.Shell.UsageEvents;

/// <summary>What is answered to every batch, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IntakeOutcome))]
internal sealed partial class UsageEventJson : JsonSerializerContext;
