using System.Net;
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
    OperatorSettings Operators,
    ClockSettings Clock,
    TelemetrySettings Telemetry,
    DataProtectionSettings DataProtection)
{
    public ProxySettings Proxies { get; init; } = ProxySettings.None;
}

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
    /// <summary>Whether anybody has said where customers' databases are or are reached; else they are beside our own, as we reach it.</summary>
    public bool IsChosen { get; init; }

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

/// <summary>Where traces and metrics go; nowhere when null.</summary>
/// <param name="ServiceName">What the collector knows this service by.</param>
/// <param name="ReadStoreEvery">How often what waits is counted in the database, by one worker for all.</param>
public sealed record TelemetrySettings(Uri? Traces, Uri? Metrics, string ServiceName, Sampling Sampling, TimeSpan ReadStoreEvery)
{
    public bool IsOn => Traces is not null || Metrics is not null;

    /// <summary>An address may have something in it that is nobody else's business.</summary>
    public override string ToString() => nameof(TelemetrySettings);
}

/// <summary>Which traces are kept.</summary>
/// <param name="FollowsCaller">Where a call brings the word whether its trace is kept, that counts.</param>
/// <param name="Ratio">Of those that begin here.</param>
public sealed record Sampling(bool FollowsCaller, double Ratio);

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

/// <summary>Who may open the operator console; nobody where nothing is set.</summary>
/// <param name="Bootstrap">The one operator whose password is configured; null too where people come from an issuer, unless somebody left it on.</param>
/// <param name="Oidc">The issuer from which people come.</param>
public sealed record OperatorSettings(BootstrapOperator? Bootstrap, OidcSettings? Oidc)
{
    public bool IsAnybody => Bootstrap is not null || Oidc is not null;
}

/// <param name="Authority">As the issuer names itself.</param>
/// <param name="Label">What people know it by.</param>
/// <param name="NameClaim">By which the audit knows a person.</param>
/// <param name="RoleClaim">Where the roles are; with dots between where it lies within others.</param>
/// <param name="ViewerRole">Its value for who may look.</param>
/// <param name="OperatorRole">Its value for who may act.</param>
public sealed record OidcSettings(
    Uri Authority, string ClientId, string ClientSecret, string Label, Seq<string> Scopes, string NameClaim, string RoleClaim, string ViewerRole, string OperatorRole)
{
    public override string ToString() => $"{ClientId} at {Authority}";
}

/// <param name="PasswordHash">As <c>operators hash-password</c> prints it.</param>
public sealed record BootstrapOperator(string Name, string PasswordHash)
{
    public const int NameCharactersMax = 100;

    public override string ToString() => Name;
}

/// <param name="Url">The virtual clock to follow; null for real time.</param>
public sealed record ClockSettings(Uri? Url);

/// <param name="Known">The machines in front of this one whose word about a caller's address is taken; nobody's when empty.</param>
public sealed record ProxySettings(Seq<IPNetwork> Known)
{
    public static readonly ProxySettings None = new(Seq<IPNetwork>.Empty);
}

/// <summary>What protects the key ring. With both, the certificate seals and the key still opens what it once sealed.</summary>
public sealed record DataProtectionSettings(X509Certificate2? Certificate, byte[]? Key)
{
    /// <summary>They seal nothing any more, and open what they once sealed.</summary>
    public Seq<byte[]> FormerKeys { get; init; } = Seq<byte[]>.Empty;

    public Seq<X509Certificate2> FormerCertificates { get; init; } = Seq<X509Certificate2>.Empty;

    public override string ToString() => nameof(DataProtectionSettings);
}
