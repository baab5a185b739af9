using Marketplace.Shell.JobHosts;

namespace Marketplace.Integration.JobHosts;

/// <summary>What the history of jobs says of a fault: all but what may be secret.</summary>
public sealed class JobErrorTests
{
    [Theory]
    [InlineData("client_secret=hide-me")]
    [InlineData("access_token: hide-me")]
    [InlineData("api_key=hide-me")]
    [InlineData("apiKey=hide-me")]
    [InlineData("x-api-key: hide-me")]
    [InlineData("""the body was {"user":"a","password":"hide-me"}""")]
    [InlineData("""the body was {"password" : "hide-me, and \"hide-me""")]
    [InlineData("""the body was "{\"clientSecret\":\"hide-me\"}" """)]
    [InlineData("""the body was {"credentials":{"user":"hide-me"}}""")]
    [InlineData("Authorization: Bearer hide-me")]
    [InlineData("it sent Bearer hide-me-hide-me")]
    [InlineData("Host=db;Username=a;Password=hide-me;Database=b")]
    [InlineData("Host=db;Pwd='hide-me and more'")]
    [InlineData("https://user:hide-me@db.example/x?token=hide-me")]
    [InlineData("https://hide-me@db.example/")]
    [InlineData("key=hide-me code: hide-me \"key\": \"hide-me\"")]
    [InlineData("it was hide-me1234567890123456789012345678901234567890")]
    public void What_may_be_secret_is_left_out(string message)
    {
        var told = JobError.Of(new InvalidOperationException("It failed", new InvalidOperationException(message)));
        Assert.DoesNotContain("hide-me", told, StringComparison.Ordinal);
        Assert.StartsWith("InvalidOperationException: It failed ← InvalidOperationException: ", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("28P01: password authentication failed for user \"worker\"")]
    [InlineData("The given key 'plan-1' was not present in the dictionary.")]
    [InlineData("23505: duplicate key value violates unique constraint \"invoice_pkey\"")]
    [InlineData("The token of icfg_1 has expired; TokenExpiredException: at 12:30")]
    public void What_a_person_needs_to_know_is_told(string message) =>
        Assert.Equal($"TimeoutException: {message}", JobError.Of(new TimeoutException(message)));

    [Fact]
    public void A_secret_of_the_first_fault_hides_nothing_of_the_second() =>
        Assert.Equal(
            "InvalidOperationException: secrets: … ← TimeoutException: The backend is slow",
            JobError.Of(new InvalidOperationException("secrets: {\"a\":\"hide-me\"}", new TimeoutException("The backend is slow"))));
}
