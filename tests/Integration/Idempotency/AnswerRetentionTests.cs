using System.Net;
using Marketplace.Jobs.Idempotency;
using Marketplace.Jobs.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Idempotency;

/// <summary>Answers are kept for thirty days, and then forgotten.</summary>
public sealed class AnswerRetentionTests(Acme acme) : IClassFixture<Acme>
{
    private const string Job = "answer-retention";

    [Fact]
    public async Task An_answer_is_repeated_for_thirty_days_and_then_its_key_is_free_again()
    {
        var (installation, key) = (await acme.Install(), Acme.NewKey());
        var first = await Provision(installation, key);
        acme.Pass(AnswerRetention.KeptFor);
        await acme.Work(Job);
        Assert.Equal(first.Bytes, (await Provision(installation, key)).Bytes);

        acme.Pass(TimeSpan.FromMilliseconds(1));
        await acme.Work(Job);

        var again = await Provision(installation, key);
        Assert.NotEqual(first.Is(HttpStatusCode.OK)["id"]!.GetValue<string>(), again.Is(HttpStatusCode.OK)["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task However_many_there_are_all_that_are_old_go_in_batches_and_what_is_young_stays()
    {
        var installation = await acme.Install();
        await Keep(installation, "old", 3500, acme.Now - AnswerRetention.KeptFor - TimeSpan.FromHours(1));
        await Keep(installation, "young", 10, acme.Now - AnswerRetention.KeptFor + TimeSpan.FromHours(1));
        await Keep(Acme.NewInstallationId(), "of-nobody", 5, acme.Now - AnswerRetention.KeptFor - TimeSpan.FromHours(1));

        await acme.Work(Job);

        Assert.Equal(0, await acme.Ask<long>("select count(*) from idempotency_record where idempotency_key like 'old%' or idempotency_key like 'of-nobody%'"));
        Assert.Equal(10, await acme.Ask<long>("select count(*) from idempotency_record where idempotency_key like 'young%'"));
    }

    [Fact]
    public async Task Several_workers_at_once_forget_each_answer_once_and_do_not_wait_for_each_other()
    {
        var installation = await acme.Install();
        await Keep(installation, "shared", 5000, acme.Now - AnswerRetention.KeptFor - TimeSpan.FromHours(1));
        var job = acme.Server.Services.GetServices<IScheduledJob>().Single(known => known.Id == Job);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => job.RunOnce(acme.Now, TestContext.Current.CancellationToken)));
        await acme.Work(Job);

        Assert.Equal(0, await acme.Ask<long>("select count(*) from idempotency_record where idempotency_key like 'shared%'"));
    }

    private Task<Answer> Provision(string installation, string key) =>
        acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision(), key);

    private Task Keep(string installation, string prefix, int count, DateTimeOffset at) => acme.Execute(
        """
        insert into idempotency_record (installation_id, idempotency_key, request_hash, requested_at, status_code, body)
        select $1, $2 || number, '\x00', $4, 204, '\x00' from generate_series(1, $3) number
        """,
        installation, prefix, count, at);
}
