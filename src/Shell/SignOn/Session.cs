using Marketplace.Core.Installations;
using Marketplace.Shell.Authentication;

namespace Marketplace.Shell.SignOn;

/// <summary>A person in one browser, who came from Vercel by single sign-on, at one installation.</summary>
/// <param name="UserId">The person within this integration.</param>
/// <param name="ShownAs">The person's own name, as Vercel told it.</param>
/// <param name="SeenAt">When it was last used; kept to a few minutes.</param>
internal sealed record Session(
    InstallationId Installation, string UserId, UserRole Role, string? ShownAs, DateTimeOffset StartedAt, DateTimeOffset SeenAt)
{
    /// <summary>Who leaves the browser alone for so long comes anew from Vercel.</summary>
    public static readonly TimeSpan IdleMax = TimeSpan.FromHours(2);

    /// <summary>However busy: what Vercel says of a person is asked again at least twice a day.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromHours(12);

    /// <summary>So often a use is written down.</summary>
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(5);

    public bool IsAdmin => Role == UserRole.Admin;

    public DateTimeOffset EndsAt => SeenAt + IdleMax < StartedAt + AgeMax ? SeenAt + IdleMax : StartedAt + AgeMax;

    public bool LivesAt(DateTimeOffset now) => now < EndsAt;

    public bool IsToBeSeen(DateTimeOffset now) => now >= SeenAt + SeenEvery;

    /// <summary>Logs print records; the person's name stays out.</summary>
    public override string ToString() => $"session of user {UserId} at {Installation}";
}
