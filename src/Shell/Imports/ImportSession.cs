using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Shell.Imports;

/// <summary>A customer on the way from Vercel to what is imported, and back. Source: contract §E.10.</summary>
/// <param name="State">Vercel's, to be given back. Vercel takes it once.</param>
/// <param name="Return">Where the customer came from.</param>
/// <param name="Product">Asked for by Vercel, or chosen here.</param>
/// <param name="SignIn">What the customer has signed in with; none before, and after the import.</param>
/// <param name="Resource">What was picked.</param>
internal sealed record ImportSession(
    InstallationId Installation, string State, Uri Return, Option<ProductId> Product, DateTimeOffset StartedAt, int Attempts,
    Option<SignIn> SignIn, Option<ResourceId> Resource)
{
    /// <summary>So long Vercel takes the state back.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromHours(12);

    /// <summary>Then somebody is guessing, and begins anew at Vercel.</summary>
    public const int AttemptsMax = 5;

    public bool LivesAt(DateTimeOffset now) => now < StartedAt + AgeMax;

    public bool IsSpent => Attempts >= AttemptsMax && SignIn.IsNone;

    /// <summary>Back to Vercel, which has the resource by now.</summary>
    public string ReturnWith(ResourceId resource)
    {
        var address = new UriBuilder(Return) { Fragment = "" };
        var query = address.Query.TrimStart('?');
        address.Query = string.Join('&', new[]
        {
            query, Pair("installation_id", Installation.Value), Pair("resource_id", resource.Value), Pair("state", State),
        }.Where(part => part.Length > 0));
        return address.Uri.AbsoluteUri;
    }

    private static string Pair(string name, string value) => $"{name}={Uri.EscapeDataString(value)}";

    /// <summary>Logs print records; state and sign-in stay out.</summary>
    public override string ToString() => $"import to {Installation}";
}
