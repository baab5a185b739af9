using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Provisioning.Keys;

namespace Marketplace.Integration.Provisioning.Keys;

/// <summary>The form of a key, which says where it is kept.</summary>
public sealed class ApiKeyTests
{
    private static readonly InstallationId Installation = new("icfg_é 1.2");
    private static readonly ResourceId Resource = new("res_1");

    [Fact]
    public void A_key_that_is_read_again_is_the_same_and_says_where_it_is_kept()
    {
        var key = ApiKey.New(Installation, Resource);

        var read = ApiKey.Parse(key.Text);

        Assert.Equal(key, read);
        Assert.Equal((Installation, Resource), (read!.Installation, read.Resource));
        Assert.Equal(key.Hash(), read.Hash());
    }

    [Fact]
    public void No_two_keys_are_the_same() =>
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => ApiKey.New(Installation, Resource).Text).Distinct(StringComparer.Ordinal).Count());

    [Theory]
    [InlineData("")]
    [InlineData("ak")]
    [InlineData("ak...")]
    [InlineData("ak.aWNmZ18x.res_1.c2hvcnQ")]
    [InlineData("ak.aWNmZ18x..AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ak..res_1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("xk.aWNmZ18x.res_1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ak.aWNmZ18x.res_1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.more")]
    [InlineData("ak.aWNmZ18x.res_1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!")]
    [InlineData("ak.aWNmZ18x.rés_1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ak.aWNmZ18x.res\0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    // U+0000, half of a character, and what is no base64url.
    [InlineData("ak.AA.res_1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ak.w_8.res_1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ak.a.res_1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData(" ak.aWNmZ18x.res_1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_cannot_be_a_key_is_none(string text) => Assert.Null(ApiKey.Parse(text));

    [Fact]
    public void No_text_is_so_long()
    {
        var key = ApiKey.New(new InstallationId(new string('i', 400)), Resource);
        Assert.Null(ApiKey.Parse(key.Text));
    }

    [Fact]
    public void A_key_is_not_printed_with_its_record() =>
        Assert.DoesNotContain(ApiKey.New(Installation, Resource).Text[^43..], $"{ApiKey.New(Installation, Resource)}", StringComparison.Ordinal);
}
