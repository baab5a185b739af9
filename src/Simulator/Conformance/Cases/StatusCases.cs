using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>What a provider tells Vercel, what it answers when it is asked, and what it has: all the same. Source: contract §B.2, D.4, D.5.</summary>
internal static class StatusCases
{
    private static readonly Source Read = Source.Partner("Get Resource");

    private static readonly Source Event = Source.Vercel("Create Event");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        Case("provisioned", "A resource that was provisioned is read as it was answered.", trial => Agrees(trial, (_, _) => Task.CompletedTask)),
        Case("renamed", "A resource that was renamed is read under its new name.", async trial => await Agrees(trial, Rename)) with { Of = PartnerOperation.UpdateResource },
        Case("plan", "A resource that has changed its plan is read with the new one.", PlanAgrees) with { Of = PartnerOperation.UpdateResource, Needs = Need.TwoPlans },
        Case("rotated", "A resource whose secrets were rotated is read as it was before.", async trial => await Agrees(trial, Rotate)) with { Of = PartnerOperation.RotateSecrets },
        Case("again", "A resource is read the same, however often it is read.", ReadsTheSame),
        Case("no-secrets", "Whoever reads a resource sees no secrets.", NoSecrets),
        new("status/events", "What an event announces is there when Vercel reads it.", Event, Level.Required, ReadAfterEvents)
        {
            Needs = Need.VirtualTime, TimeLimit = MonthCase.Playing,
        },
    ];

    private static ConformanceCase Case(string name, string rule, Func<Trial, Task> play) =>
        new($"status/{name}", rule, Read, Level.Required, play) { Of = PartnerOperation.GetResource };

    private static async Task Agrees(Trial trial, Func<Trial, Tenant, Task> change)
    {
        var tenant = await trial.NewTenant();
        await change(trial, tenant);
        await ExpectAgreement(trial, tenant);
    }

    /// <summary>Vercel's view is by what it was told. Both may change meanwhile, so that they agree in the end.</summary>
    private static Task ExpectAgreement(Trial trial, Tenant tenant) => trial.Eventually(
        "what Vercel was told is what is read",
        async () =>
        {
            var read = await trial.Send(PartnerCalls.GetResource(tenant.InstallationId, tenant.ResourceId, trial.SystemToken(tenant.InstallationId)));
            trial.ExpectSuccess(read);
            var known = trial.Resource(tenant);
            var (told, answered) = (
                $"{known.Name}, {known.Status}, {known.BillingPlanId}, {Notification(known.Notification)}",
                Text(read.Json!.Value));
            return told == answered ? "" : $"told {told}; read {answered}";
        },
        difference => difference.Length == 0);

    private static string Text(JsonElement read) =>
        $"{read.OptionalText("name")}, {read.OptionalText("status")}, {read.Optional("billingPlan")?.OptionalText("id")}, {Notification(read.Optional("notification"))}";

    private static string Notification(JsonElement? notification) =>
        notification is { ValueKind: JsonValueKind.Object } shown ? $"{shown.OptionalText("level")} {shown.OptionalText("title")}" : "no notification";

    private static async Task Rename(Trial trial, Tenant tenant)
    {
        trial.ExpectSuccess(await trial.Customer.Rename(tenant.InstallationId, tenant.ResourceId, "renamed", trial.Cancel));
        trial.Expect(trial.Resource(tenant).Name == "renamed", "the new name in the answer", trial.Resource(tenant).Name);
    }

    private static async Task Rotate(Trial trial, Tenant tenant) =>
        trial.ExpectSuccess(await trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, delayHours: 1, trial.Cancel));

    private static async Task PlanAgrees(Trial trial)
    {
        var product = trial.Offer.Products.Find(product => product.Other(product.Plan) is not null)!;
        var tenant = await trial.NewTenant(product, product.Plan);
        var other = product.Other(product.Plan)!;
        var changed = await trial.Customer.ChangePlan(tenant.InstallationId, tenant.ResourceId, other.Id, trial.Cancel);
        trial.ExpectSuccess(changed);
        trial.Expect(
            changed.Json!.Value.Optional("billingPlan")?.OptionalText("id") == other.Id, $"the plan {other.Id} in the answer, also where it takes hold later",
            $"{changed.Json!.Value.Optional("billingPlan")?.OptionalText("id")}");
        await ExpectAgreement(trial, tenant);
    }

    private static async Task ReadsTheSame(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        var call = PartnerCalls.GetResource(tenant.InstallationId, tenant.ResourceId, trial.SystemToken(tenant.InstallationId));
        var reads = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => trial.Send(call)));
        foreach (var read in reads)
        {
            trial.ExpectSuccess(read);
            trial.Expect(Text(read.Json!.Value) == Text(reads[0].Json!.Value), Text(reads[0].Json!.Value), Text(read.Json!.Value));
        }
    }

    private static async Task NoSecrets(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        var read = await trial.Customer.GetResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel);
        trial.ExpectSuccess(read);
        var shown = trial.Resource(tenant).Secrets.Find(secret => secret.Value.Length > 8 && read.Body.Contains(JsonValue.Create(secret.Value)!.ToJsonString().Trim('"'), StringComparison.Ordinal));
        trial.Expect(shown is null, "no value of a secret", $"the value of {shown?.Name}");
    }

    /// <summary>Calls that Vercel made by itself in the month, because an event had told of something.</summary>
    private static async Task ReadAfterEvents(Trial trial)
    {
        var month = await Arrears.Month(trial);
        var failed = month.Installations.SelectMany(one => one.FailedCalls).FirstOrDefault(call => call.Operation is "Get Resource" or "Get Installation");
        trial.Expect(failed is null, "every read succeeds as documented", failed is null ? "" : Trial.Told(failed));
    }
}
