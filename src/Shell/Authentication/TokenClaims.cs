using System.Text.Json;

namespace Marketplace.Shell.Authentication;

/// <summary>The claims of a token whose signature, issuer, audience and lifetime hold. Null is a claim that is absent.</summary>
/// <param name="HasSubject">The key is there; its value may be null in a token of Vercel's own.</param>
internal sealed record TokenClaims(
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
    /// <summary>Null when a claim that matters is there twice, or is neither text nor null.</summary>
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

    /// <exception cref="InvalidOperationException">A claim is a number, a list or an object.</exception>
    private static TokenClaims Read(JsonElement claims)
    {
        return new TokenClaims(
            Text("type"), claims.TryGetProperty("sub", out _), Text("sub"), Text("account_id"), Text("installation_id"),
            Text("user_id"), Text("user_role"), claims.TryGetProperty("user_role", out _), Text("user_email"), Text("user_name"));

        string? Text(string name) => claims.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
