namespace Marketplace.Jobs.Vercel;

/// <summary>What Vercel was asked where its answer was no success, for a person to read. The token is not in it; secrets may be.</summary>
/// <param name="Body">Up to a bound; empty where there is none.</param>
public sealed record VercelRequest(string Method, string Route, string Body)
{
    /// <summary>As it went out: the line, and what follows it.</summary>
    public string Text => Body.Length == 0 ? $"{Method} {Route}" : $"{Method} {Route}\n{Body}";

    /// <summary>Logs print records.</summary>
    public override string ToString() => $"VercelRequest {Method}";
}
