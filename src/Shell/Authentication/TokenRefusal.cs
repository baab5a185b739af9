namespace Marketplace.Shell.Authentication;

/// <summary>Why a request was not let in. Each is a 403 with the sentence of <see cref="TokenRefusals.Sentence"/>.</summary>
internal enum TokenRefusal
{
    NoToken,
    TooLong,
    Malformed,
    WrongAlgorithm,
    UnknownKey,
    WrongSignature,
    WrongIssuer,
    WrongAudience,
    NoExpiry,
    Expired,
    NotYetValid,
    WrongKindOfToken,
    UnknownStyle,
    StyleContradictsClaims,
    WrongSubject,
    NoAccount,
    NoInstallation,
    NoUser,
    UnknownRole,
    OtherInstallation,
    StyleNotAccepted,
    NotAdmin,
}

internal static class TokenRefusals
{
    public static string Sentence(this TokenRefusal refusal) => refusal switch
    {
        TokenRefusal.NoToken => "The request carries no bearer token.",
        TokenRefusal.TooLong => "The token is too long.",
        TokenRefusal.Malformed => "The token is not a well-formed JSON Web Token.",
        TokenRefusal.WrongAlgorithm => "The token is not signed with RS256.",
        TokenRefusal.UnknownKey => "The token is signed with a key that its issuer does not publish.",
        TokenRefusal.WrongSignature => "The token's signature is wrong.",
        TokenRefusal.WrongIssuer => "The token comes from another issuer.",
        TokenRefusal.WrongAudience => "The token is meant for another integration.",
        TokenRefusal.NoExpiry => "The token has no expiry.",
        TokenRefusal.Expired => "The token has expired.",
        TokenRefusal.NotYetValid => "The token is not valid yet.",
        TokenRefusal.WrongKindOfToken => "The token is neither an access token nor an id token.",
        TokenRefusal.UnknownStyle => "X-Vercel-Auth is neither user nor system.",
        TokenRefusal.StyleContradictsClaims => "The token's claims contradict X-Vercel-Auth.",
        TokenRefusal.WrongSubject => "The token's sub is missing or malformed.",
        TokenRefusal.NoAccount => "The token names no account_id.",
        TokenRefusal.NoInstallation => "The token names no installation_id.",
        TokenRefusal.NoUser => "The token names no user_id.",
        TokenRefusal.UnknownRole => "The token's user_role is neither ADMIN nor USER.",
        TokenRefusal.OtherInstallation => "The token belongs to another installation.",
        TokenRefusal.StyleNotAccepted => "This endpoint does not accept this style of authentication.",
        TokenRefusal.NotAdmin => "This needs the role ADMIN.",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, message: null),
    };
}
