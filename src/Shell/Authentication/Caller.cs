using Marketplace.Core.Installations;

namespace Marketplace.Shell.Authentication;

/// <summary>
/// Who calls the Partner API, proven by a token that was checked in full: the installation is the one in the path.
/// A handler takes it as a parameter. Source: contract §A.1.
/// </summary>
public abstract record Caller
{
    private Caller(AccountId account, InstallationId installation)
    {
        Account = account;
        Installation = installation;
    }

    /// <summary>The Vercel team.</summary>
    public AccountId Account { get; }

    public InstallationId Installation { get; }

    /// <summary>A person. On a mutation the role is always <see cref="UserRole.Admin"/>; others were refused.</summary>
    /// <param name="UserId">The person within this integration, usable with Get Member.</param>
    public sealed record User(
        AccountId Account, InstallationId Installation, string UserId, UserRole Role, string? Email, string? Name)
        : Caller(Account, Installation)
    {
        /// <summary>Logs print records; the person's name and address stay out.</summary>
        public override string ToString() => $"user {UserId} of {Installation}";
    }

    /// <summary>Vercel itself, on the team's behalf.</summary>
    public sealed record System(AccountId Account, InstallationId Installation) : Caller(Account, Installation)
    {
        public override string ToString() => $"Vercel for {Installation}";
    }

    /// <summary>Hands the caller that was let in to a handler's parameter.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) =>
        new(context.Features.Get<Caller>()
            ?? throw new InvalidOperationException($"{context.Request.Path} takes a Caller but is no partner endpoint."));
}

/// <summary>Spelled in upper case on the wire.</summary>
public enum UserRole
{
    /// <summary>May install integrations, and change what is installed.</summary>
    Admin,

    /// <summary>Has a role in the team that only reads.</summary>
    User,
}
