using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Secrets;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>New secrets, while the old ones live on for as long as Vercel needs them. Source: contract §E.7.</summary>
internal static class RotationCases
{
    private static readonly Source Rotation = Source.SecretRotation;

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        New("gives-new-values", "A rotation gives new values under the same names, at once or by a later call.", Level.Required, GivesNewValues),
        New("without-delay", "A rotation that names no delay is taken.", Level.Required, trial => ExpectTaken(trial, delay: null)),
        New("delay-0", "A rotation without any delay is taken.", Level.Required, trial => ExpectTaken(trial, 0)),
        New("delay-fraction", "A rotation with a delay of half an hour is taken.", Level.Required, trial => ExpectTaken(trial, 0.5)),
        New("delay-720", "A rotation with the longest delay is taken.", Level.Required, trial => ExpectTaken(trial, 720)),
        New("delay-beyond", "A delay beyond 720 hours is refused.", Level.Recommended, trial => ExpectRefused(trial, 721)),
        New("delay-negative", "A negative delay is refused.", Level.Recommended, trial => ExpectRefused(trial, -1)),
        New("reason", "A rotation may say why.", Level.Required, Reason),
        New("by-vercel", "Vercel may rotate by itself, with a system token.", Level.Required, ByVercel),
        New("by-viewer", "Somebody who may only look cannot rotate, and the secrets stay.", Level.Required, ByViewer),
        New("unknown", "A resource that nobody made has no secrets to rotate.", Level.Required, Unknown),
        New("of-another-installation", "The secrets of another installation's resource cannot be rotated.", Level.Required, OfStranger),
        New("keeps-the-resource", "A rotation changes nothing else of a resource.", Level.Required, KeepsTheResource),
        New("two-in-a-row", "A second rotation gives other values than the first.", Level.Required, TwoInARow),
        Probed("new-open", "The new secrets open the resource.", Level.Required, NewOpen),
        Probed("old-live-on", "The old secrets live on during the delay, while projects are deployed anew.", Level.Required, OldLiveOn),
        Probed("delay-0-ends-old", "Without any delay the old secrets end at once.", Level.Required, trial => ExpectOldEnd(trial, 0)),
        Probed("without-delay-ends-old", "A delay that is not named is none: the old secrets end at once.", Level.Recommended, trial => ExpectOldEnd(trial, delay: null)),
        Probed("refused-keeps-old", "A rotation that is refused leaves the secrets as they are.", Level.Required, RefusedKeepsOld),
        Probed("second-in-overlap", "A second rotation while old secrets live on ends none of them before its time.", Level.Required, SecondInOverlap),
        Probed("second-without-delay", "A second rotation without delay ends the secrets that it replaces, and the newest open.", Level.Required, SecondWithoutDelay),
        Probed("two-at-once", "Of two rotations at the same moment, whatever Vercel keeps opens the resource.", Level.Required, TwoAtOnce),
        Probed("old-end-in-time", "The old secrets end when the delay is over, and not before.", Level.Required, OldEndInTime) with
        {
            Needs = Need.SecretProbe | Need.VirtualTime,
        },
        Probed("fraction-ends-in-time", "A delay of half an hour is over after half an hour.", Level.Recommended, FractionEndsInTime) with
        {
            Needs = Need.SecretProbe | Need.VirtualTime,
        },
    ];

    private static ConformanceCase New(string name, string rule, Level level, Func<Trial, Task> play) =>
        new($"rotation/{name}", rule, Rotation, level, play) { Of = PartnerOperation.RotateSecrets };

    private static ConformanceCase Probed(string name, string rule, Level level, Func<Trial, Task> play) =>
        New(name, rule, level, play) with { Needs = Need.SecretProbe };

    private static async Task GivesNewValues(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var old = trial.Secrets(tenant);
        var fresh = await Rotate(trial, tenant, 1);
        trial.Expect(
            old.Select(secret => secret.Name).Order().SequenceEqual(fresh.Select(secret => secret.Name).Order()), "the same names", "others");
    }

    private static async Task ExpectTaken(Trial trial, double? delay) => await Rotate(trial, await trial.NewTenant(), delay);

    private static async Task ExpectRefused(Trial trial, double delay)
    {
        var tenant = await trial.NewTenant();
        trial.ExpectTurnedDown(await trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, delay, trial.Cancel));
    }

    private static async Task Reason(Trial trial)
    {
        var tenant = await trial.NewTenant();
        trial.ExpectSuccess(await trial.Customer.Rotate(
            tenant.InstallationId, tenant.ResourceId, 1, trial.Cancel, reason: "A laptop was lost: „everything“ must change."));
    }

    private static async Task ByVercel(Trial trial) => await Rotate(trial, await trial.NewTenant(), 1, new CallOptions(AsSystem: true));

    private static async Task ByViewer(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var before = trial.Secrets(tenant);
        var viewer = new CallOptions(Person: trial.TeamOf(tenant.InstallationId).Viewer);
        trial.ExpectTurnedDown(await trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, 0, trial.Cancel, viewer));
        trial.Expect(Trial.AreSame(before, trial.Secrets(tenant)), "the secrets stay", "there are others");
    }

    private static async Task Unknown(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        trial.ExpectTurnedDown(await trial.Customer.Rotate(tenant.InstallationId, "no-such-resource", 1, trial.Cancel));
    }

    private static async Task OfStranger(Trial trial)
    {
        var (tenant, stranger) = (await trial.SharedTenant(), await trial.SharedStranger());
        trial.ExpectTurnedDown(await trial.Customer.Rotate(tenant.InstallationId, stranger.ResourceId, 0, trial.Cancel));
    }

    private static async Task KeepsTheResource(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var before = await trial.Read(tenant);
        await Rotate(trial, tenant, 1);
        var after = await trial.Read(tenant);
        foreach (var field in new[] { "id", "name", "productId" })
        {
            trial.Expect(before.OptionalText(field) == after.OptionalText(field), $"the same {field}", "another one");
        }

        await trial.Ready(tenant);
    }

    private static async Task TwoInARow(Trial trial)
    {
        var tenant = await trial.NewTenant();
        await Rotate(trial, tenant, 1);
        await Rotate(trial, tenant, 1);
    }

    private static async Task NewOpen(Trial trial)
    {
        var tenant = await trial.NewTenant();
        await trial.ExpectOpen(await Rotate(trial, tenant, 1), "the new secrets");
    }

    private static async Task OldLiveOn(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var old = trial.Secrets(tenant);
        await trial.ExpectOpen(old, "the first secrets");
        await Rotate(trial, tenant, 1);
        await trial.ExpectStillOpen(old, "the old secrets");
    }

    private static async Task ExpectOldEnd(Trial trial, double? delay)
    {
        var tenant = await trial.NewTenant();
        var old = trial.Secrets(tenant);
        await trial.ExpectOpen(old, "the first secrets");
        var fresh = await Rotate(trial, tenant, delay);
        await trial.ExpectShut(old, "the old secrets");
        await trial.ExpectOpen(fresh, "the new secrets");
    }

    private static async Task RefusedKeepsOld(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var old = trial.Secrets(tenant);
        await trial.ExpectOpen(old, "the first secrets");
        var viewer = new CallOptions(Person: trial.TeamOf(tenant.InstallationId).Viewer);
        trial.ExpectTurnedDown(await trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, 0, trial.Cancel, viewer));
        await trial.ExpectStillOpen(old, "the secrets");
    }

    private static async Task SecondInOverlap(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var first = trial.Secrets(tenant);
        var second = await Rotate(trial, tenant, 1);
        var third = await Rotate(trial, tenant, 1);
        await trial.ExpectOpen(third, "the newest secrets");
        await trial.ExpectStillOpen(second, "those of the first rotation");
        await trial.ExpectStillOpen(first, "those before it");
    }

    private static async Task SecondWithoutDelay(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var second = await Rotate(trial, tenant, 1);
        var third = await Rotate(trial, tenant, 0);
        await trial.ExpectShut(second, "those that were replaced");
        await trial.ExpectOpen(third, "the newest secrets");
    }

    private static async Task TwoAtOnce(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var old = trial.Secrets(tenant);
        foreach (var exchange in await Task.WhenAll(
            trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, 1, trial.Cancel),
            trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, 1, trial.Cancel)))
        {
            trial.Expect(
                exchange is { IsSuccess: true, Findings.IsEmpty: true } or { Status: 409 }, "each succeeds, or is told of a conflict", Trial.Told(exchange));
        }

        await trial.Eventually("new secrets are there", () => trial.Secrets(tenant), secrets => !Trial.AreSame(old, secrets));
        await trial.ExpectOpen(trial.Secrets(tenant), "the secrets that Vercel keeps");
    }

    private static async Task OldEndInTime(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var old = trial.Secrets(tenant);
        var fresh = await Rotate(trial, tenant, 2);
        await trial.Advance(TimeSpan.FromMinutes(115));
        await trial.ExpectStillOpen(old, "five minutes before the end the old secrets");
        await trial.Advance(TimeSpan.FromMinutes(10));
        await trial.ExpectShut(old, "the old secrets");
        await trial.ExpectOpen(fresh, "the new secrets");
    }

    private static async Task FractionEndsInTime(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var old = trial.Secrets(tenant);
        await Rotate(trial, tenant, 0.5);
        await trial.Advance(TimeSpan.FromMinutes(25));
        await trial.ExpectStillOpen(old, "five minutes before the end the old secrets");
        await trial.Advance(TimeSpan.FromMinutes(10));
        await trial.ExpectShut(old, "the old secrets");
    }

    /// <summary>The secrets that Vercel has afterwards, whether they came in the answer or by a call.</summary>
    private static async Task<ImmutableList<Secret>> Rotate(Trial trial, Tenant tenant, double? delay, CallOptions? options = null)
    {
        var old = trial.Secrets(tenant);
        var rotated = await trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, delay, trial.Cancel, options);
        trial.ExpectSuccess(rotated);
        var isThere = rotated.Json?.OptionalFlag("sync") == true;
        await trial.Eventually(
            "Vercel has new values", () => trial.Secrets(tenant).Exists(secret => !old.Exists(was => was.Name == secret.Name && was.Value == secret.Value)),
            differ => differ, isThere ? TimeSpan.Zero : null);
        return trial.Secrets(tenant);
    }
}
