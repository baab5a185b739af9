namespace Marketplace.Core;

/// <summary>
/// When Vercel said something, by its own clock. Webhooks arrive in any order, so that of two about one thing the later one counts; two
/// of one moment are told apart by their ids, so that every order leads to the same.
/// </summary>
/// <remarks>Source: contract §F, <c>createdAt</c> and <c>id</c>.</remarks>
public readonly record struct Told(DateTimeOffset At, string Webhook) : IComparable<Told>
{
    public int CompareTo(Told other) =>
        At.CompareTo(other.At) is not 0 and var order ? order : string.CompareOrdinal(Webhook, other.Webhook);

    public static bool operator <(Told one, Told other) => one.CompareTo(other) < 0;

    public static bool operator >(Told one, Told other) => one.CompareTo(other) > 0;

    public static bool operator <=(Told one, Told other) => one.CompareTo(other) <= 0;

    public static bool operator >=(Told one, Told other) => one.CompareTo(other) >= 0;
}
