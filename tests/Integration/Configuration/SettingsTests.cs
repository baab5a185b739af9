using Marketplace.Shell;
using Marketplace.Shell.Configuration;

namespace Marketplace.Integration.Configuration;

/// <summary>Every key of the configuration: what is right, and what is said of what is wrong.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("ConnectionStrings:Marketplace", null)]
    [InlineData("ConnectionStrings:Marketplace", "Host=;Password=hush-hush")]
    [InlineData("ConnectionStrings:Marketplace", "Hots=localhost;Password=hush-hush")]
    [InlineData("ConnectionStrings:Marketplace", "Host=localhost;Port=many;Password=hush-hush")]
    [InlineData("ConnectionStrings:AcmePostgres", "hush-hush")]
    [InlineData("Vercel:ApiBaseUrl", "api.vercel.com")]
    [InlineData("Vercel:ApiBaseUrl", "http://api.vercel.com")]
    [InlineData("Vercel:Issuer", "marketplace")]
    [InlineData("Vercel:MetadataAddress", "ftp://127.0.0.1/x")]
    [InlineData("Vercel:IntegrationId", " ")]
    [InlineData("Vercel:ClientSecret", null)]
    [InlineData("Vercel:Slug", null)]
    [InlineData("Catalog:Path", "no-such-catalog.json")]
    [InlineData("Catalog:Path", "global.json")]
    [InlineData("Finalization:Window", "1 day")]
    [InlineData("Finalization:Window", "00:00:00")]
    [InlineData("PublicUrl", "marketplace.example.com")]
    [InlineData("Operators:Bootstrap:PasswordHash", "hush-hush")]
    [InlineData("Operators:Bootstrap:PasswordHash", null)]
    [InlineData("Operators:Bootstrap:Name", null)]
    [InlineData("PublicUrl", "http://marketplace.example.com")]
    [InlineData("PublicUrl", "https://marketplace.example.com/acme")]
    [InlineData("SignOn:AllowedOrigins", "https://app.example.com, https://app.example.com/path")]
    [InlineData("Vercel:DashboardUrl", "vercel.com")]
    [InlineData("Dashboard:Logo", "no-such-logo.svg")]
    [InlineData("Dashboard:Logo", "catalog.json")]
    [InlineData("Dashboard:Stylesheet", "no-such.css")]
    [InlineData("Dashboard:SupportUrl", "http://help.example.com")]
    [InlineData("Clock:Url", "later")]
    [InlineData("Clock:Url", "http://127.0.0.1:9/clock")]
    [InlineData("DataProtection:Key", null)]
    [InlineData("DataProtection:Key", "hush-hush")]
    [InlineData("DataProtection:Certificate", "no-such-certificate.pfx")]
    [InlineData("DataProtection:Certificate", "catalog.json")]
    [InlineData("AcmePostgres:Prefix", "eightlet")]
    [InlineData("AcmePostgres:Prefix", "a-b")]
    [InlineData("Events:Secrets", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("Events:Types", "resource.provisioned")]
    [InlineData("Proxies:Known", "proxy.example.com")]
    [InlineData("Proxies:Known", "10.0.0.7, 0.0.0.0/0")]
    public void A_key_that_is_missing_or_wrong_is_named_and_no_secret_is_shown(string key, string? value)
    {
        var refused = Assert.Throws<StartRefusedException>(() => Read((key, value ?? "")));

        Assert.StartsWith("Marketplace cannot start: a setting is missing or wrong.", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"  {SettingsReader.Spell(key)} ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(". It wants ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_said_at_once()
    {
        var refused = Assert.Throws<StartRefusedException>(() => Read(
            ("Vercel:Slug", ""), ("Finalization:Window", "soon"), ("DataProtection:Key", "")));

        Assert.Contains("3 settings", refused.Message, StringComparison.Ordinal);
        foreach (var key in new[] { "Vercel__Slug", "Finalization__Window", "DataProtection__Key" })
        {
            Assert.Contains(key, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_not_said_has_the_documented_default()
    {
        var settings = Read(("Vercel:ApiBaseUrl", ""), ("Vercel:Issuer", ""));

        Assert.Equal("https://api.vercel.com", settings.Vercel.ApiBaseUrl);
        Assert.Equal("https://marketplace.vercel.com", settings.Vercel.Issuer);
        Assert.Equal("https://marketplace.vercel.com/.well-known/openid-configuration", settings.Vercel.MetadataAddress.AbsoluteUri);
        Assert.Equal(TimeSpan.FromHours(24), settings.Finalization.Window);
        Assert.Equal(Repository.File("catalog.json"), settings.Catalog.Path);
        Assert.Equal(settings.Database.Marketplace, settings.Database.AcmePostgres);
        Assert.Null(settings.Clock.Url);
        Assert.Equal("https://vercel.com", settings.Vercel.DashboardUrl);
        Assert.Null(settings.Public.Url);
        Assert.Empty(settings.Public.AllowedOrigins);
        Assert.Equal("Tests", settings.Brand.Name);
    }

    [Theory]
    [InlineData("24:00:00", 24 * 60)]
    [InlineData("12:30:00", (12 * 60) + 30)]
    [InlineData("1.06:00:00", 30 * 60)]
    [InlineData("00:05:00", 5)]
    public void A_window_is_written_in_hours_however_many(string written, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), Read(("Finalization:Window", written)).Finalization.Window);

    [Fact]
    public void The_issuer_stays_as_it_was_written_and_its_metadata_follows_it()
    {
        var vercel = Read(("Vercel:Issuer", "https://issuer.example.test/tenant/")).Vercel;

        Assert.Equal("https://issuer.example.test/tenant/", vercel.Issuer);
        Assert.Equal("https://issuer.example.test/tenant/.well-known/openid-configuration", vercel.MetadataAddress.AbsoluteUri);
    }

    [Theory]
    [InlineData("Operators:Oidc:Authority", "http://id.example.com")]
    [InlineData("Operators:Oidc:Authority", "")]
    [InlineData("Operators:Oidc:ClientId", "")]
    [InlineData("Operators:Oidc:ClientSecret", "")]
    [InlineData("Operators:Oidc:Scopes", "profile email")]
    [InlineData("Operators:Oidc:OperatorRole", "viewer")]
    public void The_issuer_of_operators_is_configured_whole_or_not_at_all(string key, string value)
    {
        (string Key, string Value)[] whole =
            [("Operators:Oidc:Authority", "https://id.example.com/"), ("Operators:Oidc:ClientId", "console"), ("Operators:Oidc:ClientSecret", "hush-hush")];
        var settings = Read(whole).Operators;
        Assert.Equal(("id.example.com", "roles"), (settings.Oidc!.Label, settings.Oidc.RoleClaim));
        Assert.Null(settings.Bootstrap);

        var refused = Assert.Throws<StartRefusedException>(() => Read([.. whole.Where(one => one.Key != key), (key, value)]));

        Assert.Contains(SettingsReader.Spell(key), refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_are_configured_whole_or_not_at_all()
    {
        const string Url = "https://api.example.com/events";
        const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        Assert.Null(Read().Events.Backend);
        Assert.Null(Read(("Events:Url", Url), ("Events:Secrets", Secret)).Events.Backend!.Types);
        Assert.Equal(
            ["resource.provisioned", "invoice.paid"],
            Read(("Events:Url", "http://127.0.0.1:9/events"), ("Events:Secrets", $"{Secret}, {Secret}"), ("Events:Types", "resource.provisioned,invoice.paid"))
                .Events.Backend!.Types!.Value.ToArray());

        Refused("Events__Secrets is missing", ("Events:Url", Url));
        Refused("Events__Secrets is no list of secrets", ("Events:Url", Url), ("Events:Secrets", "whsec_hush-hush"));
        Refused("Events__Url is \"http://api.example.com/\"", ("Events:Url", "http://api.example.com/"), ("Events:Secrets", Secret));
        Refused("Events__Types is \"resource.bought\"", ("Events:Url", Url), ("Events:Secrets", Secret), ("Events:Types", "resource.bought"));

        static void Refused(string what, params (string, string)[] given)
        {
            var message = Assert.Throws<StartRefusedException>(() => Read(given)).Message;
            Assert.Contains(what, message, StringComparison.Ordinal);
            Assert.DoesNotMatch("hush-hush|MfKQ", message);
        }
    }

    [Fact]
    public void Plain_http_may_leave_the_machine_and_a_clock_may_be_followed_in_development_only()
    {
        var settings = Read(
            ("environment", "Development"), ("Vercel:ApiBaseUrl", "http://simulator:8080/api/"), ("Clock:Url", "http://simulator:8080/clock"));

        Assert.Equal("http://simulator:8080/api", settings.Vercel.ApiBaseUrl);
        Assert.Equal("http://simulator:8080/clock", settings.Clock.Url!.AbsoluteUri);
        Assert.NotNull(Read(("Clock:Url", "http://127.0.0.1:9/clock"), ("Clock:AllowOutsideDevelopment", "true")).Clock.Url);
    }

    [Fact]
    public void No_setting_shows_a_secret_when_it_is_printed()
    {
        var settings = Read(
            ("ConnectionStrings:Marketplace", "Host=localhost;Password=hush-hush"), ("Vercel:ClientSecret", "hush-hush-too"));

        Assert.DoesNotContain("hush", settings.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(settings.DataProtection.Key!.ToString()!, settings.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A whole production configuration, bent; an empty value is an absent one.</summary>
    private static ServerSettings Read(params (string Key, string Value)[] bent)
    {
        var arguments = new TestServerOptions().Arguments("Host=localhost;Database=never-opened");
        arguments["environment"] = "Production";
        arguments["ConnectionStrings:AcmePostgres"] = "";
        arguments["Vercel:DashboardUrl"] = "";
        foreach (var (key, value) in bent)
        {
            arguments[key] = value;
        }

        var builder = ServerHost.CreateBuilder([.. arguments.Select(setting => $"--{setting.Key}={setting.Value}")]);
        return SettingsSource.Read(builder.Configuration, builder.Environment);
    }
}
