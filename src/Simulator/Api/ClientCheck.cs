using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Simulator.Api;

/// <summary>Whether whoever calls is this integration: by client secret, and by client id where it is given.</summary>
internal static class ClientCheck
{
    public static ApiAnswer? Refusal(VercelRequest request)
    {
        var secret = request.Body.GetProperty("client_secret").GetString()!;
        var isGenuine = CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(request.Options.ClientSecret));
        if (!isGenuine)
        {
            return ApiAnswer.Forbidden("The client secret is wrong.");
        }

        return request.Body.OptionalText("client_id") is { } id && id != request.Options.IntegrationId
            ? ApiAnswer.Forbidden("The client id is not this integration's.")
            : null;
    }
}
