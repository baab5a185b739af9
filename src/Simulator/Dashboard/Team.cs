using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Dashboard;

/// <summary>A customer: a team on Vercel with its people and projects.</summary>
internal sealed record Team
{
    /// <summary>In hexadecimal digits, as tokens name it.</summary>
    public required string AccountId { get; init; }

    public required string Name { get; init; }

    /// <summary>The account of one person, which is no team.</summary>
    public bool IsPersonal { get; init; }

    /// <summary>Whom a provider may write to: it changes as people come and go, and there may be nobody.</summary>
    public required Contact? Contact { get; init; }

    public required ImmutableList<Person> Members { get; init; }

    /// <summary>Whoever sits before the browser, by the id in this integration; the first who may install when it is not said.</summary>
    public string? SignedIn { get; init; }

    public ImmutableSortedDictionary<string, Project> Projects { get; init; } =
        ImmutableSortedDictionary.Create<string, Project>(StringComparer.Ordinal);

    public string Slug => Name.ToLowerInvariant().Replace(' ', '-');

    public string Url => $"https://vercel.com/{Slug}";

    /// <summary>The team's id outside of tokens.</summary>
    public static string PublicId(string accountId) => $"team_{accountId}";

    /// <summary>May install and change.</summary>
    [JsonIgnore]
    public Person Admin => First(PersonRole.Admin);

    /// <summary>May only look.</summary>
    [JsonIgnore]
    public Person Viewer => First(PersonRole.User);

    public Person? Member(string userId) => Members.Find(person => person.UserId == userId);

    /// <summary>Who is meant by <c>ADMIN</c>, <c>USER</c> or an id; whoever sits before the browser when nobody is named.</summary>
    public Person Choose(string? who) => who switch
    {
        null => SignedIn is { } id ? Choose(id) : Admin,
        "ADMIN" => Admin,
        "USER" => Viewer,
        _ => Member(who) ?? throw new KeyNotFoundException($"The team has no member {who}."),
    };

    private Person First(PersonRole role) =>
        Members.Find(person => person.Role == role) ?? throw new InvalidOperationException($"The team has no member who is {role}.");
}

internal static class TeamState
{
    /// <summary>A team with somebody of each role, or the account of one person.</summary>
    /// <param name="root">What the ids of the team, and of everything that it will have, are derived from beside the seed.</param>
    public static (VercelState Next, Team Team) Found(this VercelState state, string name, string root, bool isPersonal)
    {
        var (next, identity) = state.Identify("team", root);
        var accountId = identity.Hexadecimal(24);
        var mail = name.ToLowerInvariant().Replace(' ', '-');
        (next, var admin) = next.Meet(accountId, PersonRole.Admin, $"admin@{mail}.example", "Ada Admin");
        (next, var viewer) = next.Meet(accountId, PersonRole.User, $"viewer@{mail}.example", "Vic Viewer");
        var team = new Team
        {
            AccountId = accountId,
            Name = name,
            IsPersonal = isPersonal,
            Contact = new Contact($"team@{mail}.example", name),
            Members = isPersonal ? [admin] : [admin, viewer],
        };
        return (next.With(team), team);
    }

    /// <summary>Somebody new, who is no member yet.</summary>
    public static (VercelState Next, Person Person) Meet(this VercelState state, string accountId, PersonRole role, string? email, string? name)
    {
        var (next, global) = state.Identify("person", accountId);
        (next, var local) = next.Identify("member", accountId);
        return (next, new Person(accountId, global.Hexadecimal(24), local.Hexadecimal(24), role, email, name));
    }
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
