namespace Marketplace.Jobs.Vercel;

/// <summary>What came of a call to Vercel, sorted by what can be done about it.</summary>
public abstract record VercelAnswer<T>
{
    private VercelAnswer() { }

    /// <summary>What Vercel said where it was no success; null where it said nothing.</summary>
    public VercelReply? Reply { get; init; }

    /// <summary>What was asked where that was no success; null where nothing was.</summary>
    public VercelRequest? Request { get; init; }

    public sealed record Accepted(T Value) : VercelAnswer<T>;

    /// <summary>Vercel read the request and said no (4xx): sending the same again cannot help.</summary>
    /// <param name="Reason">Vercel's own words, cut to a length that fits a table.</param>
    public sealed record Refused(int Status, string Reason) : VercelAnswer<T>;

    /// <summary>No such thing, or not any more (404).</summary>
    public sealed record NotFound(string Reason) : VercelAnswer<T>;

    /// <summary>The token is not taken (401), or there is none yet. A new one may come, and then the same may be sent.</summary>
    public sealed record TokenRefused(string Reason) : VercelAnswer<T>;

    /// <summary>The installation is over for Vercel (410), or has no token any more: nothing can ever be told again.</summary>
    public sealed record Gone(string Reason) : VercelAnswer<T>;

    /// <summary>No answer, 5xx or 429. Whether the request took effect is not known: look before sending it again.</summary>
    /// <param name="RetryAfter">How long Vercel asked us to wait.</param>
    public sealed record Unknown(string Reason, TimeSpan? RetryAfter) : VercelAnswer<T>;

    /// <summary>The same with another value; what went wrong stays as it is.</summary>
    public VercelAnswer<TOther> Map<TOther>(Func<T, TOther> map) => As(map) with { Reply = Reply, Request = Request };

    private VercelAnswer<TOther> As<TOther>(Func<T, TOther> map) =>
        this switch
        {
            Accepted(var value) => new VercelAnswer<TOther>.Accepted(map(value)),
            Refused no => new VercelAnswer<TOther>.Refused(no.Status, no.Reason),
            NotFound missing => new VercelAnswer<TOther>.NotFound(missing.Reason),
            TokenRefused refused => new VercelAnswer<TOther>.TokenRefused(refused.Reason),
            Gone gone => new VercelAnswer<TOther>.Gone(gone.Reason),
            Unknown unknown => new VercelAnswer<TOther>.Unknown(unknown.Reason, unknown.RetryAfter),
            _ => throw new System.Diagnostics.UnreachableException(GetType().Name),
        };
}

/// <summary>The value of an answer that has no body.</summary>
public readonly record struct Nothing;
