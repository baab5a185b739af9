using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>What a provider hears by webhook: taken from Vercel alone, at once, and with one effect. Source: contract §F.</summary>
internal static class WebhookCases
{
    /// <summary>Of what no provider can know.</summary>
    private const string UnknownType = "marketplace.conformance.unheard-of";

    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(1);

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        Case("acknowledged", "A webhook with a good signature is answered with 2xx.", Level.Required, Acknowledged),
        Case("prompt", "A webhook is stored and acknowledged, and worked off later: the answer comes within a second.", Level.Recommended, AcknowledgedPromptly),
        .. WebhookSignatureCases.All,
        .. WebhookSamples.All.Keys.Select(type => Case(
            $"types/{Slug(type)}", $"A webhook of the type {type} is acknowledged.", Level.Required, trial => Acknowledged(trial, type))),
        .. WebhookSamples.All.Keys.Select(type => Case(
            $"types/{Slug(type)}/unknown-installation", $"A webhook of the type {type} about an installation that the provider does not know is acknowledged.", Level.Recommended,
            trial => AcknowledgedOfNobody(trial, type))),
        Case("unknown-type", "A type that nobody knows yet is acknowledged.", Level.Required, UnknownTypes),
        Case("unknown-fields", "Fields that nobody knows yet, and those that are no longer used, do no harm.", Level.Required, UnknownFields),
        Case("old", "What Vercel repeats for a day is taken when it is a day old.", Level.Recommended, AcknowledgedLate),
        Case("large", "A webhook of a quarter of a megabyte is acknowledged.", Level.Recommended, Large),
        Case("twice", "The same webhook twice is acknowledged twice.", Level.Required, TakenTwice),
        Case("twice-at-once", "The same webhook many times at once is acknowledged every time.", Level.Required, TakenAtOnce),
        Case("twice-credits-once", "Credit that was bought is given once, however often and in whatever order its webhooks come.", Level.Required, CreditedOnce)
            with { Needs = Need.Webhook | Need.PrepaymentPlan, Of = PartnerOperation.ProvisionPurchase },
        Case("any-order", "Webhooks in another order than the one in which things happened are acknowledged, and leave the resource as it is.", Level.Required, AnyOrder),
        .. from broken in (ImmutableArray<(string Id, string What, string Body)>)
            [
                ("no-json", "No JSON at all", "{\"id\":"),
                ("empty", "An empty body", ""),
                ("list", "A list", "[]"),
                ("null", "A null", "null"),
                ("text", "A text", "\"webhook\""),
                ("no-id", "An object without id and type", "{\"payload\":{}}"),
                ("null-payload", "A webhook whose payload is null", "{\"id\":\"evt_conformance_null\",\"type\":\"marketplace.invoice.paid\",\"createdAt\":1,\"region\":null,\"payload\":null}"),
                ("odd-payload", "A webhook whose payload is a list", "{\"id\":\"evt_conformance_list\",\"type\":\"marketplace.member.changed\",\"createdAt\":1,\"region\":null,\"payload\":[1]}"),
            ]
            select Case($"malformed/{broken.Id}", $"{broken.What} with a good signature is no fault of the server.", Level.Recommended,
                trial => NoFault(trial, broken.Body)),
        Case("get", "Whoever opens the webhook URL in a browser meets no fault of the server.", Level.Informational, Opened),
    ];

    /// <summary>Every case about webhooks needs their URL.</summary>
    internal static ConformanceCase Case(string name, string rule, Level level, Func<Trial, Task> play) =>
        new($"webhooks/{name}", rule, Source.Webhooks, level, play) { Needs = Need.Webhook };

    private static string Slug(string type) => type.Replace('.', '-');

    private static async Task Acknowledged(Trial trial) => trial.ExpectAcknowledged(
        await trial.Deliver(trial.NewWebhook("integration-resource.project-connected", WebhookSamples.Connected(await trial.SharedTenant(), trial.Now))));

    private static async Task AcknowledgedPromptly(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        // The first call of a process may be slow for reasons of its own.
        await trial.Deliver(trial.NewWebhook("integration-resource.project-connected", WebhookSamples.Connected(tenant, trial.Now)));
        var attempt = await trial.Deliver(trial.NewWebhook("integration-resource.project-connected", WebhookSamples.Connected(tenant, trial.Now)));
        trial.ExpectAcknowledged(attempt);
        trial.Expect(attempt.Elapsed < Prompt, "an answer within a second", $"{attempt.Elapsed.TotalSeconds:0.0} s");
    }

    private static async Task Acknowledged(Trial trial, string type)
    {
        var victim = await trial.SharedVictim();
        trial.ExpectAcknowledged(await trial.Deliver(trial.NewWebhook(type, WebhookSamples.All[type](victim, trial.Now))));
    }

    private static async Task AcknowledgedOfNobody(Trial trial, string type)
    {
        var nobody = new Tenant("00000000000000000000000b", "icfg_conformanceOfNobody", "resource-of-nobody", "product-of-nobody", "plan-of-nobody");
        trial.ExpectAcknowledged(await trial.Deliver(trial.NewWebhook(type, WebhookSamples.All[type](nobody, trial.Now))));
    }

    private static async Task UnknownTypes(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        trial.ExpectAcknowledged(await trial.Deliver(trial.NewWebhook(UnknownType, WebhookSamples.Connected(tenant, trial.Now))));
        trial.ExpectAcknowledged(await trial.Deliver(trial.NewWebhook(UnknownType, [])));
    }

    private static async Task UnknownFields(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        var payload = WebhookSamples.Connected(tenant, trial.Now);
        payload["user"] = new JsonObject { ["id"] = "user_conformance" };
        payload["integrations"] = new JsonArray(new JsonObject { ["id"] = "oac_conformance" });
        payload["installationIds"] = new JsonArray(tenant.InstallationId);
        payload["unheardOf"] = new JsonObject { ["deep"] = new JsonArray(1, "two", null) };
        var webhook = trial.NewWebhook("integration-resource.project-connected", payload);
        webhook["region"] = "iad1";
        webhook["unheardOf"] = true;
        trial.ExpectAcknowledged(await trial.Deliver(webhook));
    }

    private static async Task AcknowledgedLate(Trial trial)
    {
        var webhook = trial.NewWebhook("integration-resource.project-connected", WebhookSamples.Connected(await trial.SharedTenant(), trial.Now));
        webhook["createdAt"] = trial.Now.AddHours(-23.5).ToUnixTimeMilliseconds();
        trial.ExpectAcknowledged(await trial.Deliver(webhook));
    }

    private static async Task Large(Trial trial)
    {
        var payload = WebhookSamples.Connected(await trial.SharedTenant(), trial.Now);
        payload["installationIds"] = new JsonArray([.. Enumerable.Range(0, 8_000).Select(number => JsonValue.Create($"icfg_conformanceNumber{number:D10}"))]);
        trial.ExpectAcknowledged(await trial.Deliver(trial.NewWebhook("integration-resource.project-connected", payload)));
    }

    private static async Task TakenTwice(Trial trial)
    {
        var webhook = trial.NewWebhook("integration-resource.project-connected", WebhookSamples.Connected(await trial.SharedTenant(), trial.Now));
        trial.ExpectAcknowledged(await trial.Deliver(webhook));
        trial.ExpectAcknowledged(await trial.Deliver(webhook));
    }

    private static async Task TakenAtOnce(Trial trial)
    {
        var body = trial.NewWebhook("integration-resource.project-connected", WebhookSamples.Connected(await trial.SharedTenant(), trial.Now)).ToJsonString();
        foreach (var attempt in await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => trial.Deliver(body))))
        {
            trial.ExpectAcknowledged(attempt);
        }
    }

    /// <summary>The webhooks of the first purchase come in reverse and twice; the second purchase says what was made of them.</summary>
    private static async Task CreditedOnce(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        trial.Customer.HoldWebhooks();
        trial.Vercel.WebhookDisturbances.Add(new WebhookRule(new WebhookDisturbance.Twice(), "marketplace.invoice."));
        var first = await trial.Buy(tenant, amount);
        trial.Customer.ReleaseWebhooksReversed();
        await trial.Settle();
        var second = await trial.Buy(tenant, amount);
        trial.Expect(
            second - first <= amount, $"the second purchase of {Wire.Text(amount)} adds as much", $"{Wire.Text(first)}, and then {Wire.Text(second)}");
    }

    private static async Task AnyOrder(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var before = trial.Resource(tenant).Status;
        var project = trial.Customer.CreateProject(tenant.AccountId, "any-order");
        trial.Customer.HoldWebhooks();
        trial.Customer.Connect(tenant.InstallationId, tenant.ResourceId, project.Id, customPrefix: "ORDERED");
        trial.Customer.Disconnect(tenant.InstallationId, tenant.ResourceId, project.Id);
        trial.Customer.Connect(tenant.InstallationId, tenant.ResourceId, project.Id, customPrefix: "ORDERED");
        var person = trial.Customer.AddMember(tenant.AccountId, Tokens.PersonRole.User, "Olga Order", "olga@order.example");
        trial.Customer.RemoveMember(tenant.AccountId, person.UserId);
        var sent = trial.Vercel.State.Webhooks.FindAll(webhook => webhook.Body.Contains(tenant.InstallationId, StringComparison.Ordinal));
        trial.Customer.ReleaseWebhooksReversed();
        await trial.Settle();

        var undelivered = trial.Vercel.State.Webhooks.FindAll(webhook => sent.Exists(one => one.Id == webhook.Id) && !webhook.IsDelivered);
        trial.Expect(undelivered.IsEmpty, $"all {sent.Count} are acknowledged", string.Join(", ", undelivered.Select(webhook => webhook.Type)));
        var read = await trial.Customer.GetResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel);
        trial.ExpectSuccess(read);
        trial.Expect(trial.Resource(tenant).Status == before, $"the resource is {before}", trial.Resource(tenant).Status);
    }

    private static async Task NoFault(Trial trial, string body)
    {
        var attempt = await trial.Deliver(body);
        trial.Expect(attempt.Status is >= 200 and < 500, "2xx or 4xx", Trial.Told(attempt));
    }

    private static async Task Opened(Trial trial)
    {
        using var browser = new Visitor(trial);
        var visit = await browser.Open(trial.Vercel.Webhook!);
        trial.Expect(visit.Status < 500, "no 5xx", $"{visit.Status}");
    }
}
