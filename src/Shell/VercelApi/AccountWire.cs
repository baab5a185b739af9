using LanguageExt;
using Marketplace.Core.Installations;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.VercelApi;

/// <summary>Get Account Information: of a team that names nobody, the contact is null. Source: contract §D.2.</summary>
internal sealed record AccountWire(string Url, ContactWire? Contact, string? Name = null)
{
    public Account ToAccount() => new(
        Url, Optional(Name)!, Optional(Contact).Map(contact => new Contact(contact!.Email, Optional(contact.Name)!)));
}

internal sealed record ContactWire(string Email, string? Name = null);
