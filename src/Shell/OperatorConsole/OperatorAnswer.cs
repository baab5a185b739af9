using System.Text;
using System.Text.Json;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.SignIn;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>What comes of an action: the browser goes on to a page, and that tells it, once. The audit keeps it too.</summary>
/// <param name="Address">A page of ours.</param>
/// <param name="Text">One or two sentences, without anything secret.</param>
internal sealed record OperatorAnswer(string Address, Tone Tone, string Text) : IResult, IStatusCodeHttpResult
{
    /// <summary>A cookie has four thousand bytes at most.</summary>
    private const int CharactersMax = 600;

    int? IStatusCodeHttpResult.StatusCode => StatusCodes.Status303SeeOther;

    /// <summary>It is done.</summary>
    public static OperatorAnswer Done(string address, string text) => new(address, Tone.Good, text);

    /// <summary>It could not be done, or nothing was to be done.</summary>
    public static OperatorAnswer Refused(string address, string why) => new(address, Tone.Bad, why);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (httpContext.Features.Get<Operator>() is { } person)
        {
            var text = JsonSerializer.Serialize(new ToldView(Tone, Text.Length <= CharactersMax ? Text : $"{Text[..CharactersMax]}…"));
            var told = $"{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}.{person.Secret.Seal(text)}";
            httpContext.RequestServices.GetRequiredService<OperatorCookies>().Tell(httpContext.Response, told);
        }

        httpContext.Features.Set(this);
        return new SeeOther(Address).ExecuteAsync(httpContext);
    }

    /// <summary>Null when it is not what we said to this browser.</summary>
    public static ToldView? Read(string? told, SessionSecret secret)
    {
        if (told?.Split('.') is not [var encoded, var seal])
            return null;
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var written))
            return null;
        var text = Encoding.UTF8.GetString(bytes, 0, written);
        return secret.IsSealOf(text, seal) ? JsonSerializer.Deserialize<ToldView>(text) : null;
    }
}
