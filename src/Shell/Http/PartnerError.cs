using System.Text.Json.Serialization;

namespace Marketplace.Shell.Http;

/// <summary>What is wrong with a request, as the body of every 4xx and 5xx says it. Source: contract §B.0.</summary>
/// <param name="Code">Stable; programs compare it.</param>
/// <param name="Message">For the caller's log; not for the customer's eyes.</param>
/// <param name="User">Shown to the customer.</param>
/// <param name="Fields">With 400 only: <c>key</c> is a metadata property, whose form field shows the message.</param>
public sealed record PartnerError(
    string Code, string Message, PartnerErrorUser? User = null, IReadOnlyList<PartnerErrorField>? Fields = null);

/// <param name="Message">A sentence for the customer.</param>
/// <param name="Url">Where help or the resolution is.</param>
public sealed record PartnerErrorUser(string? Message = null, string? Url = null);

public sealed record PartnerErrorField(string Key, string? Message = null);

/// <summary>The envelope of <see cref="PartnerError"/>.</summary>
internal sealed record PartnerErrorBody([property: JsonPropertyName("error")] PartnerError Error);
