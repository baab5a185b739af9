using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Secrets;

namespace Marketplace.Simulator.Dashboard;

/// <summary>Takes what a provider answers into Vercel's view. The answers have passed their schema.</summary>
internal static class ProviderAnswers
{
    /// <summary>Source: contract B.1. An absent plan leaves the billing with the resources; a null notification clears it.</summary>
    public static Installation Apply(Installation installation, JsonElement answer, DateTimeOffset now)
    {
        installation = installation with
        {
            Notification = answer.TryGetProperty("notification", out _) ? answer.Optional("notification") : installation.Notification,
        };
        return answer.Optional("billingPlan") is { } plan ? On(installation, plan, now) : installation;
    }

    public static Installation On(Installation installation, JsonElement plan, DateTimeOffset now) => installation with
    {
        BillingPlan = plan,
        Plans = installation.Plans.Begin(plan.GetProperty("id").GetString()!, plan.OptionalText("type"), now),
    };

    /// <summary>Source: contract C.2; secrets are no part of it.</summary>
    public static Resource Apply(Resource resource, JsonElement answer, DateTimeOffset now)
    {
        resource = resource with
        {
            Name = answer.GetProperty("name").GetString()!,
            Status = answer.GetProperty("status").GetString()!,
            Metadata = answer.Optional("metadata"),
            Notification = answer.TryGetProperty("notification", out _) ? answer.Optional("notification") : resource.Notification,
        };
        return answer.Optional("billingPlan") is { } plan ? resource.On(plan, now) : resource;
    }

    public static ImmutableList<Secret> Secrets(JsonElement list) => Wire.Read<ImmutableList<Secret>>(list);
}
