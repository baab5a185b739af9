using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>
/// Bodies that are not as documented, made from our own schemas of the requests: a provider refuses what it could not do, and never fails.
/// Fields that nobody has documented pass. Source: contract §B.0 to §B.5.
/// </summary>
internal static class BodyCases
{
    /// <summary>
    /// The fields without which, or with which wrong, the call cannot be done: a success would tell the customer that it was. Everything
    /// else a provider may pass over which has no use for it.
    /// </summary>
    private static readonly ImmutableDictionary<PartnerOperation, ImmutableHashSet<string>> Vital =
        new Dictionary<PartnerOperation, ImmutableHashSet<string>>
        {
            [PartnerOperation.UpsertInstallation] = ["credentials", "credentials.access_token"],
            [PartnerOperation.UpdateInstallation] = ["billingPlanId"],
            [PartnerOperation.DeleteInstallation] = [],
            [PartnerOperation.ProvisionResource] = ["productId", "name", "metadata", "billingPlanId"],
            [PartnerOperation.UpdateResource] = ["name", "metadata", "billingPlanId"],
            [PartnerOperation.RotateSecrets] = ["delayOldSecretsExpirationHours"],
            [PartnerOperation.RunReplCommand] = ["input", "readOnly"],
            [PartnerOperation.ProvisionPurchase] = ["invoiceId"],
            [PartnerOperation.CreateTransfer] = ["resourceIds", "expiresAt"],
        }.ToImmutableDictionary();

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. from operation in CalledOperation.All
           where operation.Body is not null
           from fault in BodyFault.Of(PartnerRequestSchemas.All[operation.Operation])
           select Case(operation, fault),
        .. from operation in CalledOperation.All
           where operation.Body is not null && !Vital[operation.Operation].IsEmpty
           select new ConformanceCase(
               $"bodies/{operation.Name}/wrong-fields-are-400",
               $"{operation.Title} refuses a body that is not as documented with 400 and the documented error body.", operation.Source,
               Level.Recommended, trial => RefusesWith400(trial, operation))
           {
               Of = operation.Operation,
           },
        .. from operation in CalledOperation.All
           where operation.Body is not null
           from level in LevelsOf(operation.Operation)
           select new ConformanceCase(
               level.Length == 0 ? $"bodies/{operation.Name}/unknown-field" : $"bodies/{operation.Name}/unknown-field-in-{Spelling.Dashed(level)}",
               $"{operation.Title} passes over a field that nobody has documented{(level.Length == 0 ? "" : $", also in {level}")}.", operation.Source,
               Level.Required, trial => PassesOverUnknownField(trial, operation, level))
           {
               Of = operation.Operation,
               Needs = operation.Needs,
           },
    ];

    private static ConformanceCase Case(CalledOperation operation, BodyFault fault)
    {
        var isVital = IsVital(operation, fault);
        return new(
            $"bodies/{operation.Name}/{fault.Name}",
            isVital
                ? $"{operation.Title} does not succeed when {fault.Field} {fault.Told}."
                : $"{operation.Title} is answered, by a success or by a refusal, when {fault.Field} {fault.Told}.",
            operation.Source, isVital ? Level.Required : Level.Recommended, trial => Play(trial, operation, fault, isVital))
        {
            Of = operation.Operation,
        };
    }

    private static bool IsVital(CalledOperation operation, BodyFault fault) =>
        Vital[operation.Operation].Contains(fault.Field)
        // The defaults of the form stand in for metadata that is not there, what no form asks may be passed over, and a console may run nothing.
        && (fault.Field, fault.Kind) is not (
            ("metadata", BodyFault.Missing or BodyFault.Null or BodyFault.WithAWrongEntry) or ("input", BodyFault.Empty));

    private static async Task Play(Trial trial, CalledOperation operation, BodyFault fault, bool isVital)
    {
        var exchange = await Send(trial, operation, fault);
        if (isVital && !IsBilledAsAWhole(trial, fault))
        {
            trial.ExpectTurnedDown(exchange);
        }
        else
        {
            trial.ExpectAnswer(exchange);
        }
    }

    /// <summary>Where an installation has one plan for everything, no plan has to be named. Source: contract §B.2.</summary>
    private static bool IsBilledAsAWhole(Trial trial, BodyFault fault) =>
        fault is { Field: "billingPlanId", Kind: BodyFault.Missing or BodyFault.Null }
        && trial.Offer.Products.Exists(product => product.Plans.Exists(plan => plan.IsForInstallation));

    private static async Task RefusesWith400(Trial trial, CalledOperation operation)
    {
        foreach (var fault in BodyFault.Of(PartnerRequestSchemas.All[operation.Operation]).Where(fault => IsVital(operation, fault)))
        {
            if (IsBilledAsAWhole(trial, fault) || IsUnknownRatherThanWrong(fault))
            {
                continue;
            }

            // A console may tell of a bad command in its own blocks.
            var exchange = await Send(trial, operation, fault);
            trial.Expect(
                exchange is { Status: 400, Findings.IsEmpty: true }, $"400 with a documented body, as {fault.Field} {fault.Told}", Trial.Told(exchange));
        }
    }

    /// <summary>An id that is empty may as well be told as one that nobody knows.</summary>
    private static bool IsUnknownRatherThanWrong(BodyFault fault) => fault.Kind == BodyFault.Empty && fault.Field.EndsWith("Id", StringComparison.Ordinal);

    private static async Task<Exchange> Send(Trial trial, CalledOperation operation, BodyFault fault)
    {
        var tenant = await BodyGround.Of(trial, operation);
        var body = operation.Body!(trial, tenant);
        fault.Put(body);
        return await BodyGround.Send(trial, operation, operation.For(trial, tenant, body: body));
    }

    private static async Task PassesOverUnknownField(Trial trial, CalledOperation operation, string level)
    {
        var exchange = await operation.Succeed(trial, new CallOptions(AsSystem: !operation.Takes.HasFlag(Callers.User))
        {
            Body = body =>
            {
                var at = level.Length == 0 ? body : level.Split('.').Aggregate(body, (inner, name) => inner[name]!.AsObject());
                at["undocumented"] = new JsonObject { ["since"] = 2027, ["for"] = new JsonArray("conformance") };
            },
        });
        AcceptedCallerCases.ExpectLetIn(trial, exchange);
    }

    /// <summary>The objects of the body that Vercel sends.</summary>
    private static ImmutableArray<string> LevelsOf(PartnerOperation operation) =>
        operation == PartnerOperation.UpsertInstallation ? ["", "credentials", "account", "account.contact"] : [""];
}
