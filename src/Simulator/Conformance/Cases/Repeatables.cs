using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using static Marketplace.Simulator.Conformance.Cases.Repetition;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Every operation that changes something, as it can be made twice.</summary>
internal static class Repeatables
{
    public static readonly ImmutableArray<Repeatable> All =
    [
        new("upsert-installation", "an installation", Source.Partner("Upsert Installation"), Level.Required, Upsert),
        new("update-installation", "a change of the plan of an installation", Source.Partner("Update Installation"), Level.Required, UpdateInstallation)
        {
            Of = PartnerOperation.UpdateInstallation,
        },
        new("provision", "a provisioning", Source.Partner("Provision Resource"), Level.Required, Provision) { GivesWhatIsUnique = true },
        new("update-resource", "an update of a resource", Source.Partner("Update Resource"), Level.Required, UpdateResource)
        {
            Of = PartnerOperation.UpdateResource, GivesWhatIsUnique = true,
        },
        new("delete-resource", "a deletion of a resource", Source.Partner("Delete Resource"), Level.Required, DeleteResource),
        new("rotate", "a rotation of secrets", Source.Partner("Request Secrets Rotation"), Level.Required, Rotate)
        {
            Of = PartnerOperation.RotateSecrets, GivesWhatIsUnique = true,
        },
        new("purchase", "a purchase", Source.Partner("Provision Purchase"), Level.Required, Purchase)
        {
            Of = PartnerOperation.ProvisionPurchase, Needs = Need.PrepaymentPlan,
        },
        new("offer-transfer", "an offer of a transfer", Source.Partner("Create Resources Transfer Request"), Level.Recommended, OfferTransfer)
        {
            Of = PartnerOperation.CreateTransfer, GivesWhatIsUnique = true,
        },
        new("accept-transfer", "an acceptance of a transfer", Source.Partner("Accept Resources Transfer Request"), Level.Required, AcceptTransfer)
        {
            Of = PartnerOperation.AcceptTransfer,
        },
    ];

    private static async Task<Repetition> Upsert(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var body = trial.Customer.UpsertBody(tenant.InstallationId);
        return new(options => trial.Send(PartnerCalls.UpsertInstallation(tenant.InstallationId, body, trial.AdminToken(tenant.InstallationId)) with
        {
            IdempotencyKey = options.IdempotencyKey, HangsUpAfter = options.HangsUpAfter,
        }))
        {
            ExpectOneEffect = async _ => await trial.Read(tenant),
        };
    }

    private static async Task<Repetition> UpdateInstallation(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var plan = await trial.OtherPlanOfAll(installationId);
        return new(options => trial.Customer.ChangeInstallationPlan(installationId, plan.Id, trial.Cancel, options))
        {
            Essence = exchange => Facts(("plan", exchange.Json?.Optional("billingPlan")?.OptionalText("id"))),
        };
    }

    private static async Task<Repetition> Provision(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        return new(options => trial.Customer.Provision(installationId, product.Id, "repeated", product.Plan.Id, product.Metadata, trial.Cancel, options))
        {
            Essence = exchange => Facts([("id", exchange.Json?.OptionalText("id")), .. SecretFacts(exchange)]),
            ExpectOneEffect = async first =>
            {
                await trial.Ready(trial.Tenant(installationId, first, product, product.Plan));
                var listed = await trial.Listed(installationId);
                trial.Expect(listed is null or { Count: 1 }, "the installation has one resource", $"it has {listed?.Count}");
            },
        };
    }

    private static async Task<Repetition> UpdateResource(Trial trial)
    {
        var tenant = await trial.NewTenant();
        return new(options => trial.Customer.Rename(tenant.InstallationId, tenant.ResourceId, "renamed", trial.Cancel, options))
        {
            Essence = exchange => Facts(("id", exchange.Json?.OptionalText("id")), ("name", exchange.Json?.OptionalText("name"))),
            ExpectOneEffect = async _ => trial.Expect(
                (await trial.Read(tenant)).OptionalText("name") == "renamed", "the resource has its new name", "it has another one"),
        };
    }

