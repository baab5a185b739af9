namespace Marketplace.Jobs.Vercel;

/// <summary>What came of a call to Vercel, sorted by what can be done about it.</summary>
public abstract record VercelAnswer<T>
{
    private VercelAnswer() { }

    public sealed record Accepted(T Value) : VercelAnswer<T>;

    /// <summary>Vercel read the request and said no (4xx): sending the same again cannot help.</summary>
    /// <param name="Reason">Vercel's own words, cut to a length that fits a table.</param>
    public sealed record Refused(int Status, string Reason) : VercelAnswer<T>;

    /// <summary>No such thing, or not any more (404).</summary>
    public sealed record NotFound(string Reason) : VercelAnswer<T>;

    /// <summary>The installation is over for Vercel (410), or its token is dead (401): nothing more can be told.</summary>
    public sealed record Gone(string Reason) : VercelAnswer<T>;

    /// <summary>No answer, 5xx or 429. Whether the request took effect is not known: look before sending it again.</summary>
    /// <param name="RetryAfter">How long Vercel asked us to wait.</param>
    public sealed record Unknown(string Reason, TimeSpan? RetryAfter) : VercelAnswer<T>;
}

/// <summary>The value of an answer that has no body.</summary>
public readonly record struct Nothing;
