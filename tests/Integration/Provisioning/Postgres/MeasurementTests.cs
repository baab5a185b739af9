using LanguageExt;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Integration.Provisioning.Postgres;

public sealed class MeasurementTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 31, 23, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Storage_is_the_size_of_the_database_in_decimal_megabytes()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1");
        var customer = await acme.Provision(resource, "op_1", cancel);
        var empty = Value(await acme.Provisioner.Measure(resource, Now, cancel), "storage");

        // 64 characters that do not compress, 40 000 times: at least 2 560 000 bytes.
        await customer.Execute(
            "CREATE TABLE big AS SELECT md5(n::text) || md5((-n)::text) AS filling FROM generate_series(1, 40000) AS n", cancel);
        var readings = await acme.Provisioner.Measure(resource, Now, cancel);
        var full = Value(readings, "storage");
        var size = (long)(await customer.Read("SELECT pg_database_size(current_database())", cancel))!;

        Assert.InRange(full - empty, 2.56m, 10m);
        Assert.InRange(full, size / 1_000_000m - 0.5m, size / 1_000_000m + 0.5m);
        Assert.All(readings, reading => Assert.Equal((resource.Id, Now), (reading.Resource, reading.MeasuredAt)));
    }

    [Fact]
    public async Task Transactions_are_those_of_the_customer_and_not_those_of_the_measuring()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1");
        var customer = await acme.Provision(resource, "op_1", cancel);
        var before = await Transactions();

        await using (var session = await customer.Connect(cancel))
        {
            for (var n = 0; n < 100; n++)
            {
                await Customer.Execute(session, "SELECT 1", cancel);
            }
        }

        // A session reports when it ends, which the server does not wait for.
        var after = await Transactions();
        for (var tries = 0; after < before + 100 && tries < 100; tries++)
        {
            await Task.Delay(50, cancel);
            after = await Transactions();
        }

        // Opening the connection costs a few transactions, and a visit of autovacuum would. A hundred readings cost none.
        Assert.InRange(after - before, 100, 120);
        for (var n = 0; n < 100; n++)
        {
            await Transactions();
        }

        Assert.InRange(await Transactions() - after, 0, 10);

        async Task<decimal> Transactions() => Value(await acme.Provisioner.Measure(resource, Now, cancel), "transactions");
    }

    [Fact]
    public async Task What_is_gone_measures_nothing_and_is_not_listed()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        await acme.Provision(AcmePostgres.Resource("res_1"), "op_1", cancel);
        await acme.Provision(AcmePostgres.Resource("res_2"), "op_2", cancel);
        await acme.Provisioner.Deprovision(AcmePostgres.Resource("res_1"), new OperationId("op_3"), cancel);

        Assert.Empty(await acme.Provisioner.Measure(AcmePostgres.Resource("res_1"), Now, cancel));
        Assert.Equal(new ResourceId("res_2"), Assert.Single(await acme.Held(cancel)));
    }

    private static decimal Value(Seq<Measurement> readings, string metric) =>
        readings.Find(reading => reading.Metric == new MetricId(metric)).IfNone(() => throw new InvalidOperationException(metric)).Value;
}
