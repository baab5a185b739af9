using System.Security.Cryptography;
using System.Text.Json.Nodes;
using static Marketplace.Integration.Webhooks.WebhookText;

namespace Marketplace.Integration.Webhooks;

/// <summary>Who comes, goes or gets another role. Source: contract §F, <c>marketplace.member.changed</c>.</summary>
[Collection(SharedAcme.Name)]
public sealed class MemberWebhookTests(Acme acme)
{
    [Fact]
    public async Task The_session_of_a_member_who_was_removed_ends_and_nobody_elses()
    {
        var (installation, other) = (await acme.Install(), await acme.Install());
        await SignOn(installation, "user_1", "admin");
        await SignOn(installation, "user_2", "user");
        await SignOn(other, "user_1", "admin");

        await acme.Tell(Changed(installation, "user_1", "NONE", acme.Now));

        Assert.Equal(["user_2 user"], await Sessions(installation));
        Assert.Equal(["user_1 admin"], await Sessions(other));
    }

    [Fact]
    public async Task A_role_that_changed_changes_the_session_at_once()
    {
        var installation = await acme.Install();
        await SignOn(installation, "user_1", "admin");

        await acme.Tell(Changed(installation, "user_1", "USER", acme.Now));

        Assert.Equal(["user_1 user"], await Sessions(installation));
    }

    [Fact]
    public async Task Whatever_the_order_and_however_often_the_latest_word_on_a_member_counts()
    {
        foreach (var order in Orders([0, 1, 2]))
        {
            var installation = await acme.Install();
            await SignOn(installation, "user_1", "user");
            await SignOn(installation, "user_2", "user");
            string[] said =
            [
                Changed(installation, "user_1", "ADMIN", acme.Now.AddSeconds(1)),
                Changed(installation, "user_1", "USER", acme.Now.AddSeconds(2)),
                Changed(installation, "user_2", "ADMIN", acme.Now.AddSeconds(3)),
            ];

            await acme.Tell(order.Select(at => said[at]));

            Assert.Equal(["user_1 user", "user_2 admin"], await Sessions(installation));
            Assert.Equal("user", await acme.Ask<string>("select role from installation_member where installation_id = $1 and user_id = 'user_1'", installation));
        }
    }

    [Fact]
    public async Task Whoever_signed_on_again_after_the_removal_stays_when_the_news_of_it_is_late()
    {
        var installation = await acme.Install();
        var removed = Changed(installation, "user_1", "NONE", acme.Now);
        acme.Pass(TimeSpan.FromMinutes(2));
        await SignOn(installation, "user_1", "admin");

        await acme.Tell(removed);

        Assert.Equal(["user_1 admin"], await Sessions(installation));
    }

    [Fact]
    public async Task A_change_that_names_no_role_that_there_is_is_dead_at_once_with_the_reason()
    {
        var (installation, id) = (await acme.Install(), NewId());

        await acme.TellOnce(Of(
            "marketplace.member.changed", installation, acme.Now, new JsonObject { ["memberId"] = "user_1", ["role"] = "OWNER" }, id));

        Assert.Equal(
            "dead: The role is none of ADMIN, USER and NONE.",
            await acme.Ask<string>("select state || ': ' || last_error from webhook where webhook_id = $1", id));
    }

    private static string Changed(string installation, string user, string role, DateTimeOffset at) =>
        Of("marketplace.member.changed", installation, at, new JsonObject { ["memberId"] = user, ["role"] = role });

    private Task SignOn(string installation, string user, string role) => acme.Execute(
        """
        insert into customer_session (installation_id, session_hash, user_id, role, started_at, seen_at) values ($1, $2, $3, $4, $5, $5)
        """,
        installation, RandomNumberGenerator.GetBytes(32), user, role, acme.Now);

    private Task<IReadOnlyList<string>> Sessions(string installation) => acme.AskAll<string>(
        "select user_id || ' ' || role from customer_session where installation_id = $1 order by 1", installation);
}
