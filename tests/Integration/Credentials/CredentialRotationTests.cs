using System.Net;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Credentials;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.VercelApi;
using Marketplace.Simulator.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marketplace.Integration.Credentials;

/// <summary>
/// The token of an installation is replaced while it is in use: whatever breaks off, there is one that works, and the old one is revoked
/// only after the new one has worked. Contract §D.3.
/// </summary>
public sealed class CredentialRotationTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_demand_a_new_token_is_made_tried_and_used_and_then_the_old_one_is_revoked()
    {
        var installation = await Installed();

        var before = acme.Vercel.Calls.Count(call => call.Path.Contains(installation, StringComparison.Ordinal));

        var answer = await Demand(installation);
        await acme.Work("credentials");

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal(
            ["POST credentials/rotate", "GET account", "POST credentials/revoke"],
            acme.Vercel.Calls.Where(call => call.Path.Contains(installation, StringComparison.Ordinal)).Skip(before)
                .Select(call => $"{call.Method} {call.Path[(call.Path.IndexOf(installation, StringComparison.Ordinal) + installation.Length + 1)..]}"));
        Assert.Equal(["revoked", "lives"], TokensOf(installation));
        Assert.Equal(LivingToken(installation), (await CurrentToken(installation))!.Value);
        await MustWork(installation);
        Assert.Equal(
            ["installation.TokenRotationRequested", "installation.TokenRotated", "installation.FormerTokenRevoked"], await EventsOf(installation));
    }

    [Fact]
    public async Task It_happens_when_the_token_has_come_to_its_age_and_not_again_before_the_next_time()
    {
        var installation = await Installed();
        acme.Pass(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1));
        await acme.Work("credentials");
        Assert.Equal(["lives"], TokensOf(installation));

        acme.Pass(TimeSpan.FromSeconds(1));
        await acme.Work("credentials");
        await acme.Work("credentials");
        Assert.Equal(["revoked", "lives"], TokensOf(installation));

        acme.Pass(TimeSpan.FromDays(90));
        await acme.Work("credentials");
        Assert.Equal(["revoked", "revoked", "lives"], TokensOf(installation));
    }

    [Fact]
    public async Task Without_a_schedule_nothing_is_rotated_but_on_demand()
    {
        await using var unscheduled = await Acme.Open(new AcmeOptions
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Credentials:RotateEvery"] = "never" },
        });
        var installation = await unscheduled.Install();
        unscheduled.Pass(TimeSpan.FromDays(4_000));

        await unscheduled.Work("credentials");

        Assert.Single(unscheduled.Vercel.State.Installations[installation].Tokens);
    }

    /// <summary>The call has its effect, and we hear nothing of it.</summary>
    [Theory]
    [InlineData("POST", "/credentials/rotate", "revoked,lives,lives")]
    [InlineData("GET", "/account", "revoked,lives")]
    [InlineData("POST", "/credentials/revoke", "revoked,lives")]
    public async Task A_lost_answer_costs_no_token_that_works(string method, string pathEnd, string tokens)
    {
        var installation = await Installed();
        await Demand(installation);
        acme.Vercel.Disturbances.Plan(new HttpMethod(method), $"{installation}{pathEnd}", new Disturbance { LosesAnswer = true });

        await acme.Work("credentials");
        await MustWork(installation);
        Assert.True(await acme.Ask<bool>("select rotation_open from installation where installation_id = $1", installation));
        await GoOn(installation);

        await MustWork(installation);
        // Of a lost answer to the first call there is a token that nobody knows; the old one is revoked all the same.
        Assert.Equal(tokens, string.Join(',', TokensOf(installation)));
        Assert.Equal(LivingToken(installation), (await CurrentToken(installation))!.Value);
    }

    /// <summary>The process dies before a step is written down, or right after.</summary>
    [Theory]
    [InlineData(nameof(IRotations.Keep), false)]
    [InlineData(nameof(IRotations.Keep), true)]
    [InlineData(nameof(IRotations.Use), false)]
    [InlineData(nameof(IRotations.Use), true)]
    [InlineData(nameof(IRotations.Forget), false)]
    [InlineData(nameof(IRotations.Forget), true)]
    public async Task A_process_that_dies_at_any_step_leaves_a_token_that_works_and_a_rotation_that_ends(string step, bool isWritten)
    {
        var installation = await Installed();
        await Demand(installation);
        var store = acme.Server.Services.GetRequiredService<IRotations>();
        var dying = new CredentialRotation(
            new Dying(store, step, isWritten), acme.Server.Services.GetRequiredService<IVercelCredentials>(), NullLogger<CredentialRotation>.Instance);

        await Assert.ThrowsAsync<OperationCanceledException>(() => dying.RunOnce(acme.Now, Cancel));
        await MustWork(installation);
        await GoOn(installation);

        await MustWork(installation);
        Assert.IsType<HeldTokens.Settled>(await store.Load(new InstallationId(installation), Cancel));
        Assert.Equal("revoked", TokensOf(installation)[0]);
        Assert.Equal(LivingToken(installation), (await CurrentToken(installation))!.Value);
        Assert.False(await acme.Ask<bool>("select rotation_open from installation where installation_id = $1", installation));
    }

    [Fact]
    public async Task A_new_token_that_does_not_work_is_given_up_and_another_one_is_made()
    {
        var installation = await Installed();
        await Demand(installation);
        acme.Vercel.Disturbances.Plan(HttpMethod.Get, $"{installation}/account", Disturbance.Fails(401));

        await acme.Work("credentials");
        Assert.Equal(["lives", "lives"], TokensOf(installation));
        await MustWork(installation);
        await GoOn(installation);

        Assert.Equal(["revoked", "lives", "lives"], TokensOf(installation));
        await MustWork(installation);
    }

    [Theory]
    [InlineData("POST", "/credentials/rotate")]
    [InlineData("POST", "/credentials/revoke")]
    public async Task A_conflict_is_waited_out(string method, string pathEnd)
    {
        var installation = await Installed();
        await Demand(installation);
        acme.Vercel.Disturbances.Plan(new HttpMethod(method), $"{installation}{pathEnd}", Disturbance.Fails(409));

        await acme.Work("credentials");
        await MustWork(installation);
        await GoOn(installation);

        Assert.Equal(["revoked", "lives"], TokensOf(installation));
        await MustWork(installation);
    }

    [Fact]
    public async Task A_token_that_Vercel_registers_meanwhile_wins_and_the_one_that_was_made_is_revoked()
    {
        var installation = await Installed();
        await Demand(installation);
        var registered = "";
        var overtaken = new CredentialRotation(
            acme.Server.Services.GetRequiredService<IRotations>(),
            new Overtaken(acme.Server.Services.GetRequiredService<IVercelCredentials>(), async () =>
            {
                await acme.Customer.InstallAgain(installation, Cancel);
                registered = LivingToken(installation);
            }),
            NullLogger<CredentialRotation>.Instance);

        await overtaken.RunOnce(acme.Now, Cancel);

        Assert.Equal(registered, (await CurrentToken(installation))!.Value);
        Assert.Equal(["lives", "revoked", "lives"], TokensOf(installation));
        await MustWork(installation);
    }

    [Fact]
    public async Task A_token_that_Vercel_registers_while_the_new_one_is_tried_wins_too()
    {
        var installation = await Installed();
        await Demand(installation);
        var goOn = new TaskCompletionSource();
        acme.Vercel.Disturbances.Plan(HttpMethod.Get, $"{installation}/account", new Disturbance { Until = goOn.Task });

        var rotation = acme.Work("credentials");
        await acme.Eventually(() => acme.Ask<string>(
            "select 'kept' from installation where installation_id = $1 and next_access_token is not null", installation));
        await acme.Customer.InstallAgain(installation, Cancel);
        var registered = LivingToken(installation);
        goOn.SetResult();
        await rotation;

        Assert.Equal(registered, (await CurrentToken(installation))!.Value);
        Assert.Equal(["lives", "revoked", "lives"], TokensOf(installation));
        await MustWork(installation);
    }

    [Fact]
    public async Task A_token_that_was_to_be_revoked_and_is_registered_again_is_not_revoked_while_it_is_used()
    {
        var installation = await Installed();
        await Demand(installation);
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{installation}/credentials/revoke", Disturbance.Fails(500));
        await acme.Work("credentials");
        // Vercel registers the installation with the token of before. Encrypted, nothing shows that it is the same.
        await acme.Execute(
            "update installation set access_token = former_access_token where installation_id = $1", installation);

        await GoOn(installation);

        await MustWork(installation);
        Assert.Equal(LivingToken(installation), (await CurrentToken(installation))!.Value);
    }

    [Fact]
    public async Task Calls_that_are_made_during_a_rotation_all_arrive()
    {
        var installation = await Installed();
        var client = acme.Server.Services.GetRequiredService<IVercel>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var calls = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                    Assert.IsType<VercelAnswer<Account>.Accepted>(await client.GetAccount(new InstallationId(installation), Cancel));
            },
            Cancel)).ToList();

        for (var round = 0; round < 5; round++)
        {
            await Demand(installation);
            await acme.Work("credentials");
        }

        await stop.CancelAsync();
        await Task.WhenAll(calls);
        Assert.Equal(6, TokensOf(installation).Count);
        Assert.Equal(5, TokensOf(installation).Count(token => token == "revoked"));
    }

    [Fact]
    public async Task Who_may_not_or_what_is_not_there_is_told()
    {
        var installation = await Installed();
        Assert.Equal(HttpStatusCode.Forbidden, (await Demand(installation, "billing:write")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Demand("icfg_nobody")).Status);

        await acme.Customer.Uninstall(installation, Cancel);
        Assert.Equal(HttpStatusCode.Conflict, (await Demand(installation)).Status);
    }

    [Fact]
    public async Task No_token_of_a_rotation_is_in_the_log_an_event_or_a_plain_column()
    {
        var installation = await Installed();
        await Demand(installation);
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{installation}/credentials/revoke", Disturbance.Fails(500));
        await acme.Work("credentials");
        await GoOn(installation);

        foreach (var token in acme.Vercel.State.Installations[installation].Tokens)
        {
            Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(token.Value, StringComparison.Ordinal));
            Assert.Equal(0, await acme.Ask<int>(
                """
                select count(*) from (
                    select i::text as line from installation i union all select e::text from domain_event e) held
                where line like $1 or line like $2
                """,
                $"%{token.Value}%", $"%{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(token.Value)).ToLowerInvariant()}%"));
        }
    }

    /// <summary>With its account read, so that the call is not among those of the rotation.</summary>
    private async Task<string> Installed()
    {
        var installation = await acme.Install();
        await acme.Work("accounts");
        return installation;
    }

    private async Task<Answer> Demand(string installation, string scope = "credentials:write") =>
        await acme.Provide(HttpMethod.Post, $"/installations/{installation}/credentials/rotate", await acme.NewProviderKey(scope));

    /// <summary>The next round, whatever it would wait for.</summary>
    private async Task GoOn(string installation)
    {
        await acme.Execute("update installation set rotation_next_attempt_at = '-infinity' where installation_id = $1", installation);
        await acme.Work("credentials");
    }

    private IReadOnlyList<string> TokensOf(string installation) =>
        [.. acme.Vercel.State.Installations[installation].Tokens.Select(token => token.RevokedAt is null ? "lives" : "revoked")];

    private string LivingToken(string installation) =>
        acme.Vercel.State.Installations[installation].Tokens.Last(token => token.RevokedAt is null).Value;

    private Task<AccessToken?> CurrentToken(string installation) =>
        acme.Server.Services.GetRequiredService<InstallationTokens>().Current(new InstallationId(installation), Cancel);

    private async Task MustWork(string installation) =>
        Assert.IsType<VercelAnswer<Account>.Accepted>(
            await acme.Server.Services.GetRequiredService<IVercel>().GetAccount(new InstallationId(installation), Cancel));

    private Task<IReadOnlyList<string>> EventsOf(string installation) =>
        acme.AskAll<string>(
            "select kind from domain_event where installation_id = $1 and kind like '%Token%' order by event_id", installation);

    /// <summary>Something happens between a new token at Vercel and us.</summary>
    private sealed class Overtaken(IVercelCredentials vercel, Func<Task> happens) : IVercelCredentials
    {
        public async Task<VercelAnswer<AccessToken>> Rotate(InstallationId installation, AccessToken by, CancellationToken cancel)
        {
            var made = await vercel.Rotate(installation, by, cancel);
            await happens();
            return made;
        }

        public Task<VercelAnswer<Nothing>> Try(InstallationId installation, AccessToken token, CancellationToken cancel) =>
            vercel.Try(installation, token, cancel);

        public Task<VercelAnswer<Nothing>> Revoke(InstallationId installation, AccessToken token, AccessToken by, CancellationToken cancel) =>
            vercel.Revoke(installation, token, by, cancel);
    }

    /// <summary>Dies at one step. Its lease is still there for a while, as that of whoever is killed.</summary>
    private sealed class Dying(IRotations store, string step, bool isWritten) : IRotations
    {
        public Task<IReadOnlyList<ClaimedRotation>> Claim(
            DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel) => store.Claim(now, installationsMax, lease, cancel);

        public Task<HeldTokens?> Load(InstallationId installation, CancellationToken cancel) => store.Load(installation, cancel);

        public Task<HeldTokens?> Keep(InstallationId installation, AccessToken by, AccessToken made, CancellationToken cancel) =>
            Die(nameof(Keep), () => store.Keep(installation, by, made, cancel));

        public Task<HeldTokens?> Use(InstallationId installation, HeldTokens.Unproven proven, CancellationToken cancel) =>
            Die(nameof(Use), () => store.Use(installation, proven, cancel));

        public Task<HeldTokens?> Discard(InstallationId installation, HeldTokens.Unproven refused, CancellationToken cancel) =>
            store.Discard(installation, refused, cancel);

        public Task<HeldTokens?> Forget(InstallationId installation, HeldTokens.Superseding revoked, CancellationToken cancel) =>
            Die(nameof(Forget), () => store.Forget(installation, revoked, cancel));

        public Task Postpone(InstallationId installation, TimeSpan delay, CancellationToken cancel) => store.Postpone(installation, delay, cancel);

        private async Task<HeldTokens?> Die(string at, Func<Task<HeldTokens?>> write)
        {
            var held = at != step || isWritten ? await write() : null;
            return at == step ? throw new OperationCanceledException() : held;
        }
    }
}
