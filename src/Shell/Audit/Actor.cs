using System.Diagnostics;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Shell.Audit;

/// <summary>Who caused a change, and by what: the audit's «who» and «why».</summary>
/// <param name="Name">Such as <c>user:…</c>, <c>vercel</c> (system authentication), <c>worker</c>.</param>
/// <param name="Cause">The call, or the job.</param>
internal sealed record Actor(string Name, string Cause)
{
    public static Actor Of(Caller caller, string cause) =>
        caller switch
        {
            Caller.User user => new Actor($"user:{user.UserId}", cause),
            Caller.System => new Actor("vercel", cause),
            _ => throw new UnreachableException(caller.GetType().Name),
        };

    /// <summary>The provider's own system, by its key.</summary>
    public static Actor Of(ProviderCaller caller, string cause) => new(NameOf(caller), cause);

    /// <summary>The same with the reason that it gave.</summary>
    public static Actor Of(ProviderCaller caller, string cause, string? reason) => Of(NameOf(caller), cause, reason);

    /// <summary>Whoever acts for the provider, by the name that the audit has for them, with the reason that they gave.</summary>
    public static Actor Of(string name, string cause, string? reason) => new(name, reason is null ? cause : $"{cause}: {reason}");

    public static string NameOf(ProviderCaller caller) => $"key:{caller.KeyId}";

    /// <summary>A person at the machine, by the name that the machine knows.</summary>
    public static Actor Operator(string cause) => new($"operator:{Environment.UserName}", cause);

    public static Actor Worker(string cause) => new("worker", cause);
}
