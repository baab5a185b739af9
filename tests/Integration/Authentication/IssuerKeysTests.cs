using Marketplace.Shell.Authentication;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marketplace.Integration.Authentication;

/// <summary>How often the issuer is asked for its keys, counted where it is asked. Source: contract §A.1.</summary>
public sealed class IssuerKeysTests : IAsyncLifetime
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private LocalIssuer issuer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string FirstKey => issuer.Published[0].KeyId;

    public async ValueTask InitializeAsync() => issuer = await LocalIssuer.Start(Cancel);

    public async ValueTask DisposeAsync()
    {
        await issuer.DisposeAsync();
        http.Dispose();
    }

    [Fact]
    public async Task Whoever_comes_at_the_same_moment_waits_for_the_same_fetch()
    {
        using var keys = Keys(Never);
        issuer.Hold();

        var callers = Enumerable.Range(0, 200).Select(_ => Task.Run(() => keys.Find(FirstKey).AsTask(), Cancel)).ToList();
        await Task.Delay(100, Cancel);
        issuer.Release();

        Assert.All(await Task.WhenAll(callers), Assert.NotNull);
        Assert.Equal(1, issuer.Fetches);
    }

    [Fact]
    public async Task A_known_key_is_never_asked_for_again_while_it_is_fresh()
    {
        using var keys = Keys(Never);

        for (var call = 0; call < 1000; call++)
            Assert.NotNull(await keys.Find(FirstKey));

        Assert.Equal(1, issuer.Fetches);
    }

    [Fact]
    public async Task A_thousand_unknown_keys_are_three_fetches_one_after_the_other_or_all_at_once()
    {
        using var keys = Keys(Never);
        Assert.NotNull(await keys.Find(FirstKey));

        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, 500).Select(number => Task.Run(() => keys.Find($"made-up-{number}").AsTask(), Cancel))),
            Assert.Null);
        for (var number = 500; number < 1000; number++)
            Assert.Null(await keys.Find($"made-up-{number}"));

        Assert.Equal(3, issuer.Fetches);
        Assert.NotNull(await keys.Find(FirstKey));
    }

    [Fact]
    public async Task After_a_flood_a_new_key_is_found_as_soon_as_the_issuer_may_be_asked_again()
    {
        using var keys = Keys(TimeSpan.FromMilliseconds(500));
        for (var number = 0; number < 100; number++)
            Assert.Null(await keys.Find($"made-up-{number}"));
        var fresh = issuer.Rotate();

        var found = await keys.Find(fresh.KeyId);
        for (var attempt = 0; found is null && attempt < 100; attempt++)
        {
            await Task.Delay(50, Cancel);
            found = await keys.Find(fresh.KeyId);
        }

        Assert.NotNull(found);
        Assert.InRange(issuer.Fetches, 2, 8);
    }

    [Fact]
    public async Task A_known_key_is_answered_at_once_while_the_issuer_hangs()
    {
        using var keys = Keys(Never);
        Assert.NotNull(await keys.Find(FirstKey));
        issuer.Hold();
        var unknown = keys.Find("made-up").AsTask();

        Assert.True(keys.Find(FirstKey) is { IsCompletedSuccessfully: true, Result: not null });

        issuer.Release();
        Assert.Null(await unknown);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"broken","n":"!","e":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"oct","kid":"shared","k":"c2VjcmV0"}]}""")]
    public async Task An_issuer_that_answers_with_anything_but_keys_takes_away_none(string rubbish)
    {
        using var keys = Keys(Never);
        Assert.NotNull(await keys.Find(FirstKey));

        issuer.Rubbish = rubbish;
        Assert.Null(await keys.Find("made-up"));

        Assert.NotNull(await keys.Find(FirstKey));
        Assert.Null(await keys.Find("shared"));
    }

    [Fact]
    public async Task A_key_that_is_not_for_signatures_checks_none()
    {
        var sealing = issuer.Published[0].ToPublicJwk();
        sealing["use"] = "enc";
        issuer.Rubbish = $$"""{"keys":[{{sealing.ToJsonString()}}]}""";
        using var keys = Keys(Never);

        Assert.Null(await keys.Find(FirstKey));
        Assert.False(keys.AnyKnown);
    }

    private IssuerKeys Keys(TimeSpan waitBetweenAsks) => new(issuer.MetadataAddress, http, NullLogger<IssuerKeys>.Instance, waitBetweenAsks);
}
