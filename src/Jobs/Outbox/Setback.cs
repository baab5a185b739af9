using System.Text.Encodings.Web;
using System.Text.Json;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Jobs.Outbox;

/// <summary>Why a message was not delivered this time, for a person to read: without a secret, and no longer than a table bears.</summary>
/// <param name="Status">Of the answer; null where there was none.</param>
/// <param name="Answer">Its body, as far as it is kept.</param>
public sealed record Setback(string Reason, int? Status, string? Answer)
{
    public const int ReasonCharactersMax = 500;

    public const int AnswerCharactersMax = 2000;

    public const int RequestCharactersMax = 4000;

    /// <summary>Of a secret that a text breaks off in the middle of, less than this is no loss.</summary>
    private const int TraceCharactersMin = 4;

    /// <summary>In the place of a secret.</summary>
    public const string Hidden = "[secret]";

    /// <summary>What was sent, as far as it is kept; null where nothing was, or it says nothing that is not kept elsewhere.</summary>
    public string? Request { get; init; }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>It failed on our side, before Vercel was asked anything, or after it had answered.</summary>
    public static Setback Of(Exception fault) => new(fault.GetType().Name, null, null);

    public static Setback Of(string reason) => new(Cut(reason, ReasonCharactersMax), null, null);

    /// <summary>What somebody answered who was told no secret.</summary>
    public static Setback Of(string reason, int status, string answer) =>
        new(Cut(reason, ReasonCharactersMax), status, Cut(answer, AnswerCharactersMax));

    /// <param name="content">What was said: a secret of it is hidden, where it was sent and where Vercel repeats it.</param>
    public static Setback Of<T>(string reason, VercelAnswer<T> answer, MessageContent content)
    {
        var reply = answer.Reply;
        var secrets = content.SecretValues.SelectMany(Spellings).Distinct().OrderByDescending(value => value.Length).ToList();
        return new(
            Cut(Hide(reason, secrets), ReasonCharactersMax), reply?.Status,
            reply is null ? null : Cut(Hide(reply.Body, secrets), AnswerCharactersMax))
        {
            Request = answer.Request is { } request ? Cut(Hide(request.Text, secrets), RequestCharactersMax) : null,
        };
    }

    /// <summary>As it is, and as it stands in JSON.</summary>
    private static IEnumerable<string> Spellings(string value) =>
        [value, JsonSerializer.Serialize(value)[1..^1], JsonSerializer.Serialize(value, Relaxed)[1..^1]];

    /// <summary>What Vercel said of something that was said with secrets, without any of them, should it repeat one.</summary>
    public static string Without(IEnumerable<string> secrets, string text) =>
        Hide(text, [.. secrets.SelectMany(Spellings).Distinct().OrderByDescending(value => value.Length)]);

    private static string Hide(string text, List<string> secrets)
    {
        foreach (var secret in secrets)
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        // The text may have been cut in the middle of one.
        foreach (var secret in secrets)
        {
            for (var length = secret.Length - 1; length >= TraceCharactersMin; length--)
            {
                if (text.EndsWith(secret[..length], StringComparison.Ordinal))
                    return text[..^length] + Hidden;
            }
        }

        return text;
    }

    private static string Cut(string text, int charactersMax)
    {
        // PostgreSQL stores every character but this one, and half of a pair is none.
        text = text.Replace('\0', ' ');
        if (text.Length <= charactersMax)
            return text;
        return char.IsHighSurrogate(text[charactersMax - 1]) ? text[..(charactersMax - 1)] : text[..charactersMax];
    }
}
