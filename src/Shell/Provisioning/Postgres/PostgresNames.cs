using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Marketplace.Core.Deployments;
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

    // With the dot before and a line and an attempt after it, as long as the suffix of a login. No operation's logins begin like this.
    private const string BranchMark = "br_";
    private const int BranchLength = 8;

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

    /// <summary>The copy for one action of a deployment, and its owner role.</summary>
    public string Branch(ResourceId resource, DeploymentActionId action) =>
        BranchesOf(resource) + Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{action.Deployment}/{action.Slug}")))[..BranchLength];

    /// <summary>What the names of all copies of the resource, and of their roles, begin with.</summary>
    public string BranchesOf(ResourceId resource) => LoginsOf(resource) + BranchMark;

    /// <summary>One login for every time that an action is carried out, as for operations.</summary>
    public static string NewBranchLogin(string branch) =>
        LoginsOfBranch(branch) + RandomNumberGenerator.GetHexString(AttemptLength, lowercase: true);

    /// <summary>What the names of all logins of a copy begin with.</summary>
    public static string LoginsOfBranch(string branch) => branch + "_";

    public static bool IsOfBranch(string role) => role.Contains('.' + BranchMark, StringComparison.Ordinal);

    /// <summary>The resource of which a database, an owner or a copy is.</summary>
    public ResourceId? HolderOf(string name) =>
        ResourceOf(name.IndexOf('.' + BranchMark, StringComparison.Ordinal) is > 0 and var end ? name[..end] : name);

    public bool IsDatabase(string name) => ResourceOf(name) is not null;

    public ResourceId? ResourceOf(string databaseOrOwner) =>
        databaseOrOwner.StartsWith(Start, StringComparison.Ordinal) && AllowedId().IsMatch(databaseOrOwner[Start.Length..])
            ? new ResourceId(databaseOrOwner[Start.Length..])
            : null;

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AllowedId();
}
