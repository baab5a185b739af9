using System.Security.Cryptography;
using System.Text;
using Marketplace.Shell.StandardWebhooks;

namespace Marketplace.Integration.StandardWebhooks;

/// <summary>Messages between the provider's backend and us, signed as Standard Webhooks 1.0 says.</summary>
public sealed class SigningSecretsTests
{
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string OfTheSpecification = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly byte[] Body = """{"test": 2432232314}"""u8.ToArray();
    private static readonly DateTimeOffset SentAt = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    [Fact]
    public void The_published_example_of_Standard_Webhooks_is_signed_to_the_letter()
    {
        var headers = Secrets(OfTheSpecification).Sign(Id, SentAt, Body);

        Assert.Equal(
            new WebhookHeaders(Id, "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), headers);
    }

    [Fact]
    public void What_one_side_signs_the_other_takes_for_good()
    {
        var secrets = Secrets(New());

        Assert.Equal(SignatureVerdict.Good, secrets.Verify(secrets.Sign(Id, SentAt, Body), Body, SentAt));
    }

    [Fact]
    public void While_secrets_rotate_each_side_may_be_the_first_to_have_the_new_one_and_the_last_to_have_the_old()
    {
        var (old, young) = (New(), New());
        var states = new[] { old, $"{old},{young}", $"{young}, {old}", young };

        for (var at = 0; at + 1 < states.Length; at++)
        {
            var (one, other) = (Secrets(states[at]), Secrets(states[at + 1]));
            Assert.Equal(SignatureVerdict.Good, other.Verify(one.Sign(Id, SentAt, Body), Body, SentAt));
            Assert.Equal(SignatureVerdict.Good, one.Verify(other.Sign(Id, SentAt, Body), Body, SentAt));
        }

        Assert.Equal(SignatureVerdict.Forged, Secrets(young).Verify(Secrets(old).Sign(Id, SentAt, Body), Body, SentAt));
    }

    [Fact]
    public void Each_secret_signs_in_the_order_of_the_list()
    {
        var (one, other) = (New(), New());

        Assert.Equal(
            $"{Secrets(one).Sign(Id, SentAt, Body).Signature} {Secrets(other).Sign(Id, SentAt, Body).Signature}",
            Secrets($"{one},{other}").Sign(Id, SentAt, Body).Signature);
    }

    [Fact]
    public void Nothing_that_is_signed_can_be_changed()
    {
        var secrets = Secrets(New());
        var headers = secrets.Sign(Id, SentAt, Body);
        var later = (SentAt.ToUnixTimeSeconds() + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(SignatureVerdict.Forged, secrets.Verify(headers with { Id = Id + "x" }, Body, SentAt));
        Assert.Equal(SignatureVerdict.Forged, secrets.Verify(headers with { Timestamp = later }, Body, SentAt));
        Assert.Equal(SignatureVerdict.Forged, secrets.Verify(headers, [.. Body, (byte)' '], SentAt));
        Assert.Equal(SignatureVerdict.Forged, secrets.Verify(headers with { Signature = headers.Signature.ToLowerInvariant() }, Body, SentAt));
        Assert.Equal(SignatureVerdict.Forged, secrets.Verify(headers with { Signature = headers.Signature[..^1] }, Body, SentAt));
    }

    [Fact]
    public void The_end_of_an_id_never_passes_for_the_time_of_another_message()
    {
        var secrets = Secrets(New());
        var text = Encoding.UTF8.GetString(Body);
        var signed = secrets.Sign("msg.1614265330", SentAt, Body);

        // The same bytes under the signature, read another way.
        Assert.Equal(SignatureVerdict.Forged, secrets.Verify(signed, Body, SentAt));
        Assert.Equal(
            secrets.Sign("msg", SentAt, Encoding.UTF8.GetBytes($"1614265330.{text}")).Signature, signed.Signature);
    }

    [Theory]
    [InlineData(0, SignatureVerdict.Good)]
    [InlineData(300, SignatureVerdict.Good)]
    [InlineData(-300, SignatureVerdict.Good)]
    [InlineData(301, SignatureVerdict.OutOfTime)]
    [InlineData(-301, SignatureVerdict.OutOfTime)]
    public void A_message_is_good_for_five_minutes_before_and_after_it_was_sent(int seconds, SignatureVerdict verdict)
    {
        var secrets = Secrets(New());

        Assert.Equal(verdict, secrets.Verify(secrets.Sign(Id, SentAt, Body), Body, SentAt.AddSeconds(seconds)));
    }

    [Theory]
    [InlineData("", "1614265330", null)]
    [InlineData(Id, "", null)]
    [InlineData(Id, "+1614265330", null)]
    [InlineData(Id, "01614265330", null)]
    [InlineData(Id, "1614265330.0", null)]
    [InlineData(Id, "99999999999999999999", null)]
    [InlineData(Id, "1614265330", "")]
    public void Without_each_of_the_three_headers_nothing_is_good(string id, string timestamp, string? signature)
    {
        var secrets = Secrets(New());
        var good = secrets.Sign(Id, SentAt, Body);

        Assert.Equal(
            SignatureVerdict.Missing, secrets.Verify(new WebhookHeaders(id, timestamp, signature ?? good.Signature), Body, SentAt));
    }

    [Fact]
    public void Signatures_of_other_versions_and_nonsense_beside_a_good_one_do_no_harm()
    {
        var secrets = Secrets(New());
        var headers = secrets.Sign(Id, SentAt, Body);

        Assert.Equal(
            SignatureVerdict.Good,
            secrets.Verify(headers with { Signature = $"v1a,abc=  v1 , {headers.Signature} v2," }, Body, SentAt));
        Assert.Equal(
            SignatureVerdict.Forged,
            secrets.Verify(headers with { Signature = "v2" + headers.Signature[2..] }, Body, SentAt));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData(OfTheSpecification + ",whsec_c2hvcnQ=")]
    public void What_is_no_secret_of_24_to_64_bytes_is_refused(string text) => Assert.Null(SigningSecrets.Parse(text));

    [Fact]
    public void A_secret_shows_itself_nowhere()
    {
        Assert.DoesNotContain("MfKQ", SigningSecret.Parse(OfTheSpecification)!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("MfKQ", Secrets(OfTheSpecification).ToString(), StringComparison.Ordinal);
    }

    private static string New() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static SigningSecrets Secrets(string text) => SigningSecrets.Parse(text)!;
}
