using Marketplace.Core.Installations;
using Marketplace.Core.Time;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Usage;
using Marketplace.Simulator.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.OperatorConsole.Billing;

/// <summary>The slot ledger by the hour says what the ledger says, whoever counted when.</summary>
public sealed class LedgerHoursTests
{
    private static readonly DateTimeOffset Evening = new(2027, 1, 31, 20, 10, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everybodys_hours_are_those_of_each_whatever_became_of_them_and_none_is_left_out()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Start = Evening });
        var hours = acme.Server.Services.GetRequiredService<LedgerHours>();
        var (steady, refused, stuck, leaving) = (await acme.Install(), await acme.Install(), await acme.Install(), await acme.Install());
        foreach (var installation in new[] { steady, refused, stuck })
            await acme.Provision(installation);
        await MustAgree("before the first hour is over");

        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{refused}/billing", Disturbance.Fails(400));
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{stuck}/billing", new Disturbance { LosesAnswer = true });
        acme.Pass(TimeSpan.FromHours(1));
        await MustAgree("an hour is due");
        await acme.Work("usage");
        await MustAgree("one is refused, and one has no answer");
        Assert.Equal(SlotCounts.None with { Confirmed = 2, Refused = 1, Due = 1 }, (await Everybody()).Single(hour => hour.Start == At(20)).Slots);

        // Whoever leaves without anything to bill is over at once: nobody reports that hour, and the ledger says so.
        await acme.Customer.Uninstall(leaving, Cancel);
        await acme.Work("ledger-rollup");
        acme.Pass(TimeSpan.FromHours(1));
        await acme.BackoffIsOver();
        await acme.Work("usage");
        await MustAgree("what was refused is made good by the next, and one is gone");
        Assert.Equal(SlotCounts.None with { Confirmed = 3, Untold = 1 }, (await Everybody()).Single(hour => hour.Start == At(21)).Slots);
        Assert.Equal(1, (await Everybody()).Sum(hour => hour.Slots.Superseded));

        // Nobody works until two days on: the last hours of January can never be told.
        acme.Pass(new DateTimeOffset(2027, 2, 2, 2, 10, 0, TimeSpan.Zero) - acme.Now);
        await MustAgree("thirty hours are due");
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{stuck}/billing", Disturbance.Fails(503));
        await acme.Work("usage", "ledger-rollup");
        await MustAgree("some are dead, and of one nothing is told");
        await acme.BackoffIsOver();
        await acme.Work("usage");
        Assert.Equal(SlotCounts.None with { Dead = 3 }, (await Everybody()).Single(hour => hour.Start == At(23)).Slots);
        await MustAgree("all are told or dead");
        await acme.Work("ledger-rollup");
        await acme.Work("ledger-rollup");
        await MustAgree("all is counted");

        // What a worker wrote that was frozen for hours comes to light when its hour is counted again.
        await acme.Execute(
            "update usage_slot set state = 'refused', reason = 'late' where installation_id = $1 and slot_start = $2", steady, At(20));
        for (var turn = 0; turn < 20; turn++)
            await acme.Work("ledger-rollup");
        await MustAgree("a change that nobody saw coming");

        async Task<IReadOnlyList<LedgerHour>> Everybody() => await hours.OfEverybody(Range(acme), Cancel);

        async Task MustAgree(string when)
        {
            var each = new Dictionary<DateTimeOffset, SlotCounts>();
            foreach (var installation in await acme.AskAll<string>("select installation_id from installation"))
            {
                foreach (var hour in (await hours.Of(new InstallationId(installation), Range(acme), Cancel))!)
                    each[hour.Start] = each.GetValueOrDefault(hour.Start, SlotCounts.None) + hour.Slots;
            }

            var counted = (await Everybody()).ToDictionary(hour => hour.Start, hour => hour.Slots);
            Assert.Equal(each.Keys.Order(), counted.Keys.Order());
            Assert.All(each, hour => Assert.True(counted[hour.Key] == hour.Value, $"{when}, {hour.Key:O}: {counted[hour.Key]} is not {hour.Value}"));
            Assert.Equal(
                await acme.Ask<long>("select count(*) from usage_slot where slot_start + interval '1 hour' <= $1", acme.Now),
                counted.Values.Sum(slots => slots.Written));
        }
    }

    [Fact]
    public async Task What_Vercel_refused_is_told_again_by_the_word_of_an_operator_and_not_once_it_is_too_late()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Start = Evening });
        var (resend, tool) = (acme.Server.Services.GetRequiredService<UsageResend>(), await acme.Provision(await acme.Install()));
        var (installation, hour) = (new InstallationId(tool.Installation), HourSlot.Of(Evening));
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing", Disturbance.Fails(400));
        await acme.Live(hour.End);

        Assert.IsType<ResendAnswer.DueAgain>(await Resend());
        await acme.Work("usage");
        Assert.Equal("confirmed", await acme.Ask<string>("select state from usage_slot where installation_id = $1", tool.Installation));
        Assert.IsType<ResendAnswer.NothingToSend>(await Resend());
        Assert.Equal("operator:ada again: mended", await acme.Ask<string>(
            "select actor || ' ' || cause from domain_event where installation_id = $1 and kind = 'usageSlot.Reopened'", tool.Installation));

        await acme.Execute("update usage_slot set state = 'dead', reason = 'of the test' where installation_id = $1", tool.Installation);
        acme.Pass(TimeSpan.FromDays(2));
        Assert.IsType<ResendAnswer.Refused>(await Resend());
        hour = hour.Next();
        Assert.IsType<ResendAnswer.NoSlot>(await Resend());

        Task<ResendAnswer> Resend() => resend.Resend(installation, hour, new Actor("operator:ada", "again: mended"), Cancel);
    }

    private static DateTimeOffset At(int hour) => new(2027, 1, 31, hour, 0, 0, TimeSpan.Zero);

    private static TimeRange Range(Acme acme) => new(At(0), HourSlot.Of(acme.Now).Next().End);
}
