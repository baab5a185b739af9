using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>
/// What Vercel repeats, it repeats under one key: it happens once, and every answer is the same. Source: contract §B.0.
/// </summary>
internal static class IdempotencyCases
{
    private static readonly Source Lost = Source.Experience("answers get lost, and duplicates overtake each other");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. Repeatables.All.SelectMany(Of),
        new("idempotency/uninstall/twice", "An uninstall that comes twice under one key is answered well both times.",
            Source.Partner("Delete Installation"), Level.Required, UninstallTwice),
        new("idempotency/key-for-another-body", "A key that was used is not taken for another body: it is refused, or at least not answered as if it were done.",
            Lost, Level.Recommended, OtherBody),
        new("idempotency/key-for-another-operation", "A key that was used for one operation neither makes another one go missing nor shows its answer.",
            Lost, Level.Recommended, OtherOperation) { Of = PartnerOperation.UpdateResource },
        new("idempotency/key-for-another-invoice", "A key that was used for one purchase does not let another one pass without its credit.",
            Lost, Level.Recommended, OtherInvoice) { Of = PartnerOperation.ProvisionPurchase, Needs = Need.PrepaymentPlan },
        new("idempotency/no-key", "An operation without a key is done all the same, for the header is optional.",
            Source.Partner("Provision Resource"), Level.Recommended, NoKey),
        new("idempotency/new-key-after-refusal", "What was refused succeeds under a new key once nothing is wrong with it.",
            Source.Partner("Provision Resource"), Level.Required, NewKeyAfterRefusal),
    ];

    private static IEnumerable<ConformanceCase> Of(Repeatable one)
    {
        yield return New("twice", $"What comes twice under one key, here {one.Words}, happens once and gives the same.", one.Level, Twice);
        yield return New("whole-answer", $"The answer to the repetition of {one.Words} is the first answer, word for word.", Level.Recommended, WholeAnswer);
        yield return New("five-at-once", $"Five duplicates at the same moment, here of {one.Words}, happen once: each answer is the same or 409.",
            one.Level, FiveAtOnce);
        yield return New("after-hang-up", $"Whoever asked for {one.Words} and hung up gets it by asking again with the same key, once.",
            one.Level, AfterHangUp);
        yield return New("hours-later", $"Hours later, a repetition of {one.Words} under its key still is a repetition.", Level.Recommended, HoursLater) with
        {
            Needs = one.Needs | Need.VirtualTime,
        };
        yield return New("of-another-installation", $"The key of {one.Words} is another one when it comes from another installation.",
            Level.Required, OfAnotherInstallation);

        ConformanceCase New(string name, string rule, Level level, Func<Trial, Repeatable, Task> play) =>
            new($"idempotency/{one.Name}/{name}", rule, name is "twice" or "whole-answer" ? one.Source : Lost, level, trial => play(trial, one))
            {
                Of = one.Of, Needs = one.Needs,
            };
    }

    private static async Task Twice(Trial trial, Repeatable one)
    {
        var repetition = await one.Prepare(trial);
        var under = Key(trial);
        var first = await Succeed(trial, repetition, under);
        ExpectSame(trial, repetition, first, await Succeed(trial, repetition, under));
        await repetition.ExpectOneEffect(first);
    }

    private static async Task WholeAnswer(Trial trial, Repeatable one)
    {
        var repetition = await one.Prepare(trial);
        var under = Key(trial);
        var first = await Succeed(trial, repetition, under);
        var second = await Succeed(trial, repetition, under);
        trial.Expect(first.Status == second.Status, $"{first.Status} again", $"{second.Status}");
        trial.Expect(
            first.Json is { } one1 && second.Json is { } two ? JsonElement.DeepEquals(one1, two) : first.Body == second.Body, "the same body", "another one");
    }

    private static async Task FiveAtOnce(Trial trial, Repeatable one)
    {
        var repetition = await one.Prepare(trial);
        var under = Key(trial);
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => repetition.Make(under)));
        var after = await Succeed(trial, repetition, under);
        foreach (var answer in answers.Where(answer => answer.Status != 409))
        {
            trial.ExpectSuccess(answer);
            ExpectSame(trial, repetition, after, answer);
        }

        await repetition.ExpectOneEffect(after);
    }

    private static async Task AfterHangUp(Trial trial, Repeatable one)
    {
        var repetition = await one.Prepare(trial);
        var under = Key(trial);
        foreach (var patience in Repetition.Patiences)
        {
            await repetition.Make(under with { HangsUpAfter = patience });
        }

        // What was left unanswered may still be under way.
        var first = await trial.Eventually("the repetition is answered", () => repetition.Make(under), answer => answer.Status != 409);
        trial.ExpectSuccess(first);
        ExpectSame(trial, repetition, first, await Succeed(trial, repetition, under));
        await repetition.ExpectOneEffect(first);
    }

    private static async Task HoursLater(Trial trial, Repeatable one)
    {
        var repetition = await one.Prepare(trial);
        var under = Key(trial);
        var first = await Succeed(trial, repetition, under);
        await trial.Advance(TimeSpan.FromHours(3));
        ExpectSame(trial, repetition, first, await Succeed(trial, repetition, under));
        await repetition.ExpectOneEffect(first);
    }

    private static async Task OfAnotherInstallation(Trial trial, Repeatable one)
    {
        var (repetition, others) = (await one.Prepare(trial), await one.Prepare(trial));
        var under = Key(trial);
        var first = await Succeed(trial, repetition, under);
        var other = await Succeed(trial, others, under);
        if (one.GivesWhatIsUnique)
        {
            trial.Expect(!Same(repetition.Essence(first), others.Essence(other)), "its own answer", "the answer of the other installation");
        }

        await others.ExpectOneEffect(other);
        await repetition.ExpectOneEffect(first);
    }

    private static async Task UninstallTwice(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var under = Key(trial);
        trial.ExpectSuccess(await trial.Customer.Uninstall(tenant.InstallationId, trial.Cancel, under));
        trial.ExpectSuccess(await trial.Customer.Uninstall(tenant.InstallationId, trial.Cancel, under));
    }

    private static async Task OtherBody(Trial trial)
    {
        var (product, plan) = await trial.Roomy();
        var installationId = await trial.NewInstallation();
        var under = Key(trial);
        trial.ExpectSuccess(await trial.Customer.Provision(installationId, product.Id, "one", plan.Id, product.Metadata, trial.Cancel, under));
        var other = await trial.Customer.Provision(installationId, product.Id, "another", plan.Id, product.Metadata, trial.Cancel, under);
        if (other.IsSuccess)
        {
            trial.Expect(other.Json?.OptionalText("name") == "another", "a refusal, or a resource of that name", "the resource of the first body");
        }
        else
        {
            trial.ExpectTurnedDown(other);
        }
    }

    private static async Task OtherOperation(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        var under = Key(trial);
        var provisioned = await trial.Customer.Provision(installationId, product.Id, "one", product.Plan.Id, product.Metadata, trial.Cancel, under);
        trial.ExpectSuccess(provisioned);
        var tenant = trial.Tenant(installationId, provisioned, product, product.Plan);
        await trial.Ready(tenant);
        var renamed = await trial.Customer.Rename(installationId, tenant.ResourceId, "renamed", trial.Cancel, under);
        if (renamed.IsSuccess)
        {
            trial.Expect(Trial.Secrets(renamed).IsEmpty, "an answer of its own", "the secrets of the provisioning");
            trial.Expect((await trial.Read(tenant)).OptionalText("name") == "renamed", "a refusal, or the new name", "success, and the old name");
        }
        else
        {
            trial.ExpectTurnedDown(renamed);
        }
    }

    private static async Task OtherInvoice(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var under = Key(trial);
        var first = await trial.Customer.Purchase(tenant.InstallationId, tenant.ResourceId, amount, trial.Cancel, under);
        var before = trial.Total(first.Exchange!, tenant.ResourceId);
        var second = (await trial.Customer.Purchase(tenant.InstallationId, tenant.ResourceId, amount, trial.Cancel, under)).Exchange!;
        if (second.IsSuccess)
        {
            var total = trial.Total(second, tenant.ResourceId);
            trial.Expect(total == before + amount, $"a refusal, or {before + amount:0.00}", $"success, and {total:0.00}");
        }
        else
        {
            trial.ExpectTurnedDown(second);
        }
    }

    private static async Task NoKey(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var call = PartnerCalls.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.AdminToken(tenant.InstallationId));
        trial.ExpectSuccess(await trial.Send(call with { Bend = request => request.Headers.Remove("Idempotency-Key") }));
    }

    private static async Task NewKeyAfterRefusal(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        var refused = await trial.Customer.Provision(installationId, product.Id, "again", "no-such-plan", product.Metadata, trial.Cancel);
        trial.ExpectTurnedDown(refused);
        await trial.NewResource(installationId, product, product.Plan, "again");
    }

    private static CallOptions Key(Trial trial) => new(IdempotencyKey: trial.NewKey());

    private static async Task<Exchange> Succeed(Trial trial, Repetition repetition, CallOptions under)
    {
        var exchange = await repetition.Make(under);
        trial.ExpectSuccess(exchange);
        return exchange;
    }

    private static void ExpectSame(Trial trial, Repetition repetition, Exchange first, Exchange again)
    {
        var (one, other) = (repetition.Essence(first), repetition.Essence(again));
        trial.Expect(
            Same(one, other), $"the repetition gives the same {string.Join(", ", one.Keys)}",
            $"another {string.Join(", ", one.Keys.Union(other.Keys).Where(name => one.GetValueOrDefault(name) != other.GetValueOrDefault(name)))}");
    }

    private static bool Same(ImmutableSortedDictionary<string, string> one, ImmutableSortedDictionary<string, string> other) => one.SequenceEqual(other);
}
