using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Integration.UsageEvents;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Integration.Crashes.Nodes;

/// <summary>
/// The load: customers who install, buy, change plans, connect projects and hand over, and the provider's backend that reports usage. Whoever
/// gets no answer asks again with the same key, as Vercel does, until there is one; and remembers what must be true in the end.
/// </summary>
internal sealed class Customers(Fleet fleet, string providerKey, int seed)
{
    private const int Buyers = 4;
    private const int EventsEach = 20;

    /// <summary>Each is a real database, which is measured every hour.</summary>
    private const int DatabasesMax = 6;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly HttpClient backend = new() { BaseAddress = fleet.Front, Timeout = TimeSpan.FromSeconds(30) };
    private readonly ConcurrentDictionary<string, Bought> bought = new(StringComparer.Ordinal);
    private int installed;

    /// <summary>Answers that nobody should get.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    public ConcurrentDictionary<string, int> Answered { get; } = new(StringComparer.Ordinal);

    public int Lost => lost;

    public IReadOnlyCollection<Bought> Resources => [.. bought.Values];

    public int Installations => installed;

    public long Events => events;

    private int lost;
    private long events;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private CustomerDashboard Hand => fleet.Vercel.Dashboard;

    /// <summary>Until told to stop; what has begun is finished.</summary>
    public Task Live(CancellationToken until) => Task.WhenAll(
        [
            .. Enumerable.Range(0, Buyers).Select(number => Buy(new Random(seed + number), until)), BuyDatabases(new Random(seed - 4), until), HandOver(new Random(seed - 1), until), HandOver(new Random(seed - 2), until),
            Report(new Random(seed - 3), until),
        ]);

