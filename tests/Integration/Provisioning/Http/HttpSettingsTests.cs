using Marketplace.Shell.Configuration;

namespace Marketplace.Integration.Provisioning.Http;

/// <summary>Where the control plane is, and how it knows us, is said before the first request, or there is none.</summary>
public sealed class HttpSettingsTests
{
    private static readonly string Secret = Backroom.NewSecret();

    [Fact]
    public async Task A_product_that_a_control_plane_makes_needs_one()
    {
        await using var catalogue = await SoldByHttp.Write(TestContext.Current.CancellationToken);
        var refused = Assert.Throws<StartRefusedException>(() => Read(("Catalog:Path", catalogue.Path)));

        Assert.Contains("2 settings", refused.Message, StringComparison.Ordinal);
        Assert.Contains("HttpProvisioner__Url is missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("HttpProvisioner__Secrets is missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("because the catalogue's product acme-tools names the provisioner http", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HttpProvisioner:Url", "http://control-plane.example.com")]
    [InlineData("HttpProvisioner:Url", "control-plane.example.com")]
    [InlineData("HttpProvisioner:Url", "")]
    [InlineData("HttpProvisioner:Secrets", "whsec_aHVzaC1odXNo")]
    [InlineData("HttpProvisioner:Secrets", "hush-hush")]
    [InlineData("HttpProvisioner:Secrets", "")]
    [InlineData("HttpProvisioner:AnswerMax", "00:01:00")]
    public void A_key_that_is_missing_or_wrong_is_named_and_no_secret_is_shown(string key, string value)
    {
        var refused = Assert.Throws<StartRefusedException>(() => Read([.. Good, (key, value)]));

        Assert.StartsWith("Marketplace cannot start: a setting is missing or wrong.", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"  {SettingsReader.Spell(key)} ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("aHVz", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_secrets_are_good_at_a_time_and_none_is_printed()
    {
        var settings = Read([.. Good, ("HttpProvisioner:Secrets", $"{Secret},{Backroom.NewSecret()}")]);

        Assert.Equal("https://control-plane.example.com/marketplace", settings.HttpProvisioner.ControlPlane!.Url.AbsoluteUri);
        Assert.Equal(TimeSpan.FromSeconds(15), settings.HttpProvisioner.ControlPlane.AnswerMax);
        Assert.DoesNotContain("whsec_", settings.ToString(), StringComparison.Ordinal);
        Assert.Null(Read().HttpProvisioner.ControlPlane);
    }

    private static (string Key, string Value)[] Good =>
        [("HttpProvisioner:Url", "https://control-plane.example.com/marketplace"), ("HttpProvisioner:Secrets", Secret)];

    /// <summary>A whole production configuration, bent; an empty value is an absent one.</summary>
    private static ServerSettings Read(params (string Key, string Value)[] bent)
    {
        var arguments = new TestServerOptions().Arguments("Host=localhost;Database=never-opened");
        arguments["environment"] = "Production";
        foreach (var (key, value) in bent)
            arguments[key] = value;
        var builder = ServerHost.CreateBuilder([.. arguments.Select(setting => $"--{setting.Key}={setting.Value}")]);
        return SettingsSource.Read(builder.Configuration, builder.Environment);
    }
}
