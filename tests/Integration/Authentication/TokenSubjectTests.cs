using Marketplace.Shell.Authentication;

namespace Marketplace.Integration.Authentication;

/// <summary>The two forms of <c>sub</c>. Source: contract §A.1.</summary>
public sealed class TokenSubjectTests
{
    [Theory]
    [InlineData("account:abc123:user:def456")]
    [InlineData("account:ABCdef0123456789:user:0")]
    public void A_person_is_named_by_two_hexadecimal_numbers(string subject) => Assert.True(TokenSubject.IsOfUser(subject));

    [Theory]
    [InlineData("account:abc123")]
    [InlineData("account:abc123:user:")]
    [InlineData("account::user:def456")]
    [InlineData("account:abc123:user:xyz")]
    [InlineData("account:abc123:user:def456\n")]
    [InlineData(" account:abc123:user:def456")]
    [InlineData("account:abc123:user:def456:more")]
    [InlineData("account:abc123:user:def456:user:def456")]
    [InlineData("Account:abc123:user:def456")]
    [InlineData("account:abc123:user:dеf456")]
    [InlineData("")]
    public void Everything_else_names_no_person(string subject) => Assert.False(TokenSubject.IsOfUser(subject));

    [Theory]
    [InlineData("account:abc123", true)]
    [InlineData("account:ABCDEF", true)]
    [InlineData("account:abc123:user:def456", false)]
    [InlineData("account:", false)]
    [InlineData("account:abc12g", false)]
    [InlineData("account:abc123 ", false)]
    [InlineData("team:abc123", false)]
    [InlineData("", false)]
    public void An_account_is_named_by_one(string subject, bool isAccount) => Assert.Equal(isAccount, TokenSubject.IsOfAccount(subject));
}
