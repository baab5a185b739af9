namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>A person in one browser, who may open the operator console.</summary>
/// <param name="Ground">What the sign-in rests on, as a hash: a password, an issuer. Where that is configured no more, the session is over.</param>
/// <param name="SeenAt">When it was last used; kept to a few minutes.</param>
internal sealed record OperatorSession(
    OperatorPerson Person, OperatorRole Role, byte[] Ground, DateTimeOffset StartedAt, DateTimeOffset SeenAt)
{
    public static readonly TimeSpan IdleMax = TimeSpan.FromHours(1);

    /// <summary>However busy: once a working day it is asked anew who it is, and what they may do.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromHours(10);

    /// <summary>So often a use is written down.</summary>
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(2);

    public DateTimeOffset EndsAt => SeenAt + IdleMax < StartedAt + AgeMax ? SeenAt + IdleMax : StartedAt + AgeMax;

    public bool LivesAt(DateTimeOffset now) => now < EndsAt;

    public bool IsToBeSeen(DateTimeOffset now) => now >= SeenAt + SeenEvery;

    public override string ToString() => $"session of operator {Person}";
}
