using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>What is answered when everything is right. Source: contract §B, §C.1 to §C.4.</summary>
internal static class AnswerCases
{
    private static readonly Source Provision = Source.Partner("Provision Resource");
    private static readonly Source Get = Source.Partner("Get Resource");
    private static readonly Source Update = Source.Partner("Update Resource");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. CalledOperation.All.Select(operation => new ConformanceCase(
            $"answers/{operation.Name}/as-documented", $"{operation.Title} succeeds with a documented status, type and body.", operation.Source,
            Level.Required, async trial => AcceptedCallerCases.ExpectLetIn(trial, await operation.Succeed(trial, CallOptions.Default)))
        {
            Of = operation.Operation,
            Needs = operation.Needs,
        }),
        // Provisioning has a case of its own among the resources.
        .. CalledOperation.All.Where(operation => operation.Operation != PartnerOperation.ProvisionResource).Select(operation => new ConformanceCase(
            $"answers/{operation.Name}/soon", $"{operation.Title} is answered within ten seconds: somebody waits for it.",
            Source.Experience("a dashboard waits for a provider"), Level.Informational, trial => AnswersSoon(trial, operation))
        {
            Of = operation.Operation,
            Needs = operation.Needs,
        }),
        new("answers/provision-resource/what-was-asked", "A new resource has the name, the product and the plan that were asked for.", Provision,
            Level.Required, trial => EachProduct(trial, TellsWhatWasAsked)),
        new("answers/provision-resource/metadata", "A new resource has the metadata that the customer filled in.", Provision, Level.Required,
            trial => EachProduct(trial, TellsMetadata)),
        new("answers/provision-resource/plan", "A new resource comes with its plan, unless the whole installation has one.", Provision, Level.Required,
            trial => EachProduct(trial, TellsPlan)),
        new("answers/provision-resource/status", "A new resource is ready, or is on its way to be.", Provision, Level.Required,
            trial => EachProduct(trial, IsOnItsWay)),
        new("answers/provision-resource/secret-names", "Secrets have names that an environment variable can have, each once.", Provision, Level.Required,
            trial => EachProduct(trial, NamesSecretsWell)),
        new("answers/provision-resource/ids-differ", "Two resources have two ids.", Provision, Level.Required, HasIdsOfItsOwn),
        new("answers/get-resource/what-was-provisioned", "A resource is read as it was provisioned: id, name, product, metadata and plan.", Get,
            Level.Required, ReadsWhatWasProvisioned) { Of = PartnerOperation.GetResource },
        new("answers/get-resource/no-secrets", "A resource is read without its secrets.", Get, Level.Required, trial => TellsNoSecrets(trial, Reads))
        {
            Of = PartnerOperation.GetResource,
        },
        new("answers/get-resource/same-twice", "A resource that nobody changes is read alike twice.", Get, Level.Recommended, ReadsAlike)
        {
            Of = PartnerOperation.GetResource,
        },
        new("answers/update-resource/no-secrets", "An update is answered without the secrets of the resource.", Update, Level.Required,
            trial => TellsNoSecrets(trial, Renames)) { Of = PartnerOperation.UpdateResource },
        new("answers/update-resource/metadata", "A resource takes the metadata that it has once more, and tells it.", Update, Level.Required, TakesMetadata)
        {
            Of = PartnerOperation.UpdateResource,
        },
        new("answers/update-resource/leaves-the-rest", "An update of the name leaves metadata, plan and status as they are.", Update, Level.Required,
            LeavesTheRest) { Of = PartnerOperation.UpdateResource },
        new("answers/update-resource/same-again", "An update to what is there already succeeds.", Update, Level.Required, UpdatesToTheSame)
        {
            Of = PartnerOperation.UpdateResource,
        },
        new("answers/delete-resource/empty", "A resource is deleted with 204 and an empty body.", Source.Partner("Delete Resource"), Level.Required,
            async trial => ExpectEmpty(trial, await SuccessfulCalls.DeleteResource(trial, CallOptions.Default))),
        new("answers/accept-transfer/empty", "A transfer is accepted with 204 and an empty body.", Source.Partner("Accept Resources Transfer Request"),
            Level.Required, async trial => ExpectEmpty(trial, await SuccessfulCalls.AcceptTransfer(trial, CallOptions.Default)))
        {
            Of = PartnerOperation.AcceptTransfer,
        },
        new("answers/rotate-secrets/same-names", "A rotation that answers with secrets names each as it was named before.", Source.SecretRotation,
            Level.Required, trial => Rotates(trial, SameNames)) { Of = PartnerOperation.RotateSecrets },
        new("answers/rotate-secrets/new-values", "A rotation that answers with secrets has changed at least one of them.", Source.SecretRotation,
            Level.Required, trial => Rotates(trial, NewValues)) { Of = PartnerOperation.RotateSecrets },
        new("answers/get-installation/same-as-upsert", "An installation is read with the plan and the notification that the upsert told.",
            Source.Partner("Get Installation"), Level.Required, ReadsInstallation) { Of = PartnerOperation.GetInstallation },
        new("answers/upsert-installation/no-secrets", "An upsert is not answered with the access token.", Source.Experience("answers are logged"),
            Level.Required, KeepsTheToken),
    ];

    private static async Task EachProduct(Trial trial, Action<Trial, OfferedProduct, JsonElement> look)
    {
        foreach (var product in trial.Offer.Products)
        {
            look(trial, product, (await Provisioned(trial, product)).Answer);
        }
    }

    private static async Task<(string InstallationId, JsonElement Answer)> Provisioned(Trial trial, OfferedProduct product)
    {
        var installationId = await trial.NewInstallation();
        var exchange = await trial.Customer.Provision(
            installationId, product.Id, "conformance-name", product.Plan.Id, product.Metadata, trial.Cancel);
        trial.ExpectSuccess(exchange);
        return (installationId, exchange.Json!.Value);
    }

    private static async Task AnswersSoon(Trial trial, CalledOperation operation)
    {
        var exchange = await operation.Succeed(trial, CallOptions.Default);
        trial.Expect(exchange.Elapsed < TimeSpan.FromSeconds(10), "an answer within ten seconds", $"one after {exchange.Elapsed.TotalSeconds:0.0} s");
    }

    private static void TellsWhatWasAsked(Trial trial, OfferedProduct product, JsonElement answer)
    {
        Same(trial, "name", "conformance-name", answer.OptionalText("name"));
        Same(trial, "productId", product.Id, answer.OptionalText("productId"));
        if (answer.Optional("billingPlan") is { } plan)
        {
            Same(trial, "billingPlan.id", product.Plan.Id, plan.OptionalText("id"));
        }
    }

    private static void TellsMetadata(Trial trial, OfferedProduct product, JsonElement answer) => ExpectMetadata(trial, product, answer);

    private static void TellsPlan(Trial trial, OfferedProduct product, JsonElement answer) => trial.Expect(
        product.Plan.IsForInstallation || answer.Optional("billingPlan") is not null, "a billingPlan in the answer", "none");

    private static void IsOnItsWay(Trial trial, OfferedProduct product, JsonElement answer) => trial.Expect(
        answer.OptionalText("status") is "ready" or "pending" or "onboarding", "the status ready, pending or onboarding", $"{answer.OptionalText("status")}");

    private static void NamesSecretsWell(Trial trial, OfferedProduct product, JsonElement answer)
    {
        var names = SecretsOf(answer).Keys;
        trial.Expect(
            SecretsOf(answer).Count == answer.GetProperty("secrets").GetArrayLength(), "each name once", string.Join(", ", names));
        trial.Expect(
            names.All(name => (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')),
            "names of letters, digits and _ that do not begin with a digit", string.Join(", ", names));
    }

    private static async Task HasIdsOfItsOwn(Trial trial)
    {
        var (_, one) = await Provisioned(trial, trial.Offer.Product);
        var (_, other) = await Provisioned(trial, trial.Offer.Product);
        trial.Expect(one.OptionalText("id") != other.OptionalText("id"), "two ids", "one id for both");
    }

    private static async Task ReadsWhatWasProvisioned(Trial trial)
    {
        foreach (var product in trial.Offer.Products)
        {
            var (installationId, made) = await Provisioned(trial, product);
            var read = await Read(trial, installationId, made);
            Same(trial, "id", made.OptionalText("id"), read.OptionalText("id"));
            Same(trial, "name", made.OptionalText("name"), read.OptionalText("name"));
            Same(trial, "productId", made.OptionalText("productId"), read.OptionalText("productId"));
            Same(trial, "billingPlan.id", made.Optional("billingPlan")?.OptionalText("id"), read.Optional("billingPlan")?.OptionalText("id"));
            ExpectMetadata(trial, product, read);
        }
    }

    private static async Task ReadsAlike(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        var (once, twice) = (await Reads(trial, tenant), await Reads(trial, tenant));
        trial.Expect(JsonNode.DeepEquals(Node(once), Node(twice)), "the same answer twice", "two that differ");
    }

    private static async Task TellsNoSecrets(Trial trial, Func<Trial, Tenant, Task<Exchange>> call)
    {
        var tenant = await trial.NewTenant();
        var exchange = await call(trial, tenant);
        trial.ExpectSuccess(exchange);
        trial.Expect(!exchange.Json!.Value.TryGetProperty("secrets", out _), "no secrets in the answer", "a field secrets");
        var told = trial.Resource(tenant).Secrets.Where(secret => secret.Value.Length >= 8 && exchange.Body.Contains(secret.Value, StringComparison.Ordinal));
        trial.Expect(!told.Any(), "no secret in the answer", $"the value of {string.Join(", ", told.Select(secret => secret.Name))}");
    }

    private static async Task TakesMetadata(Trial trial)
    {
        var product = trial.Offer.Product;
        var tenant = await trial.NewTenant();
        var updated = await trial.Customer.UpdateResource(
            tenant.InstallationId, tenant.ResourceId, new JsonObject { ["metadata"] = product.Metadata.DeepClone() }, trial.Cancel);
        trial.ExpectSuccess(updated);
        ExpectMetadata(trial, product, updated.Json!.Value);
    }

    private static async Task LeavesTheRest(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var before = await trial.Read(tenant);
        var renamed = await Renames(trial, tenant);
        trial.ExpectSuccess(renamed);
        var after = renamed.Json!.Value;
        Same(trial, "status", before.OptionalText("status"), after.OptionalText("status"));
        Same(trial, "billingPlan.id", before.Optional("billingPlan")?.OptionalText("id"), after.Optional("billingPlan")?.OptionalText("id"));
        trial.Expect(
            JsonNode.DeepEquals(Node(before.GetProperty("metadata")), Node(after.GetProperty("metadata"))), "the metadata that was there", "another");
    }

    private static async Task UpdatesToTheSame(Trial trial)
    {
        var tenant = await trial.NewTenant();
        trial.ExpectSuccess(await trial.Customer.Rename(tenant.InstallationId, tenant.ResourceId, "conformance", trial.Cancel));
        trial.ExpectSuccess(await trial.Customer.ChangePlan(tenant.InstallationId, tenant.ResourceId, tenant.PlanId, trial.Cancel));
    }

    private static async Task Rotates(Trial trial, Action<Trial, ImmutableDictionary<string, string>, ImmutableDictionary<string, string>> look)
    {
        var tenant = await trial.NewTenant();
        var before = trial.Resource(tenant).Secrets.ToImmutableDictionary(secret => secret.Name, secret => secret.Value);
        var rotated = await trial.Customer.Rotate(tenant.InstallationId, tenant.ResourceId, delayHours: 1, trial.Cancel);
        trial.ExpectSuccess(rotated);
        if (rotated.Json?.OptionalFlag("sync") != true)
        {
            throw trial.NotObserved("The rotation is done later, and its secrets come by a call of the provider's.");
        }

        look(trial, before, SecretsOf(rotated.Json.Value));
    }

    private static void SameNames(Trial trial, ImmutableDictionary<string, string> before, ImmutableDictionary<string, string> after) => trial.Expect(
        after.Keys.All(before.ContainsKey), $"no name but {string.Join(", ", before.Keys)}", string.Join(", ", after.Keys));

    private static void NewValues(Trial trial, ImmutableDictionary<string, string> before, ImmutableDictionary<string, string> after) => trial.Expect(
        before.IsEmpty || after.Any(secret => before.GetValueOrDefault(secret.Key) != secret.Value), "another value", "the values that were there");

    private static async Task ReadsInstallation(Trial trial)
    {
        var (installationId, upserted) = await trial.Customer.Install(trial.NewTeam().AccountId, trial.Cancel);
        try
        {
            trial.ExpectSuccess(upserted);
            var read = await trial.Customer.GetInstallation(installationId, trial.Cancel);
            trial.ExpectSuccess(read);
            Same(trial, "billingPlan.id", upserted.Json?.Optional("billingPlan")?.OptionalText("id"), read.Json?.Optional("billingPlan")?.OptionalText("id"));
            Same(trial, "notification.title", upserted.Json?.Optional("notification")?.OptionalText("title"), read.Json?.Optional("notification")?.OptionalText("title"));
        }
        finally
        {
            await trial.Customer.Uninstall(installationId, trial.Cancel);
        }
    }

    private static async Task KeepsTheToken(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var again = await trial.Customer.InstallAgain(installationId, trial.Cancel);
        trial.ExpectSuccess(again);
        trial.Expect(
            trial.Customer.Installation(installationId).Tokens.TrueForAll(token => !again.Body.Contains(token.Value, StringComparison.Ordinal)),
            "no access token in the answer", "one");
    }

    private static Task<Exchange> Reads(Trial trial, Tenant tenant) =>
        trial.Customer.GetResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel);

    private static Task<Exchange> Renames(Trial trial, Tenant tenant) =>
        trial.Customer.Rename(tenant.InstallationId, tenant.ResourceId, "another-name", trial.Cancel);

    private static async Task<JsonElement> Read(Trial trial, string installationId, JsonElement made)
    {
        var read = await trial.Customer.GetResource(installationId, made.OptionalText("id")!, trial.Cancel);
        trial.ExpectSuccess(read);
        return read.Json!.Value;
    }

    /// <summary>A provider may add what the form does not ask.</summary>
    private static void ExpectMetadata(Trial trial, OfferedProduct product, JsonElement answer)
    {
        var told = Node(answer.GetProperty("metadata"))!.AsObject();
        foreach (var (key, value) in product.Metadata)
        {
            trial.Expect(JsonNode.DeepEquals(value, told[key]), $"metadata.{key} as it was filled in", told.ContainsKey(key) ? "another value" : "none");
        }
    }

    private static void ExpectEmpty(Trial trial, Exchange exchange) =>
        trial.Expect(exchange is { Status: 204, Body.Length: 0 }, "204 without a body", $"{Trial.Told(exchange)}, and {exchange.Body.Length} characters");

    private static void Same(Trial trial, string field, string? expected, string? came) =>
        trial.Expect(expected == came, $"{field} is {expected ?? "absent"}", came ?? "none");

    private static ImmutableDictionary<string, string> SecretsOf(JsonElement answer) => answer.GetProperty("secrets").EnumerateArray()
        .DistinctBy(secret => secret.GetProperty("name").GetString())
        .ToImmutableDictionary(secret => secret.GetProperty("name").GetString()!, secret => secret.GetProperty("value").GetString()!);

    private static JsonNode? Node(Exchange exchange) => exchange.Json is { } json ? Node(json) : null;

    private static JsonNode? Node(JsonElement json) => JsonSerializer.SerializeToNode(json);
}
