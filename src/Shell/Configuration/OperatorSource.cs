using LanguageExt;
using Marketplace.Shell.OperatorConsole.SignIn;

namespace Marketplace.Shell.Configuration;

/// <summary>Who may open the operator console. Half of it is a mistake: nobody could sign in, and it would be seen when it is needed.</summary>
internal static class OperatorSource
{
    private const string NameKey = "Operators:Bootstrap:Name";
    private const string PasswordHashKey = "Operators:Bootstrap:PasswordHash";
    private const string BesideOidcKey = "Operators:Bootstrap:BesideOidc";
    private const string AuthorityKey = "Operators:Oidc:Authority";
    private const string ClientIdKey = "Operators:Oidc:ClientId";
    private const string ClientSecretKey = "Operators:Oidc:ClientSecret";
    private const string OperatorRoleKey = "Operators:Oidc:OperatorRole";
    private const string NameWants = "the name by which the operator signs in, of at most 100 characters";
    private const string HashWants = "what the command `operators hash-password` prints";

    public static OperatorSettings Read(SettingsReader reader, IHostEnvironment environment)
    {
        var (bootstrap, oidc) = (Bootstrap(reader), Oidc(reader, environment));
        return new OperatorSettings(oidc is null || reader.Flag(BesideOidcKey) ? bootstrap : null, oidc);
    }

    private static BootstrapOperator? Bootstrap(SettingsReader reader)
    {
        var (name, hash) = (reader.Optional(NameKey), reader.Optional(PasswordHashKey));
        _ = reader.Flag(BesideOidcKey);
        if (name is null && hash is null)
            return null;

        if (name is null)
            reader.Missing(NameKey, $"{NameWants}, because {SettingsReader.Spell(PasswordHashKey)} is set");
        else if (name.Length > BootstrapOperator.NameCharactersMax || name.Any(char.IsControl))
            reader.Wrong(NameKey, name, NameWants);
        if (hash is null)
            reader.Missing(PasswordHashKey, $"{HashWants}, because {SettingsReader.Spell(NameKey)} is set");
        else if (!Passwords.IsHash(hash))
            reader.WrongSecret(PasswordHashKey, "is not the hash of a password", HashWants);
        return new BootstrapOperator(name ?? "", hash ?? "");
    }

    /// <summary>All that is needed, or nothing; what has a default is asked for in any case, so that it is known.</summary>
    private static OidcSettings? Oidc(SettingsReader reader, IHostEnvironment environment)
    {
        var authority = reader.Url(AuthorityKey, environment.IsDevelopment());
        var (id, secret) = (reader.Optional(ClientIdKey), reader.Optional(ClientSecretKey));
        var oidc = new OidcSettings(
            authority ?? new Uri("https://invalid"), id ?? "", secret ?? "",
            reader.Optional("Operators:Oidc:Label") ?? authority?.Host ?? "",
            (reader.Optional("Operators:Oidc:Scopes") ?? "openid profile email").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToSeq().Strict(),
            reader.Optional("Operators:Oidc:NameClaim") ?? "email",
            reader.Optional("Operators:Oidc:RoleClaim") ?? "roles",
            reader.Optional("Operators:Oidc:ViewerRole") ?? "viewer",
            reader.Optional(OperatorRoleKey) ?? "operator");
        var given = reader.Optional(AuthorityKey);
        if (given is null && id is null && secret is null)
            return null;

        if (given is null)
            reader.Missing(AuthorityKey, "the issuer of the operators' sign-in, as its discovery document names it");
        if (id is null)
            reader.Missing(ClientIdKey, $"the id under which the issuer {given} knows this console");
        if (secret is null)
            reader.Missing(ClientSecretKey, $"the secret that the issuer {given} gave to this console");
        if (!oidc.Scopes.Contains("openid"))
            reader.Wrong("Operators:Oidc:Scopes", string.Join(' ', oidc.Scopes), "scopes with spaces between, of which one is openid");
        if (oidc.ViewerRole == oidc.OperatorRole)
            reader.Wrong(OperatorRoleKey, oidc.OperatorRole, "another role than Operators__Oidc__ViewerRole");
        return oidc;
    }
}
