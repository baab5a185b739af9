using System.Text.Json;

namespace Marketplace.Shell.Authentication;

/// <summary>The claims of a token whose signature, issuer, audience and lifetime hold. Null is a claim that is absent.</summary>
/// <param name="HasSubject">The key is there; its value may be null in a token of Vercel's own.</param>
internal sealed record TokenClaims(
    DateTimeOffset? NotBefore,
    DateTimeOffset? Expires,
    string? Type,
    bool HasSubject,
    string? Subject,
    string? AccountId,
    string? InstallationId,
    string? UserId,
    string? UserRole,
    bool HasUserRole,
    string? Email,
    string? Name)
{
    private static readonly double SecondsMax = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).TotalSeconds - 86_400;

    /// <summary>Null when a claim is there twice, or one that matters is of the wrong type.</summary>
    public static TokenClaims? Parse(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return json.RootElement.ValueKind == JsonValueKind.Object ? Read(json.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public override string ToString() => $"claims of {InstallationId}";

    /// <exception cref="InvalidOperationException">A claim is of the wrong type.</exception>
    private static TokenClaims Read(JsonElement claims)
    {
        return new TokenClaims(
            Time("nbf"), Time("exp"),
            Text("type"), claims.TryGetProperty("sub", out _), Text("sub"), Text("account_id"), Text("installation_id"),
            Text("user_id"), Text("user_role"), claims.TryGetProperty("user_role", out _), Text("user_email"), Text("user_name"));

        string? Text(string name) => claims.TryGetProperty(name, out var value) ? value.GetString() : null;

        DateTimeOffset? Time(string name) => claims.TryGetProperty(name, out var value) ? Seconds(value.GetDouble()) : null;
    }

    /// <summary>Seconds since 1970, perhaps with a fraction; what is beyond the calendar is at its end.</summary>
    private static DateTimeOffset Seconds(double value) =>
        DateTimeOffset.UnixEpoch.AddSeconds(Math.Clamp(value, 0, SecondsMax));
}
