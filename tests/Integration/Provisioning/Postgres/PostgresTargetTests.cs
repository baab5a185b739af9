using Marketplace.Core.Resources;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Provisioning.Postgres;
using Microsoft.Extensions.Configuration;

namespace Marketplace.Integration.Provisioning.Postgres;

public sealed class PostgresTargetTests
{
    [Theory]
    [InlineData("Host=db.acme.example;Username=u;Password=p", "postgres://login:pass@db.acme.example:5432/base")]
    [InlineData("Host=db.acme.example:6000;Username=u;Password=p", "postgres://login:pass@db.acme.example:6000/base")]
    [InlineData("Host=db.acme.example;Port=6000;SSL Mode=Require", "postgres://login:pass@db.acme.example:6000/base?sslmode=require")]
    [InlineData("Host=db.acme.example;SSL Mode=VerifyFull", "postgres://login:pass@db.acme.example:5432/base?sslmode=verify-full")]
    [InlineData("Host=::1;Port=6000", "postgres://login:pass@[::1]:6000/base")]
    public void The_url_leads_to_the_server_of_the_connection_string(string connectionString, string url) =>
        Assert.Equal(url, Url(Target(connectionString), "pass"));

    [Fact]
    public void The_public_address_may_be_another_one() =>
        Assert.Equal(
            "postgres://login:pass@public.example:7000/base",
            Url(Target("Host=/var/run/postgresql", ("PublicHost", "public.example"), ("PublicPort", "7000")), "pass"));

    [Theory]
    [InlineData("Host=/var/run/postgresql", "AcmePostgres__PublicHost")]
    [InlineData("Host=one,two", "AcmePostgres__PublicHost")]
    [InlineData("Host=one", "AcmePostgres__PublicPort", "PublicPort", "70000")]
    [InlineData("Host=one", "AcmePostgres__PublicPort", "PublicPort", "five")]
    [InlineData("Host=one", "AcmePostgres__Prefix", "Prefix", "too_long_a_prefix")]
    public void An_address_that_no_customer_can_use_is_refused_with_the_key_to_set(
        string connectionString, string key, string? set = null, string? value = null)
    {
        var reader = Reader(set is null ? [] : [(set, value!)]);
        AcmePostgresSource.Read(reader, connectionString);
        Assert.Equal(key, Assert.Single(reader.Problems).Key);
    }

    [Fact]
    public void Characters_that_mean_something_in_a_url_are_escaped() =>
        Assert.Contains(":p%40%2F%3A%20s@", Url(Target("Host=db.acme.example"), "p@/: s"), StringComparison.Ordinal);

    [Fact]
    public void The_password_of_the_target_is_not_printed() =>
        Assert.DoesNotContain("hidden", Target("Host=db.acme.example;Password=hidden").ToString(), StringComparison.Ordinal);

    [Fact]
    public void Names_fit_into_what_postgres_keeps_of_a_name_and_lead_back_to_the_resource()
    {
        var names = new PostgresNames("acme");
        var longest = new ResourceId(new string('x', 63 - "acme_".Length - ".123456789012123456".Length));

        Assert.Equal(63, names.NewLogin(longest, new OperationId("op")).Length);
        Assert.Equal(longest, names.ResourceOf(names.Database(longest)));
        Assert.Throws<ArgumentException>(() => names.Database(new ResourceId(longest.Value + "x")));
        Assert.Null(names.ResourceOf(names.NewLogin(longest, new OperationId("op"))));
        Assert.Null(names.ResourceOf("postgres"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a\"b")]
    [InlineData("a;b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    public void An_id_that_cannot_be_a_name_is_refused(string id) =>
        Assert.Throws<ArgumentException>(() => new PostgresNames("acme").Database(new ResourceId(id)));

    private static PostgresTarget Target(string connectionString, params (string Key, string Value)[] configured) =>
        PostgresTarget.From(AcmePostgresSource.Read(Reader(configured), connectionString));

    private static SettingsReader Reader((string Key, string Value)[] configured) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(
            configured.Select(pair => KeyValuePair.Create($"AcmePostgres:{pair.Key}", (string?)pair.Value))).Build());

    private static string Url(PostgresTarget target, string password) =>
        PostgresSecrets.For(target, "base", "login", password).Find(secret => secret.Name == "DATABASE_URL")
            .Map(secret => secret.Value).IfNone("");
}
