using System.Security.Cryptography.X509Certificates;
using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Products;
using Marketplace.Shell.StandardWebhooks;

namespace Marketplace.Shell.Configuration;

/// <summary>Everything that configuration says, checked once at the start. Each part is also registered by itself.</summary>
public sealed record ServerSettings(
    DatabaseSettings Database,
    AcmePostgresSettings AcmePostgres,
    HttpProvisionerSettings HttpProvisioner,
    VercelSettings Vercel,
    PublicSettings Public,
    BrandSettings Brand,
    CatalogSettings Catalog,
    FinalizationSettings Finalization,
    CredentialSettings Credentials,
    InvoiceSettings Invoices,
    UsageEventSettings UsageEvents,
    ProviderApiSettings ProviderApi,
    EventSettings Events,
    ClockSettings Clock,
    DataProtectionSettings DataProtection);

/// <param name="Marketplace">Our own database.</param>
/// <param name="AcmePostgres">The server on which the example product creates its databases.</param>
public sealed record DatabaseSettings(string Marketplace, string AcmePostgres)
{
    /// <summary>Connection strings carry passwords.</summary>
    public override string ToString() => nameof(DatabaseSettings);
}

/// <param name="ConnectionString">Of the server on which databases are made, and of a role with CREATEDB and CREATEROLE.</param>
/// <param name="PublicHost">How customers reach the same server.</param>
/// <param name="Prefix">With which the names of databases and roles begin: two deployments on one server need two.</param>
public sealed record AcmePostgresSettings(string ConnectionString, string PublicHost, int PublicPort, string Prefix)
{
    /// <summary>Connection strings carry passwords.</summary>
    public override string ToString() => $"{PublicHost}:{PublicPort}";
}

/// <param name="ApiBaseUrl">Without a closing slash.</param>
/// <param name="Issuer">The <c>iss</c> that we accept, to the letter.</param>
/// <param name="IntegrationId">The <c>aud</c> that we accept, and our OAuth client id.</param>
public sealed record VercelSettings(
    string ApiBaseUrl, string Issuer, Uri MetadataAddress, string IntegrationId, string ClientSecret, string Slug)
{
    /// <summary>Vercel's own pages, where a sign-on that begins on our side goes; without a closing slash.</summary>
    public string DashboardUrl { get; init; } = "https://vercel.com";

    public override string ToString() => $"{IntegrationId} at {ApiBaseUrl}";
}

/// <param name="Url">The origin by which browsers reach this server; null where it is the address that it listens on.</param>
/// <param name="AllowedOrigins">The other origins of ours to which a sign-on may lead.</param>
public sealed record PublicSettings(Uri? Url, Seq<Uri> AllowedOrigins);

/// <summary>How the provider presents itself to customers.</summary>
/// <param name="Logo">An SVG or PNG file.</param>
/// <param name="Stylesheet">A CSS file, which comes after our own.</param>
/// <param name="SupportUrl">Where a customer finds help: https or mailto.</param>
public sealed record BrandSettings(string Name, FileInfo? Logo, FileInfo? Stylesheet, Uri? SupportUrl);

/// <param name="Path">Absolute; the rest was read from it.</param>
/// <param name="Text">What stands in the file.</param>
public sealed record CatalogSettings(string Path, string Text, Catalogue Catalogue)
{
    /// <summary>How often it is looked at again; never when null.</summary>
    public TimeSpan? ReloadEvery { get; init; }
}

/// <param name="Window">How long a pending uninstall lasts before the token dies.</param>
public sealed record FinalizationSettings(TimeSpan Window);

/// <param name="RotateEvery">How old a token may get before it is replaced; null where that is done on demand alone.</param>
public sealed record CredentialSettings(TimeSpan? RotateEvery);

/// <param name="Test">Present where nobody is billed: every invoice is a test.</param>
public sealed record InvoiceSettings(Option<InvoiceTest> Test);

/// <param name="AcceptedFor">How long after it was used an event is still taken; so long it is known again.</param>
/// <param name="KeptFor">How long after the end of their month events are kept one by one, once they are invoiced.</param>
public sealed record UsageEventSettings(TimeSpan AcceptedFor, TimeSpan KeptFor);

/// <summary>How often one key may ask in a minute, at one server.</summary>
/// <param name="UsageReports">Of up to 10,000 events each.</param>
/// <param name="KeyVerifications">Each customer of the provider's own API may cause one with each call.</param>
public sealed record ProviderApiSettings(int Requests, int UsageReports, int KeyVerifications);

/// <param name="Backend">Null where nobody listens: then no events are kept.</param>
public sealed record EventSettings(EventBackend? Backend)
{
    public static readonly EventSettings None = new((EventBackend?)null);
}

/// <summary>The provider's own backend, as a listener.</summary>
/// <param name="Types">What it wants to hear; everything when null.</param>
public sealed record EventBackend(Uri Url, SigningSecrets Secrets, Seq<string>? Types)
{
    /// <summary>An address may have something in it that is nobody else's business.</summary>
    public override string ToString() => nameof(EventBackend);
}

/// <param name="Url">The virtual clock to follow; null for real time.</param>
public sealed record ClockSettings(Uri? Url);

/// <summary>What protects the key ring. With both, the certificate seals and the key still opens what it once sealed.</summary>
public sealed record DataProtectionSettings(X509Certificate2? Certificate, byte[]? Key)
{
    public override string ToString() => nameof(DataProtectionSettings);
}
