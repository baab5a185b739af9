using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Dashboard;

/// <summary>A customer: a team on Vercel with its people and projects.</summary>
internal sealed record Team
{
    /// <summary>In hexadecimal digits, as tokens name it.</summary>
    public required string AccountId { get; init; }

    public required string Name { get; init; }

    /// <summary>Whom a provider may write to: it changes as people come and go, and there may be nobody.</summary>
    public required Contact? Contact { get; init; }

    /// <summary>May install and change.</summary>
    public required Person Admin { get; init; }

    /// <summary>May only look.</summary>
    public required Person Viewer { get; init; }

    public ImmutableSortedDictionary<string, Project> Projects { get; init; } =
        ImmutableSortedDictionary.Create<string, Project>(StringComparer.Ordinal);

    public string Url => $"https://vercel.com/{Name.ToLowerInvariant().Replace(' ', '-')}";

    public static Team New(string name)
    {
        var accountId = Person.NewHexadecimalId();
        var mail = name.ToLowerInvariant().Replace(' ', '-');
        return new()
        {
            AccountId = accountId,
            Name = name,
            Contact = new Contact($"team@{mail}.example", name),
            Admin = Person.New(accountId, PersonRole.Admin, $"admin@{mail}.example", "Ada Admin"),
            Viewer = Person.New(accountId, PersonRole.User, $"viewer@{mail}.example", "Vic Viewer"),
        };
    }

    /// <summary>The team's id outside of tokens.</summary>
    public static string PublicId(string accountId) => $"team_{accountId}";

    public IEnumerable<Person> People => [Admin, Viewer];
}

/// <summary>The best contact of a team for an integration. Source: contract §B.1 and D.2.</summary>
internal sealed record Contact(string Email, string? Name)
{
    public JsonObject ToJson()
    {
        var contact = new JsonObject { ["email"] = Email };
        if (Name is not null)
        {
            contact["name"] = Name;
        }

        return contact;
    }
}

/// <summary>A project of a team, to which resources are connected.</summary>
internal sealed record Project(string Id, string Name);
