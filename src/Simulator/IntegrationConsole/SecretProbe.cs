using System.Collections.Immutable;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>
/// How to see whether the secrets of a resource open it. In every text, <c>{{NAME}}</c> stands for the value of the secret of that
/// name, as in the snippets of a product.
/// </summary>
internal abstract record SecretProbe
{
    private SecretProbe() { }

    /// <summary>A request that is answered with certain statuses when the secrets are good, and with others when they are not.</summary>
    /// <param name="Opens">The statuses of good secrets; every 2xx when none is named.</param>
    public sealed record Http(
        string Url, string Method, ImmutableSortedDictionary<string, string> Headers, string? Body, ImmutableArray<int> Opens) : SecretProbe
    {
        /// <summary>Headers may hold what is nobody's business.</summary>
        public override string ToString() => $"{Method} {Url}";
    }

    /// <summary>A connection to PostgreSQL, which is refused when the secrets are not good.</summary>
    /// <param name="Connection">An address such as <c>postgresql://user:password@host/database</c>, or a connection string.</param>
    public sealed record Postgres(string Connection) : SecretProbe
    {
        public override string ToString() => "a connection to PostgreSQL";
    }

    /// <summary>A program that finds the secrets in its environment, and ends with 0 when they are good.</summary>
    /// <param name="Line">The program and its arguments, in which nothing is replaced: arguments show in lists of processes.</param>
    public sealed record Command(ImmutableArray<string> Line) : SecretProbe
    {
        public override string ToString() => Line[0];
    }
}
