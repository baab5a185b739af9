using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>Who operates. Issuer and subject stay what they are for as long as the account is there; a name may change, and be given to somebody else.</summary>
/// <param name="Name">As people know each other, in the audit and at the top of each page.</param>
/// <param name="Issuer">Empty for the operator of the configuration.</param>
/// <param name="Subject">Unique at the issuer, which never gives it to anybody else. Source: OpenID Connect Core 1.0, §2.</param>
internal sealed record OperatorPerson(string Name, string Issuer, string Subject)
{
    /// <summary>Whom nobody has vouched for.</summary>
    public static readonly OperatorPerson Unknown = new("somebody unknown", "", "");

    public static OperatorPerson Of(BootstrapOperator bootstrap) => new(bootstrap.Name, "", bootstrap.Name);

    public override string ToString() => Name;
}
