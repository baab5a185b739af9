namespace Marketplace.Simulator.Pages;

/// <summary>Where the page of something is.</summary>
internal static class PagePaths
{
    public static string Team(string accountId) => $"/teams/{Escape(accountId)}";

    public static string Install(string accountId) => $"{Team(accountId)}/install";

    public static string Installation(string installationId) => $"/installations/{Escape(installationId)}";

    public static string Resource(string installationId, string resourceId) => $"{Installation(installationId)}/resources/{Escape(resourceId)}";

    public static string Project(string projectId) => $"{Navigation.Projects}/{Escape(projectId)}";

    public static string Product(string productId) => $"{Navigation.Products}/{Escape(productId)}";

    /// <summary>The form with which an installation gets a resource of a product.</summary>
    public static string NewResource(string installationId, string productId) => $"{Installation(installationId)}/new?product={Escape(productId)}";

    public static string Invoice(string installationId, string invoiceId) => $"{Installation(installationId)}/invoices/{Escape(invoiceId)}";

    /// <summary>Where it is said whether the customer's card works.</summary>
    public static string Card(string installationId) => $"{Installation(installationId)}/card";

    public static string Deployments(string projectId) => $"{Project(projectId)}/deployments";

    public static string Deployment(string deploymentId) => $"/deployments/{Escape(deploymentId)}";

    public static string Transfer(string claimId) => $"/transfers/{Escape(claimId)}";

    /// <summary>Where a link of the provider is followed.</summary>
    public static string Open(string installationId) => $"{Installation(installationId)}/open";

    public static string Webhook(string id) => $"{Navigation.Webhooks}/{Escape(id)}";

    /// <summary>Leads a browser to the provider. Source: contract §E.8.</summary>
    public static string SignOn(string installationId, params IEnumerable<(string Name, string Value)> parameters)
    {
        var query = string.Join('&', parameters.Select(parameter => $"{Escape(parameter.Name)}={Escape(parameter.Value)}"));
        return $"/customer/installations/{Escape(installationId)}/sso{(query.Length == 0 ? "" : $"?{query}")}";
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
