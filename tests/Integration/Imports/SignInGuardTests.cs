using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Imports;
using Microsoft.Extensions.DependencyInjection;
using static LanguageExt.Prelude;

namespace Marketplace.Integration.Imports;

/// <summary>How often a password can be guessed at the provider's own sign-in. Contract §E.10.</summary>
public sealed class SignInGuardTests(Acme acme) : IClassFixture<Acme>
{
    private int asked;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SignInGuard Guard => acme.Server.Services.GetRequiredService<SignInGuard>();

    [Fact]
    public async Task One_account_is_asked_ten_times_in_a_quarter_of_an_hour_and_then_nobody_is_asked_whoever_it_is()
    {
        for (var attempt = 0; attempt < SignInGuard.AttemptsMax; attempt++)
            Assert.True((await Try("one-account", "ada", good: false)).IsLeft);
        Assert.Equal(SignInGuard.AttemptsMax, asked);

        Assert.True((await Try("one-account", "ada", good: true)).IsLeft);
        Assert.Equal(SignInGuard.AttemptsMax, asked);
        Assert.True((await Try("one-account", "bob", good: true)).IsRight);

        acme.Pass(SignInGuard.Window + TimeSpan.FromSeconds(1));
        Assert.True((await Try("one-account", "ada", good: true)).IsRight);
    }

    [Fact]
    public async Task Who_knows_the_password_uses_up_no_attempt()
    {
        for (var attempt = 0; attempt < 2 * SignInGuard.AttemptsMax; attempt++)
            Assert.True((await Try("known", "ada", good: true)).IsRight);
    }

    [Fact]
    public async Task One_password_at_every_account_is_held_up_as_well()
    {
        for (var account = 0; account < SignInGuard.AttemptsAtAllMax; account++)
            Assert.True((await Try("spray", $"account {account}", good: false)).IsLeft);
        Assert.Equal(SignInGuard.AttemptsAtAllMax, asked);

        Assert.True((await Try("spray", "another", good: true)).IsLeft);
        Assert.Equal(SignInGuard.AttemptsAtAllMax, asked);
        Assert.True((await Try("another-product", "another", good: true)).IsRight);
    }

    private Task<Either<SignInRefusal, int>> Try(string product, string account, bool good) =>
        Guard.Try(
            new ProductId(product), account,
            () =>
            {
                asked++;
                return Task.FromResult<Either<SignInRefusal, int>>(good ? Right(1) : Left(new SignInRefusal("no", ProvesNothing: true)));
            },
            Cancel);
}
