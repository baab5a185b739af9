using System.Text.Json;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Shell.Doctor;

/// <summary>The issuer of tokens: its discovery document, the name that it gives itself, and the keys with which it signs.</summary>
internal sealed class TokenIssuerExamination(ExaminedSettings examined, HttpClient http) : IExamination
{
    private const string MetadataKey = "Vercel__MetadataAddress";

    public string Subject => "token-issuer";

    public async Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        if (!examined.Has("Vercel:Issuer") || !examined.Has("Vercel:MetadataAddress"))
            return [new Finding.Skipped("Vercel__Issuer or Vercel__MetadataAddress is wrong: see configuration.")];
        var vercel = examined.Settings.Vercel;
        var (text, trouble) = await Get(vercel.MetadataAddress, "The discovery document", cancel);
        if (text is null)
            return [trouble!];
        if (Fields(text) is not { } document)
            return [new Finding.Failed($"{vercel.MetadataAddress} is no discovery document.", $"Correct {MetadataKey} or Vercel__Issuer.")];
        if (document.Issuer is { } issuer && issuer != vercel.Issuer)
        {
            return
            [
                new Finding.Failed(
                    $"The issuer calls itself \"{issuer}\", and we accept \"{vercel.Issuer}\": every token is refused.", "Set Vercel__Issuer to what it calls itself, to the letter."),
            ];
        }

        if (!Uri.TryCreate(document.Keys, UriKind.Absolute, out var keys))
            return [new Finding.Failed($"{vercel.MetadataAddress} names no jwks_uri.", $"Correct {MetadataKey}: it must be a discovery document of OpenID Connect.")];
        (text, trouble) = await Get(keys, "The key set", cancel);
        return text is null ? [trouble!] : [Keys(keys, text)];
    }

    private static Finding Keys(Uri address, string text)
    {
        try
        {
            var count = KeySet.Of(new JsonWebKeySet(text).Keys, KeySet.None).Keys.Count;
            return count > 0
                ? new Finding.Ok($"{Counted.Of(count, "signing key")} at {address}.")
                : new Finding.Failed($"{address} has no RSA key that signs.", "Nothing that Vercel sends can be verified before it has one.");
        }
        catch (Exception fault) when (fault is ArgumentException or JsonException or FormatException)
        {
            return new Finding.Failed($"{address} is no set of keys.", $"Correct {MetadataKey}, which leads there.");
        }
    }

    private async Task<(string? Text, Finding? Trouble)> Get(Uri address, string what, CancellationToken cancel)
    {
        try
        {
            using var answer = await http.GetAsync(address, cancel);
            return answer.IsSuccessStatusCode
                ? (await answer.Content.ReadAsStringAsync(cancel), null)
                : (null, new Finding.Failed($"{what} at {address} is answered with {DoctorHttp.Words(answer.StatusCode)}.", $"Correct Vercel__Issuer or {MetadataKey}."));
        }
        catch (HttpRequestException fault)
        {
            return (null, DoctorHttp.NoAnswer(address, $"Vercel__Issuer or {MetadataKey}", fault));
        }
    }

    private static (string? Issuer, string? Keys)? Fields(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? (Text(document, "issuer"), Text(document, "jwks_uri")) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