    private static async Task<Repetition> DeleteResource(Trial trial)
    {
        var tenant = await trial.NewTenant();
        return new(options => trial.Customer.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel, options))
        {
            ExpectOneEffect = _ => trial.ExpectGone(tenant.InstallationId, tenant.ResourceId),
        };
    }

    /// <summary>Secrets that come later come once: those that Vercel got first are still those that it has at the end.</summary>
    private static async Task<Repetition> Rotate(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var before = trial.Secrets(tenant);
        return new(options => trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, 1, trial.Cancel, options))
        {
            Essence = exchange => Facts(
                [("sync", exchange.Json?.OptionalFlag("sync") is { } sync ? $"{sync}" : null), .. SecretFacts(exchange)]),
            ExpectOneEffect = async first =>
            {
                await trial.Eventually("new secrets are there", () => trial.Secrets(tenant), secrets => !Trial.AreSame(before, secrets));
                var given = Trial.Secrets(first);
                trial.Expect(
                    given.IsEmpty || Trial.AreSame(given, trial.Secrets(tenant)), "the secrets are those of the first answer", "they are others");
                if (trial.Offer.Has.HasFlag(Need.SecretProbe))
                {
                    await trial.ExpectOpen(trial.Secrets(tenant), "the secrets of the answer");
                }
            },
        };
    }

    private static async Task<Repetition> Purchase(Trial trial)
    {
        var (tenant, amount) = await trial.NewPrepaidTenant();
        var invoice = trial.Customer.Charge(tenant.InstallationId, trial.Customer.Order(tenant.InstallationId, tenant.ResourceId, amount).Id);
        return new(options => trial.Customer.ProvisionPurchase(tenant.InstallationId, invoice.Id, trial.Cancel, options))
        {
            Essence = exchange => Facts(("total", $"{trial.Total(exchange, tenant.ResourceId):0.00}")),
            ExpectOneEffect = async first =>
            {
                var total = await trial.Buy(tenant, amount);
                var credited = total - amount;
                trial.Expect(
                    Math.Abs(credited - trial.Total(first, tenant.ResourceId)) < 0.01m, "the purchase is credited once",
                    $"it is worth {credited:0.00} instead of {trial.Total(first, tenant.ResourceId):0.00}");
            },
        };
    }

    private static async Task<Repetition> OfferTransfer(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var body = new JsonObject
        {
            ["resourceIds"] = new JsonArray(tenant.ResourceId),
            ["expiresAt"] = (trial.Now + TimeSpan.FromHours(12)).ToUnixTimeMilliseconds(),
        };
        return new(options => trial.Send(PartnerCalls.CreateTransfer(tenant.InstallationId, body, trial.SystemToken(tenant.InstallationId)) with
        {
            IdempotencyKey = options.IdempotencyKey, HangsUpAfter = options.HangsUpAfter,
        }))
        {
            Essence = exchange => Facts(("providerClaimId", exchange.Json?.OptionalText("providerClaimId"))),
            ExpectOneEffect = async _ => await trial.Read(tenant),
        };
    }

    private static async Task<Repetition> AcceptTransfer(Trial trial)
    {
        var source = await trial.NewTenant();
        var targetId = await trial.NewInstallation();
        var offered = await trial.Customer.OfferTransfer(source.InstallationId, [source.ResourceId], trial.Cancel);
        trial.ExpectSuccess(offered);
        var claimId = offered.Json!.Value.GetProperty("providerClaimId").GetString()!;
        var verified = await trial.Customer.VerifyTransfer(targetId, claimId, trial.Cancel);
        trial.ExpectSuccess(verified);
        return new(options => trial.Customer.AcceptTransfer(
            source.InstallationId, targetId, [source.ResourceId], claimId, verified, trial.Cancel, options))
        {
            ExpectOneEffect = async _ =>
            {
                await trial.Read(source with { InstallationId = targetId });
                await trial.ExpectGone(source.InstallationId, source.ResourceId);
            },
        };
    }

    private static IEnumerable<(string Name, string? Value)> SecretFacts(Exchange exchange) =>
        Trial.Secrets(exchange).Select(secret => ($"the secret {secret.Name}", (string?)secret.Value));
}
