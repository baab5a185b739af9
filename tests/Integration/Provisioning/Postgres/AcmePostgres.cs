using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Repl;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Provisioning.Postgres;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketplace.Integration.Provisioning.Postgres;

/// <summary>Acme Postgres on the server of the tests, seen from both sides. Everything that a test made is gone after it.</summary>
internal sealed class AcmePostgres : IAsyncDisposable
{
    private readonly NpgsqlDataSource pool;

    private AcmePostgres(TestDatabase marketplace, string prefix, ReplLimits limits)
    {
        Marketplace = marketplace;
        Prefix = prefix;
        var server = new NpgsqlConnectionStringBuilder(marketplace.ConnectionString);
        Target = PostgresTarget.From(new AcmePostgresSettings(marketplace.ConnectionString, server.Host!, server.Port, prefix));
        pool = Target.OpenPool();
        Logins = new PostgresReplLogin(Target, pool, limits);
        Provisioner = new PostgresProvisioner(Target, pool, new PostgresIsolation(Log), new PostgresRepl(Logins, limits, ReplLog));
    }

    /// <summary>Our own database, from which the provisioner works.</summary>
    public TestDatabase Marketplace { get; }

    public string Prefix { get; }

    public PostgresTarget Target { get; }

    public PostgresProvisioner Provisioner { get; }

    public RecordedLog<PostgresIsolation> Log { get; } = new();

    public RecordedLog<PostgresRepl> ReplLog { get; } = new();

    /// <summary>Of the console, without the console.</summary>
    public PostgresReplLogin Logins { get; }

    public static async Task<AcmePostgres> Start(CancellationToken cancel, ReplLimits? limits = null) =>
        new(await TestDatabase.Create(cancel), $"t{Guid.NewGuid().ToString("N")[..8]}", limits ?? ReplLimits.Default);

    public static ProvisionedResource Resource(string id, int? connectionLimit = null) =>
        new(new InstallationId("icfg_1"), new ResourceId(id), new ProductId("acme-postgres"), "a name",
            Map<string, MetadataValue>.Empty, Plan(connectionLimit));

    public async Task<Customer> Provision(ProvisionedResource resource, string operation, CancellationToken cancel) =>
        Customer.With(Granted(await Provisioner.Provision(resource, new OperationId(operation), cancel)));

    public async Task<Customer> Rotate(ProvisionedResource resource, string operation, CancellationToken cancel) =>
        Customer.With(Granted(await Provisioner.Rotate(resource, new OperationId(operation), cancel)));

    /// <summary>Types a command into the console of the resource.</summary>
    public async Task<Shown> Ask(ProvisionedResource resource, string input, CancellationToken cancel, bool readOnly = false)
    {
        var shown = new Shown();
        var command = ReplCommand.Parse(input, readOnly).Match(command => command, wrong => throw new InvalidOperationException($"{wrong}"));
        await Provisioner.Run(resource, command, shown, cancel);
        return shown;
    }

    public Task Expire(ProvisionedResource resource, string operation, CancellationToken cancel) =>
        Provisioner.ExpireSecrets(resource, new OperationId($"expire:{operation}"), Prelude.Seq1(new OperationId(operation)), cancel);

    /// <summary>What the provisioner says that it holds.</summary>
    public async Task<Seq<ResourceId>> Held(CancellationToken cancel) =>
        (await Provisioner.List(cancel)).IfNone(() => throw new InvalidOperationException("It cannot say."));

    /// <summary>As somebody has it who only takes down what is left.</summary>
    public static PostgresProvisioner ProvisionerOn(PostgresTarget target, NpgsqlDataSource pool) =>
        new(target, pool, new PostgresIsolation(new RecordedLog<PostgresIsolation>()),
            new PostgresRepl(
                new PostgresReplLogin(target, pool, ReplLimits.Default), ReplLimits.Default, new RecordedLog<PostgresRepl>()));

    /// <summary>Every role and database of this prefix, half made ones included.</summary>
    public async Task<List<string>> Traces(CancellationToken cancel)
    {
        await using var command = Marketplace.DataSource.CreateCommand(
            """
            SELECT 'database ' || datname FROM pg_database WHERE starts_with(datname, $1)
            UNION SELECT 'role ' || rolname FROM pg_roles WHERE starts_with(rolname, $1) ORDER BY 1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = Prefix });
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var traces = new List<string>();
        while (await rows.ReadAsync(cancel))
        {
            traces.Add(rows.GetString(0));
        }

        return traces;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var id in await Held(CancellationToken.None))
        {
            await Provisioner.Deprovision(Resource(id.Value), new OperationId("clean"), CancellationToken.None);
        }

        await pool.DisposeAsync();
        await Marketplace.DisposeAsync();
    }

    private static BillingPlan Plan(int? connectionLimit) =>
        new(new PlanId("free"), PlanType.Subscription, "Free", "To try it out.", PlanScope.Resource,
            PaymentMethodRequired: false, Pricing.Free, PlanDisplay.Plain, ResourcesMax: Prelude.None,
            connectionLimit is { } limit ? Prelude.Map(("connectionLimit", limit.ToString())) : Map<string, string>.Empty);

    private static Seq<Secret> Granted(ProvisionerAnswer<Seq<Secret>> answer) =>
        answer is ProvisionerAnswer<Seq<Secret>>.Done(var secrets) ? secrets : throw new InvalidOperationException($"{answer}");
}
