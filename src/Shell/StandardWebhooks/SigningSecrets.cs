using System.Security.Cryptography;
using System.Text;
using LanguageExt;

namespace Marketplace.Shell.StandardWebhooks;

/// <summary>
/// The secrets that are good at present, at least one. A secret is changed without a break: the new one is added on one side and then
/// on the other, and the old one goes when both have the new. So messages are signed with each, and taken when any has signed them.
/// </summary>
public sealed class SigningSecrets
{
    /// <summary>As far as a clock may be off, and as long as a message that somebody recorded can be played again.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>More than anybody rotates through at once; what one message may cost to verify is bounded by it.</summary>
    public const int CountMax = 10;

    /// <summary>Room for a signature by each secret, and for other versions' beside them.</summary>
    private const int SignatureCharactersMax = 4096;

    private const int IdCharactersMax = 256;

    private readonly Seq<SigningSecret> secrets;

    private SigningSecrets(Seq<SigningSecret> secrets) => this.secrets = secrets;

    /// <summary>Null when there is none, too many, or one is no secret.</summary>
    /// <param name="text">Secrets with commas between.</param>
    public static SigningSecrets? Parse(string text)
    {
        var words = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var read = words.Select(SigningSecret.Parse).OfType<SigningSecret>().ToSeq().Strict();
        return words.Length is > 0 and <= CountMax && read.Count == words.Length ? new SigningSecrets(read) : null;
    }

    /// <summary>The message's headers: its id, when it is sent, and a signature by every secret.</summary>
    /// <param name="id">The same at every attempt, so that the receiver knows a message again; without a full stop.</param>
    /// <param name="sentAt">Of this attempt, by real time: the receiver compares it with its own clock.</param>
    public WebhookHeaders Sign(string id, DateTimeOffset sentAt, ReadOnlySpan<byte> body)
    {
        var signatures = new string[secrets.Count];
        for (var at = 0; at < signatures.Length; at++)
            signatures[at] = secrets[at].Sign(id, sentAt, body);
        return new WebhookHeaders(id, WebhookHeaders.TimestampOf(sentAt), string.Join(' ', signatures));
    }

    /// <summary>Whether somebody who knows one of the secrets sent this, and did so just now.</summary>
    /// <param name="now">By real time.</param>
    public SignatureVerdict Verify(WebhookHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (headers.Id is not { Length: > 0 and <= IdCharactersMax } || headers.Signature is not { Length: > 0 and <= SignatureCharactersMax }
            || headers.SentAt is not { } sentAt)
            return SignatureVerdict.Missing;
        // With a full stop in the id, its end could pass for the time of another message.
        if (headers.Id.Contains('.', StringComparison.Ordinal))
            return SignatureVerdict.Forged;
        if ((now - sentAt).Duration() > Tolerance)
            return SignatureVerdict.OutOfTime;
        return IsSigned(headers, sentAt, body) ? SignatureVerdict.Good : SignatureVerdict.Forged;
    }

    /// <summary>Compares every signature with every secret's own, each in constant time, and stops at none: how long it takes tells nothing.</summary>
    private bool IsSigned(WebhookHeaders headers, DateTimeOffset sentAt, ReadOnlySpan<byte> body)
    {
        var given = headers.Signature.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var isSigned = false;
        foreach (var secret in secrets)
        {
            var expected = Encoding.UTF8.GetBytes(secret.Sign(headers.Id, sentAt, body));
            foreach (var signature in given)
                isSigned |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected);
        }

        return isSigned;
    }

    public override string ToString() => nameof(SigningSecrets);
}
