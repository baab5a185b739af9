using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Secrets;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Secrets;

public sealed class EnvironmentVariableLaws
{
    private static readonly Gen<string> Name =
        Gen.Elements("DATABASE_URL", "PGHOST", "STORAGE_URL", "NEXT_PUBLIC_URL", "NEXT_PUBLIC_STORAGE_URL", "MY_APP_KEY", "X");

    private static readonly Gen<Option<string>> Prefix = Gen.OneOf(
        Gen.Constant(Option<string>.None),
        Gen.Elements("", " ", "STORAGE", "my-app", "my app", "MY_APP", "a-b c", "NEXT_PUBLIC").Select(Some));

    private static readonly Gen<Option<string>> Override = Gen.Elements(None, Some("overridden-1"), Some("overridden-2"));

    private static readonly Gen<Secret> Secret =
        from name in Name
        from value in Gen.Elements("value-1", "value-2")
        from prefix in Prefix
        from development in Override
        from preview in Override
        from production in Override
        select new Secret(name, value, prefix, new EnvironmentOverrides(development, preview, production));

    private static readonly DeploymentEnvironment[] Environments =
        [DeploymentEnvironment.Development, DeploymentEnvironment.Preview, DeploymentEnvironment.Production, new("staging")];

    private static readonly Gen<ProjectConnection> Connection =
        from prefix in Prefix
        from targets in Gen.SubListOf(Environments)
        from sensitive in Gen.Elements(true, false)
        select new ProjectConnection(prefix, targets.ToSeq().Strict(), sensitive);

    private static readonly Gen<(Seq<Secret> Secrets, ProjectConnection Connection, DeploymentEnvironment Environment)> Connected =
        from secrets in Secret.ListOf()
        from connection in Connection
        from environment in Gen.Elements(Environments)
        select (secrets.ToSeq().Strict(), connection, environment);

    /// <summary>One secret in one environment that is connected.</summary>
    private static readonly Gen<(Secret Secret, ProjectConnection Connection, DeploymentEnvironment Environment, EnvironmentVariable Variable)> One =
        from secret in Secret
        from connection in Connection
        from environment in Gen.Elements(Environments)
        let everywhere = connection with { Targets = Environments.ToSeq().Strict() }
        select (secret, everywhere, environment, EnvironmentVariables.For(Seq1(secret), everywhere, environment).Head);

    [Fact]
    public void The_custom_prefix_goes_before_the_secret_s_own_and_a_blank_one_is_none() =>
        Law.Holds(One, given =>
        {
            var effective = Meant(given.Connection.CustomPrefix) || Meant(given.Secret.Prefix);
            var alone = given.Secret with { Prefix = None };
            return given.Variable.Name
                == EnvironmentVariables.For(Seq1(alone), given.Connection with { CustomPrefix = effective }, given.Environment).Head.Name;
        });

    [Fact]
    public void Without_a_prefix_a_name_stays_as_it_is() =>
        Law.Holds(
            One.Where(given => Meant(given.Connection.CustomPrefix).IsNone && Meant(given.Secret.Prefix).IsNone),
            given => given.Variable.Name == given.Secret.Name);

    [Fact]
    public void A_prefix_is_never_doubled() =>
        Law.Holds(One, given =>
        {
            var again = given.Secret with { Name = given.Variable.Name };
            return EnvironmentVariables.For(Seq1(again), given.Connection, given.Environment).Head.Name == given.Variable.Name;
        });

    [Fact]
    public void What_is_public_to_browsers_stays_so_and_nothing_becomes_so_but_by_its_prefix() =>
        Law.Holds(One, given =>
            given.Variable.Name.StartsWith("NEXT_PUBLIC_", StringComparison.Ordinal)
            == (given.Secret.Name.StartsWith("NEXT_PUBLIC_", StringComparison.Ordinal)
                || Meant(given.Connection.CustomPrefix || given.Secret.Prefix) == Some("NEXT_PUBLIC")
                || (Meant(given.Connection.CustomPrefix).IsNone && Meant(given.Secret.Prefix) == Some("NEXT_PUBLIC"))));

