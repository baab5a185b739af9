using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Shell.Products;
using Npgsql;

namespace Marketplace.Shell.Configuration;

/// <summary>Makes the settings from ASP.NET's configuration, or says everything that is wrong with it.</summary>
public static class SettingsSource
{
    private static readonly Uri VercelApi = new("https://api.vercel.com");
    private static readonly Uri VercelDashboard = new("https://vercel.com");
    private const string VercelIssuer = "https://marketplace.vercel.com";

    /// <exception cref="StartRefusedException">Names every key that is missing or wrong.</exception>
    public static ServerSettings Read(IConfiguration configuration, IHostEnvironment environment)
    {
        var examined = Examine(configuration, environment);
        return examined.Problems.Count == 0 ? examined.Settings : throw StartRefusedException.For(examined.Problems);
    }

    /// <summary>The same for whoever looks for what is wrong: the rest is there all the same.</summary>
    internal static ExaminedSettings Examine(IConfiguration configuration, IHostEnvironment environment)
    {
        var reader = new SettingsReader(configuration);
        // Its files are part of the configuration already.
        reader.Optional(SecretFiles.Key);
        var database = Database(reader);
        var catalog = Catalog(reader, environment);
        var settings = new ServerSettings(
            database,
            AcmePostgresSource.Read(reader, database.AcmePostgres),
            HttpProvisionerSource.Read(reader, environment, catalog?.Catalogue),
            Vercel(reader, environment),
            BrowserSource.Public(reader, environment),
            BrowserSource.Brand(reader, environment),
            // A part may only be null beside a problem, and then nobody sees it.
            catalog!,
            new FinalizationSettings(reader.Duration(
                "Finalization:Window", TimeSpan.FromHours(24), TimeSpan.FromSeconds(1), TimeSpan.FromDays(30))),
            Credentials(reader),
            Invoices(reader, environment),
            UsageEvents(reader),
            ProviderApi(reader),
            EventSource.Read(reader, environment),
            OperatorSource.Read(reader, environment),
            Clock(reader, environment),
            TelemetrySource.Read(reader),
            DataProtectionSource.Read(reader, environment))
        {
            Proxies = ProxySource.Read(reader),
        };
        return new ExaminedSettings(settings, reader.Problems, reader.Asked);
    }

    /// <summary>Only our own database, which is all that a migration needs.</summary>
    public static string ReadDatabase(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var database = Database(reader).Marketplace;
        return reader.Problems.Count == 0 ? database : throw StartRefusedException.For(reader.Problems);
    }

    /// <summary>Only the catalogue.</summary>
    public static CatalogSettings ReadCatalog(IConfiguration configuration, IHostEnvironment environment)
    {
        var reader = new SettingsReader(configuration);
        var catalogue = Catalog(reader, environment);
        return reader.Problems.Count == 0 ? catalogue! : throw StartRefusedException.For(reader.Problems);
    }

    private static DatabaseSettings Database(SettingsReader reader)
    {
        const string Key = "ConnectionStrings:Marketplace";
        const string Wants = "the connection string of a PostgreSQL database, like Host=localhost;Database=marketplace;Username=…;Password=…";
        var marketplace = reader.Required(Key, Wants);
        // Apart from the rest, which is no secret, a password can be the same file that PostgreSQL reads.
        var password = reader.Optional("ConnectionStrings:MarketplacePassword");
        if (marketplace.Length > 0 && Check(reader, Key, marketplace, Wants) is { Password: null } open && password is not null)
        {
            open.Password = password;
            marketplace = open.ConnectionString;
        }

        const string AcmeKey = "ConnectionStrings:AcmePostgres";
        var acme = reader.Optional(AcmeKey);
        if (acme is not null)
        {
            Check(reader, AcmeKey, acme, "the connection string of a PostgreSQL server, for a role with CREATEDB and CREATEROLE");
        }

        return new DatabaseSettings(marketplace, acme ?? marketplace);
    }