    private async Task Buy(Random random, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            var installation = await Install();
            var key = $"{Guid.NewGuid()}";
            var provisioned = await Ask(key, (own, _) => Hand.Provision(installation, "acme-keys", "key", "payg", [], Cancel, own));
            if (provisioned.Json is not { } answer)
                continue;

            var one = bought.GetOrAdd(answer.GetProperty("id").GetString()!, id => new Bought(id) { Installation = installation, Product = "acme-keys", Plan = "payg" });
            // Whoever did not hear the answer, or forgot it, gets the same one again.
            var again = await Ask(key, (own, _) => Hand.Provision(installation, "acme-keys", "key", "payg", [], Cancel, own));
            Expect(again.Json?.GetProperty("id").GetString() == one.Id, $"{installation}: a second resource for one key");

            for (var change = random.Next(3); change > 0 && !until.IsCancellationRequested; change--)
            {
                var plan = one.Plan == "payg" ? "free" : "payg";
                await Ask($"{Guid.NewGuid()}", (own, _) => Hand.ChangePlan(installation, one.Id, plan, Cancel, own));
                one.Plan = plan;
                one.Changes++;
                var seen = await Ask(null, (own, _) => Hand.GetResource(installation, one.Id, Cancel, own));
                Expect(seen.Json?.GetProperty("billingPlan").GetProperty("id").GetString() == plan, $"{one.Id}: not on {plan} after it was changed");
            }

            if (random.Next(2) == 0)
            {
                var project = Hand.CreateProject(Hand.Installation(installation).AccountId, $"project-{one.Id}");
                Hand.Connect(installation, one.Id, project.Id);
                one.IsConnected = true;
            }

            if (random.Next(2) == 0)
            {
                one.Notice = $"Notice of {one.Id}";
                await Provide(
                    HttpMethod.Put, $"/installations/{installation}/resources/{one.Id}/notification", "Notify",
                    new JsonObject { ["level"] = "info", ["title"] = one.Notice, ["message"] = "Nothing to do." }, _ => true);
            }

            one.IsSettled = true;
            await Task.Delay(Pause, Cancel);
        }
    }

    /// <summary>What is made outside of our database, by somebody who may have made it already when a node dies.</summary>
    private async Task BuyDatabases(Random random, CancellationToken until)
    {
        for (var number = 0; number < DatabasesMax && !until.IsCancellationRequested; number++)
        {
            var installation = await Install();
            var region = new JsonObject { ["region"] = "iad1" };
            var provisioned = await Ask($"{Guid.NewGuid()}", (own, _) => Hand.Provision(installation, "acme-postgres", $"database-{number}", "pro", region, Cancel, own));
            if (provisioned.Json is { } answer)
                bought.GetOrAdd(answer.GetProperty("id").GetString()!, id => new Bought(id) { Installation = installation, Product = "acme-postgres", Plan = "pro" });
            await Task.Delay(random.Next(2000, 10000), Cancel);
        }
    }

    private async Task HandOver(Random random, CancellationToken until)
    {
        string[] hands = [await Install(), await Install()];
        var provisioned = await Ask($"{Guid.NewGuid()}", (own, _) => Hand.Provision(hands[0], "acme-keys", "moving", "payg", [], Cancel, own));
        if (provisioned.Json is not { } answer)
            return;

        var moving = bought.GetOrAdd(answer.GetProperty("id").GetString()!, id => new Bought(id) { Installation = hands[0], Product = "acme-keys", Plan = "payg" });
        for (var round = 0; !until.IsCancellationRequested; round++)
        {
            var (source, target) = (hands[round % 2], hands[(round + 1) % 2]);
            var offered = await Ask($"{Guid.NewGuid()}", (own, _) => Hand.OfferTransfer(source, [moving.Id], Cancel, own));
            if (offered.Json?.GetProperty("providerClaimId").GetString() is not { } claim)
                return;
            var verified = await Ask(null, (own, _) => Hand.VerifyTransfer(target, claim, Cancel, own));
            await Ask(null, (_, _) => Hand.AcceptTransfer(source, target, [moving.Id], claim, verified, Cancel));
            moving.Installation = target;
            moving.Moves++;
            await Task.Delay(random.Next(500, 1500), Cancel);
        }
    }

    private async Task Report(Random random, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            if (bought.Values.Where(one => one.IsSettled).ToList() is { Count: > 0 } settled)
                await Report(settled[random.Next(settled.Count)]);
            await Task.Delay(Pause, Cancel);
        }
    }

    /// <summary>Once as a backend, which sends everything again that it has heard nothing of.</summary>
    private async Task Report(Bought one)
    {
        var usedAt = fleet.Vercel.Clock.GetUtcNow();
        var batch = ReportedUsage.Batch([.. Enumerable.Range(0, EventsEach).Select(_ => ReportedUsage.Event(one.Id, "calls", 1, usedAt))]).ToJsonString();
        await Provide(
            HttpMethod.Post, "/usage/events", "Report Usage", JsonNode.Parse(batch)!,
            outcome => (int)outcome["accepted"]! + (int)outcome["duplicates"]! == EventsEach);
        one.Heard(usedAt, EventsEach, fleet.Vercel.Clock.GetUtcNow());
        Interlocked.Add(ref events, EventsEach);
    }

    /// <summary>A call of the Provider API, again until it is answered.</summary>
    private async Task Provide(HttpMethod method, string path, string operation, JsonNode body, Func<JsonNode, bool> isRight)
    {
        while (true)
        {
            using (await fleet.Clock.Enter())
            {
                try
                {
                    using var request = new HttpRequestMessage(method, $"/provider/v1{path}")
                    {
                        Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
                    };
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", providerKey);
                    using var answer = await backend.SendAsync(request, Cancel);
                    var text = await answer.Content.ReadAsStringAsync(Cancel);
                    Answered.AddOrUpdate(operation, 1, (_, count) => count + 1);
                    Expect(answer.IsSuccessStatusCode && isRight(JsonNode.Parse(text)!), $"{operation}: {(int)answer.StatusCode} {text}");
                    return;
                }
                catch (HttpRequestException)
                {
                    Interlocked.Increment(ref lost);
                }
            }

            await Task.Delay(Pause, Cancel);
        }
    }

    private async Task<string> Install()
    {
        string? installation = null;
        await Ask(null, async (own, isFirst) =>
        {
            if (!isFirst)
                return await Hand.InstallAgain(installation!, Cancel, own);
            (installation, var exchange) = await Hand.Install(Hand.CreateTeam($"Team {Interlocked.Increment(ref installed)}").AccountId, Cancel, own);
            return exchange;
        });
        return installation!;
    }

    /// <param name="key">The same at each attempt; none where the call names itself.</param>
    private async Task<Exchange> Ask(string? key, Func<CallOptions?, bool, Task<Exchange>> call)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            Exchange exchange;
            using (await fleet.Clock.Enter())
                exchange = await call(key is null ? null : new CallOptions(IdempotencyKey: key), isFirst);
            if (exchange.Status is not null)
            {
                Answered.AddOrUpdate(exchange.Operation, 1, (_, count) => count + 1);
                Expect(exchange is { IsSuccess: true, Findings.IsEmpty: true }, $"{exchange} {(exchange.IsSuccess ? "" : exchange.Body)}");
                return exchange;
            }

            Interlocked.Increment(ref lost);
            await Task.Delay(Pause, Cancel);
        }
    }

    private void Expect(bool isSo, string otherwise)
    {
        if (!isSo)
            Wrong.Enqueue(otherwise);
    }
}

/// <summary>What a customer has, as everybody must see it in the end.</summary>
internal sealed class Bought(string id)
{
    private readonly ConcurrentDictionary<DateTimeOffset, long> eventsByMonth = new();

    public string Id => id;

    public required string Product { get; init; }

    public required string Installation { get; set; }

    public required string Plan { get; set; }

    /// <summary>How often the plan was another one afterwards.</summary>
    public int Changes { get; set; }

    public bool IsConnected { get; set; }

    /// <summary>What Vercel shows beside it in the end.</summary>
    public string? Notice { get; set; }

    /// <summary>Nobody changes it any more, but for its usage.</summary>
    public bool IsSettled { get; set; }

    public long Events => eventsByMonth.Values.Sum();

    /// <summary>Heard of in another month than they happened in: those may come after the invoice, and be on the next.</summary>
    public long EventsLate { get; private set; }

    public int Moves { get; set; }

    public long EventsOf(DateTimeOffset month) => eventsByMonth.GetValueOrDefault(month);

    public void Heard(DateTimeOffset usedAt, int events, DateTimeOffset now)
    {
        eventsByMonth.AddOrUpdate(MonthOf(usedAt), events, (_, count) => count + events);
        if (MonthOf(usedAt) != MonthOf(now))
            EventsLate += events;
    }

    private static DateTimeOffset MonthOf(DateTimeOffset moment) => new(moment.Year, moment.Month, 1, 0, 0, 0, TimeSpan.Zero);
}
