using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
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

    public static Team New(string name)
    {
        var accountId = Person.NewHexadecimalId();
        var mail = name.ToLowerInvariant().Replace(' ', '-');
        return new()
        {
            AccountId = accountId,
            Name = name,
            Contact = new Contact($"team@{mail}.example", name),
            Members =
            [
                Person.New(accountId, PersonRole.Admin, $"admin@{mail}.example", "Ada Admin"),
                Person.New(accountId, PersonRole.User, $"viewer@{mail}.example", "Vic Viewer"),
            ],
        };
    }

    /// <summary>The team's id outside of tokens.</summary>
    public static string PublicId(string accountId) => $"team_{accountId}";

    /// <summary>May install and change.</summary>
    [JsonIgnore]
    public Person Admin => First(PersonRole.Admin);

    /// <summary>May only look.</summary>
    [JsonIgnore]
    public Person Viewer => First(PersonRole.User);

    public static Team NewPersonal(string name)
    {
        var account = New(name);
        return account with { IsPersonal = true, Members = [account.Admin] };
    }

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
