using System.Net;

namespace Marketplace.Shell.Doctor;

/// <summary>Asks addresses of others, and says in plain words why one does not answer.</summary>
internal static class DoctorHttp
{
    /// <summary>Redirects are answers; whoever sends one is not where he was said to be.</summary>
    public static HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        MaxResponseContentBufferSize = 1024 * 1024,
        DefaultRequestHeaders = { { "User-Agent", "marketplace-doctor" } },
    };

    /// <param name="key">The setting that names the address.</param>
    public static Finding.Failed NoAnswer(Uri address, string key, HttpRequestException fault)
    {
        var where = $"{address.Host}:{address.Port}";
        return fault.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new(
                $"The name {address.Host} is not known here.", $"Correct {key}, or this machine's DNS."),
            HttpRequestError.SecureConnectionError => new(
                $"TLS with {where} fails: {(fault.InnerException ?? fault).Message}",
                $"The certificate must be for {address.Host}, in its time, and of an authority that this machine trusts; a proxy that opens TLS needs its own authority installed."),
            HttpRequestError.ConnectionError => new(
                $"Nothing answers at {where}: {(fault.InnerException ?? fault).Message}.", $"Correct {key}, or let this machine through to {where}."),
            _ => new($"{where} does not answer as HTTP: {fault.Message}", $"Correct {key}: something else listens there."),
        };
    }

    public static string Words(HttpStatusCode status) => $"{(int)status} {status}";
}