    [Fact]
    public void A_name_ends_with_the_secret_s_own_and_has_no_hyphen_and_no_space() =>
        Law.Holds(One, given =>
            !given.Variable.Name.Contains('-', StringComparison.Ordinal)
            && !given.Variable.Name.Contains(' ', StringComparison.Ordinal)
            && given.Variable.Name.EndsWith(given.Secret.Name.Replace("NEXT_PUBLIC_", "", StringComparison.Ordinal), StringComparison.Ordinal));

    [Fact]
    public void Whoever_writes_a_prefix_with_hyphens_or_spaces_gets_underscores() =>
        Law.Holds(One, given =>
        {
            var written = given.Connection with { CustomPrefix = "my-app" };
            var meant = given.Connection with { CustomPrefix = "my_app" };
            var spaced = given.Connection with { CustomPrefix = "my app" };
            var secrets = Seq1(given.Secret);
            return EnvironmentVariables.For(secrets, written, given.Environment) == EnvironmentVariables.For(secrets, meant, given.Environment)
                && EnvironmentVariables.For(secrets, spaced, given.Environment) == EnvironmentVariables.For(secrets, meant, given.Environment);
        });

    [Fact]
    public void Overrides_win_in_their_environment_and_in_no_other() =>
        Law.Holds(One, given => given.Variable.Value == (given.Environment.Slug switch
        {
            "development" => given.Secret.Overrides.Development,
            "preview" => given.Secret.Overrides.Preview,
            "production" => given.Secret.Overrides.Production,
            _ => None,
        }).IfNone(given.Secret.Value));

    [Fact]
    public void Every_connected_project_gets_the_same_values() =>
        Law.Holds(
            from given in Connected from other in Connection select (given, other),
            both =>
            {
                var here = EnvironmentVariables.For(both.given.Secrets, both.given.Connection, both.given.Environment);
                var there = EnvironmentVariables.For(both.given.Secrets, both.other, both.given.Environment);
                return here.IsEmpty || there.IsEmpty
                    || here.Map(variable => variable.Value) == there.Map(variable => variable.Value);
            });

    [Fact]
    public void Only_the_targets_get_variables_one_for_each_secret_and_sensitive_as_asked() =>
        Law.Holds(Connected, given =>
        {
            var variables = EnvironmentVariables.For(given.Secrets, given.Connection, given.Environment);
            return variables.Count == (given.Connection.Targets.Contains(given.Environment) ? given.Secrets.Count : 0)
                && variables.ForAll(variable => variable.Sensitive == given.Connection.Sensitive);
        });

    [Fact]
    public void No_value_is_printed_with_its_record() =>
        Law.Holds(One, given =>
            !given.Variable.ToString().Contains(given.Variable.Value, StringComparison.Ordinal)
            && !given.Secret.ToString().Contains(given.Secret.Value, StringComparison.Ordinal)
            && !given.Secret.Overrides.ToString().Contains("overridden", StringComparison.Ordinal));

    [Theory]
    [InlineData("DATABASE_URL", null, "STORAGE", "STORAGE_DATABASE_URL")]
    [InlineData("DATABASE_URL", "MINE", "STORAGE", "MINE_DATABASE_URL")]
    [InlineData("STORAGE_URL", null, "STORAGE", "STORAGE_URL")]
    [InlineData("NEXT_PUBLIC_URL", "my-app", null, "NEXT_PUBLIC_my_app_URL")]
    [InlineData("NEXT_PUBLIC_STORAGE_URL", "STORAGE", null, "NEXT_PUBLIC_STORAGE_URL")]
    [InlineData("URL", "", "STORAGE", "STORAGE_URL")]
    public void The_contract_s_examples(string name, string? custom, string? own, string expected)
    {
        var secret = new Secret(name, "value", own is null ? None : Some(own), EnvironmentOverrides.None);
        var connection = new ProjectConnection(custom is null ? None : Some(custom), Seq1(DeploymentEnvironment.Production), Sensitive: false);

        Assert.Equal(expected, EnvironmentVariables.For(Seq1(secret), connection, DeploymentEnvironment.Production).Head.Name);
    }

    private static Option<string> Meant(Option<string> prefix) => prefix.Filter(text => !string.IsNullOrWhiteSpace(text));
}
