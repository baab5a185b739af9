using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>
/// What things are called on the target server. A resource's database and its owner role share one name, which leads back
/// to the resource; its logins have a dot after that name, which no resource id may contain.
/// </summary>
/// <param name="Prefix">Keeps two deployments on one server apart.</param>
internal sealed partial record PostgresNames(string Prefix)
{
    /// <summary>PostgreSQL cuts a longer name without a word, and two resources would meet in one database.</summary>
    private const int NameLengthMax = 63;
    private const int OperationLength = 12;
    private const int AttemptLength = 6;
    private const int LoginSuffixLength = 1 + OperationLength + AttemptLength;

    private string Start => Prefix + "_";

    public string Database(ResourceId resource)
    {
        var name = Start + resource.Value;
        return AllowedId().IsMatch(resource.Value) && name.Length + LoginSuffixLength <= NameLengthMax
            ? name
            : throw new ArgumentException($"No database can be named after the resource '{resource.Value}'.", nameof(resource));
    }

    public string Owner(ResourceId resource) => Database(resource);

    /// <summary>
    /// One login for every time that an operation is carried out. A repetition must not change the password of the first
    /// attempt: whichever of the two the caller ends up storing works.
    /// </summary>
    public string NewLogin(ResourceId resource, OperationId operation) =>
        LoginsOf(resource, operation) + RandomNumberGenerator.GetHexString(AttemptLength, lowercase: true);

    /// <summary>What the names of all logins of the resource begin with.</summary>
    public string LoginsOf(ResourceId resource) => Owner(resource) + ".";

    /// <summary>What the names of all logins that the operation minted begin with.</summary>
    public string LoginsOf(ResourceId resource, OperationId operation) =>
        LoginsOf(resource) +
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(operation.Value)))[..OperationLength];

    /// <summary>Who may read everything of the resource, and nothing more. No operation's logins begin like this: theirs are hexadecimal.</summary>
    public string Reader(ResourceId resource) => LoginsOf(resource) + "reader";

    /// <summary>One login for every command from the console.</summary>
    public string NewReplLogin(ResourceId resource) =>
        ReplLoginsOf(resource) + RandomNumberGenerator.GetHexString(OperationLength, lowercase: true);

    /// <summary>What the names of all logins of the resource's console begin with.</summary>
    public string ReplLoginsOf(ResourceId resource) => LoginsOf(resource) + "repl_";

    public bool IsDatabase(string name) => ResourceOf(name) is not null;

    public ResourceId? ResourceOf(string databaseOrOwner) =>
        databaseOrOwner.StartsWith(Start, StringComparison.Ordinal) && AllowedId().IsMatch(databaseOrOwner[Start.Length..])
            ? new ResourceId(databaseOrOwner[Start.Length..])
            : null;

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AllowedId();
}
