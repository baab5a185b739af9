using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>
/// Who may call what: every operation with everything that opens nothing. A refusal changes nothing, and that is looked at where it can
/// be. Source: contract §A.1.
/// </summary>
internal static class AuthorizationCases
{
    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. from operation in CalledOperation.All
           from forgery in Forgery.All
           where forgery.Fits(operation)
           select new ConformanceCase(
               $"authorization/{operation.Name}/{forgery.Name}", $"{operation.Title} refuses {forgery.What}.", Source.Authentication, forgery.Level,
               trial => Refuses(trial, operation, forgery))
           {
               Of = operation.Operation,
           },
        .. from operation in CalledOperation.All
           where operation.IsOfResource
           select new ConformanceCase(
               $"authorization/{operation.Name}/others-resource",
               $"{operation.Title} keeps a resource from every installation but its own.", Source.Authentication, Level.Required,
               trial => KeepsFromOthers(trial, operation))
           {
               Of = operation.Operation,
           },
        new("authorization/create-transfer/others-resource", "Nobody can offer a resource of another installation.", Source.Authentication,
            Level.Required, OffersOnlyOnesOwn)
        {
            Of = PartnerOperation.CreateTransfer,
        },
    ];

    private static async Task Refuses(Trial trial, CalledOperation operation, Forgery forgery)
    {
        // What is only read can be tried on what all look at.
        var tenant = await (operation.Changes ? trial.SharedTarget() : trial.SharedTenant());
        var call = await forgery.Show(trial, operation.For(trial, tenant));
        await Unharmed(trial, operation, tenant, async () => trial.ExpectForbidden(await trial.Send(call)));
    }

    private static async Task KeepsFromOthers(Trial trial, CalledOperation operation)
    {
        var (owner, stranger) = (await trial.SharedTarget(), await trial.SharedStranger());
        var call = operation.For(trial, stranger with { ResourceId = owner.ResourceId });
        await Unharmed(trial, operation, owner, async () =>
        {
            var exchange = await trial.Send(call);
            if (operation.Operation == PartnerOperation.DeleteResource && exchange.IsSuccess)
            {
                // Nothing of that id is there for the stranger, and so nothing is left of it: the owner's is looked at next.
                return;
            }

            trial.ExpectTurnedDown(exchange);
        });
    }

    private static async Task OffersOnlyOnesOwn(Trial trial)
    {
        var (owner, stranger) = (await trial.SharedTarget(), await trial.SharedStranger());
        var operation = CalledOperation.All.Single(one => one.Operation == PartnerOperation.CreateTransfer);
        var body = operation.Body!(trial, owner);
        await Unharmed(trial, operation, owner, async () => trial.ExpectTurnedDown(await trial.Send(operation.For(trial, stranger, body: body))));
    }

    /// <summary>The resource is afterwards as it was; the next case gets another target when it is not, or when nothing was refused.</summary>
    private static async Task Unharmed(Trial trial, CalledOperation operation, Tenant tenant, Func<Task> attack)
    {
        if (!operation.Changes)
        {
            await attack();
            return;
        }

        try
        {
            var before = await Look(trial, tenant);
            await attack();
            var after = await Look(trial, tenant);
            trial.Expect(
                JsonNode.DeepEquals(before, after), "a refused call changes nothing",
                $"another answer than before: {string.Join(", ", Differing(before, after))}");
        }
        catch (CaseEndedException)
        {
            trial.ReplaceTarget();
            throw;
        }
    }

    /// <summary>What the provider tells of the resource and of its installation, as far as it offers to.</summary>
    private static async Task<JsonObject> Look(Trial trial, Tenant tenant)
    {
        var token = trial.SystemToken(tenant.InstallationId);
        ImmutableArray<(PartnerOperation Operation, PartnerCall Call)> reads =
        [
            (PartnerOperation.GetResource, PartnerCalls.GetResource(tenant.InstallationId, tenant.ResourceId, token)),
            (PartnerOperation.GetInstallation, PartnerCalls.GetInstallation(tenant.InstallationId, token)),
        ];
        var seen = new JsonObject();
        foreach (var (operation, call) in reads.Where(read => !trial.Offer.Lacks(read.Operation)))
        {
            var read = await trial.Send(call);
            trial.ExpectSuccess(read);
            foreach (var (name, value) in JsonSerializer.SerializeToNode(read.Json)!.AsObject())
            {
                seen[$"{call.Operation}: {name}"] = value?.DeepClone();
            }
        }

        return seen;
    }

    private static IEnumerable<string> Differing(JsonObject before, JsonObject after) =>
        from name in before.Concat(after).Select(field => field.Key).Distinct(StringComparer.Ordinal)
        where !JsonNode.DeepEquals(before[name], after[name])
        select name;
}
