using Marketplace.Shell.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Integration.Authentication;

/// <summary>What is remembered of tokens that were verified, and how little of it.</summary>
public sealed class VerifiedTokensTests
{
    private const int GenerationSize = 100;

    private readonly VerifiedTokens tokens = new(GenerationSize);

    [Fact]
    public void A_token_is_remembered_until_it_is_removed()
    {
        var (hash, token) = (TokenHash.Of("one"), Token("one"));
        tokens.Add(hash, token);
        Assert.Same(token, tokens.Find(hash));

        tokens.Remove(hash);

        Assert.Null(tokens.Find(hash));
    }

    [Fact]
    public void One_that_differs_in_a_single_letter_is_not_known()
    {
        tokens.Add(TokenHash.Of("header.claims.signature"), Token("one"));

        Assert.Null(tokens.Find(TokenHash.Of("header.claims.signaturf")));
    }

    [Fact]
    public void However_many_tokens_come_two_generations_of_them_are_kept_at_most()
    {
        var hashes = Enumerable.Range(0, 50 * GenerationSize).Select(number => TokenHash.Of($"token {number}")).ToList();

        hashes.ForEach(hash => tokens.Add(hash, Token("some")));

        Assert.InRange(hashes.Count(hash => tokens.Find(hash) is not null), GenerationSize, 2 * GenerationSize);
    }

    [Fact]
    public void However_many_come_at_the_same_moment_the_bound_holds()
    {
        var hashes = Enumerable.Range(0, 200 * GenerationSize).Select(number => TokenHash.Of($"token {number}")).ToList();

        Parallel.ForEach(hashes, new ParallelOptions { MaxDegreeOfParallelism = 8 }, hash =>
        {
            tokens.Add(hash, Token("some"));
            tokens.Find(hash);
        });

        // Each of the eight may have been on its way into a generation that was full already.
        Assert.InRange(hashes.Count(hash => tokens.Find(hash) is not null), 1, (2 * GenerationSize) + 16);
    }

    [Fact]
    public void What_is_used_all_the_time_survives_a_flood_of_others()
    {
        var (hash, token) = (TokenHash.Of("in use"), Token("in use"));
        tokens.Add(hash, token);

        for (var number = 0; number < 50 * GenerationSize; number++)
        {
            tokens.Add(TokenHash.Of($"token {number}"), Token("some"));
            if (number % (GenerationSize / 2) == 0)
                Assert.Same(token, tokens.Find(hash));
        }
    }

    private static VerifiedToken Token(string installation) => new(
        TokenClaims.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"installation_id":"{{installation}}"}"""))!, "key", new SymmetricSecurityKey(new byte[32]));
}
