using Marketplace.Core.Products;
using Marketplace.Shell.StandardWebhooks;

namespace Marketplace.Shell.Configuration;

/// <summary>Where the provider's own control plane is, and how it knows us.</summary>
internal static class HttpProvisionerSource
{
    private const string UrlKey = "HttpProvisioner:Url";
    private const string SecretsKey = "HttpProvisioner:Secrets";
    private const string UrlWants = "the https address to which your control plane takes questions";
    private const string SecretsWants = $"one to ten secrets, each {SigningSecret.Form}, with commas between; the control plane has the same";

    /// <param name="catalogue">Null where it could not be read, which has been said.</param>
    public static HttpProvisionerSettings Read(SettingsReader reader, IHostEnvironment environment, Catalogue? catalogue)
    {
        var product = catalogue?.Products.FirstOrDefault(sold => sold.Provisioner == Provisioning.Http.HttpProvisioner.ItsName);
        var (given, secretsText) = (reader.Optional(UrlKey), reader.Optional(SecretsKey));
        var answerMax = reader.Duration(
            "HttpProvisioner:AnswerMax", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(50));
        if (product is null && given is null && secretsText is null)
            return new HttpProvisionerSettings(ControlPlane: null);

        var because = product is null ? "" : $", because the catalogue's product {product.Id} names the provisioner http";
        if (given is null)
            reader.Missing(UrlKey, UrlWants + because);
        if (secretsText is null)
            reader.Missing(SecretsKey, SecretsWants + because);

        var url = reader.Url(UrlKey, environment.IsDevelopment());
        var secrets = secretsText is null ? null : SigningSecrets.Parse(secretsText);
        if (secretsText is not null && secrets is null)
            reader.WrongSecret(SecretsKey, "has something that is no secret", SecretsWants);
        return new HttpProvisionerSettings(url is null || secrets is null ? null : new ControlPlaneSettings(url, secrets, answerMax));
    }
}

/// <param name="ControlPlane">Null where no product needs it.</param>
public sealed record HttpProvisionerSettings(ControlPlaneSettings? ControlPlane);

/// <param name="AnswerMax">How long one attempt may take.</param>
public sealed record ControlPlaneSettings(Uri Url, SigningSecrets Secrets, TimeSpan AnswerMax);