    private static NpgsqlConnectionStringBuilder? Check(SettingsReader reader, string key, string connectionString, string wants)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connectionString);
            if (!string.IsNullOrWhiteSpace(parts.Host))
            {
                return parts;
            }

            reader.WrongSecret(key, "names no Host", wants);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or OverflowException)
        {
            // The fault's text may quote the value, and the value holds a password.
            reader.WrongSecret(key, "is no PostgreSQL connection string", wants);
        }

        return null;
    }

    private static VercelSettings Vercel(SettingsReader reader, IHostEnvironment environment)
    {
        var development = environment.IsDevelopment();
        var api = reader.Url("Vercel:ApiBaseUrl", VercelApi, development);
        // Compared with `iss` to the letter, so it stays as it was written.
        var issuer = reader.Url("Vercel:Issuer", development) is null
            ? VercelIssuer
            : reader.Optional("Vercel:Issuer")!;
        var metadata = reader.Url(
            "Vercel:MetadataAddress", new Uri(issuer.TrimEnd('/') + "/.well-known/openid-configuration"), development);
        return new VercelSettings(
            api.AbsoluteUri.TrimEnd('/'),
            issuer,
            metadata,
            reader.Required("Vercel:IntegrationId", "the integration's id (oac_…) from Vercel's Integration Console"),
            reader.Required("Vercel:ClientSecret", "the integration's client secret from Vercel's Integration Console"),
            reader.Required("Vercel:Slug", "the integration's URL slug on Vercel"))
        {
            DashboardUrl = reader.Url("Vercel:DashboardUrl", VercelDashboard, development).AbsoluteUri.TrimEnd('/'),
        };
    }

    private static CatalogSettings? Catalog(SettingsReader reader, IHostEnvironment environment)
    {
        const string Key = "Catalog:Path";
        var given = reader.Optional(Key) ?? "catalog.json";
        var path = Path.GetFullPath(given, environment.ContentRootPath);
        if (!File.Exists(path))
        {
            reader.Wrong(Key, given, $"the path of the catalogue file; there is none at {path}");
            return null;
        }

        CatalogSettings? settings = null;
        CatalogueFile.Open(path).Match(
            Succ: read => settings = read with { ReloadEvery = ReloadEvery(reader) },
            Fail: mistakes => reader.Wrong(Key, given, "a catalogue without mistakes; this one has"
                + string.Concat(mistakes.Map(mistake => $"{Environment.NewLine}    {mistake}"))));
        return settings;
    }

    private static TimeSpan? ReloadEvery(SettingsReader reader)
    {
        const string Key = "Catalog:ReloadEvery";
        return reader.Optional(Key) == "never"
            ? null
            : reader.Duration(Key, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
    }

    /// <summary>Real invoices, unless somebody says otherwise where no customer is.</summary>
    private static InvoiceSettings Invoices(SettingsReader reader, IHostEnvironment environment)
    {
        const string Key = "Invoices:Test";
        if (reader.Optional(Key) is not { } text)
        {
            return new InvoiceSettings(Option<InvoiceTest>.None);
        }

        InvoiceTestResult? result = text switch
        {
            "paid" => InvoiceTestResult.Paid,
            "notpaid" => InvoiceTestResult.NotPaid,
            "overdue" => InvoiceTestResult.Overdue,
            _ => null,
        };
        if (result is null)
        {
            reader.Wrong(Key, text, "how test invoices end (paid, notpaid or overdue), or to be absent: then invoices are real");
        }
        else if (!environment.IsDevelopment() && !reader.Flag("Invoices:AllowTestOutsideDevelopment"))
        {
            reader.Wrong(Key, text,
                "to be absent: test invoices bill nobody, so they are for the environment Development (or with Invoices__AllowTestOutsideDevelopment=true)");
        }

        return new InvoiceSettings(new InvoiceTest(!reader.Flag("Invoices:SkipTestValidation"), result ?? InvoiceTestResult.Paid));
    }

    private static CredentialSettings Credentials(SettingsReader reader)
    {
        const string Key = "Credentials:RotateEvery";
        return new CredentialSettings(
            reader.Optional(Key) == "never"
                ? null
                : reader.Duration(Key, TimeSpan.FromDays(90), TimeSpan.FromHours(1), TimeSpan.FromDays(3660)));
    }

    private static UsageEventSettings UsageEvents(SettingsReader reader) => new(
        reader.Duration("UsageEvents:AcceptedFor", TimeSpan.FromDays(45), TimeSpan.FromHours(1), TimeSpan.FromDays(92)),
        // Longer than anything is accepted: what is still to be billed may need the events themselves.
        reader.Duration("UsageEvents:KeptFor", TimeSpan.FromDays(400), TimeSpan.FromDays(125), TimeSpan.FromDays(3660)));

    private static ProviderApiSettings ProviderApi(SettingsReader reader)
    {
        const int Most = 100_000_000;
        return new ProviderApiSettings(
            reader.Number("ProviderApi:RequestsPerMinute", 1_200, 1, Most),
            reader.Number("ProviderApi:UsageReportsPerMinute", 60_000, 1, Most),
            reader.Number("ProviderApi:KeyVerificationsPerMinute", 600_000, 1, Most));
    }

    private static ClockSettings Clock(SettingsReader reader, IHostEnvironment environment)
    {
        var url = reader.Url("Clock:Url", plainHttpAnywhere: true);
        if (url is not null && !environment.IsDevelopment() && !reader.Flag("Clock:AllowOutsideDevelopment"))
        {
            reader.Wrong("Clock:Url", url.AbsoluteUri,
                "to be absent: a virtual clock is for the environment Development (or with Clock__AllowOutsideDevelopment=true)");
        }

        return new ClockSettings(url);
    }
}
