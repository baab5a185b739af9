namespace Marketplace.Simulator;

/// <summary>Where Vercel sends a browser that goes to the provider, as the Integration Console knows it.</summary>
internal sealed class BrowserAddresses(SimulatorOptions options)
{
    /// <summary>The Redirect Login URL. Source: contract §E.8.</summary>
    public Uri? RedirectLogin { get; set; } = options.RedirectLogin;

    /// <summary>The Import Resource URL. Source: contract §E.10.</summary>
    public Uri? ImportResource { get; set; } = options.ImportResource;

    /// <summary>The redirect URL of a connectable account. Source: contract §D.13.</summary>
    public Uri? ConnectAccount { get; set; } = options.ConnectAccount;

    public Uri RequireRedirectLogin() => RedirectLogin ?? throw new InvalidOperationException("The provider's Redirect Login URL is not set.");

    /// <summary>Appends a query to one that the address may have already.</summary>
    public static Uri With(Uri address, IEnumerable<(string Name, string Value)> parameters)
    {
        var query = string.Join('&', parameters.Select(
            parameter => $"{Uri.EscapeDataString(parameter.Name)}={Uri.EscapeDataString(parameter.Value)}"));
        return new UriBuilder(address) { Query = address.Query.Length > 1 ? $"{address.Query}&{query}" : query }.Uri;
    }
}
