using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Experimentation;
using Marketplace.Simulator.IntegrationConsole;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Secrets;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Dashboard;

internal sealed partial class CustomerDashboard
{
    public async Task<Exchange> Provision(
        string installationId, string productId, string name, string planId, JsonObject metadata, CancellationToken cancel,
        CallOptions? options = null, string? externalId = null, bool withConfig = false)
    {
        var body = new JsonObject
        {
            ["productId"] = productId,
            ["name"] = name,
            ["metadata"] = metadata.DeepClone(),
            ["billingPlanId"] = planId,
        };
        if (externalId is not null)
        {
            body["externalId"] = externalId;
        }

        var config = withConfig ? NewConfig(installationId) : null;
        if (config is not null)
        {
            body["protocolSettings"] = ProtocolSettings(config);
        }

        var call = PartnerCalls.ProvisionResource(installationId, body, UserToken(installationId, options));
        var exchange = await Call(call, options, cancel);
        Accept(exchange, (state, answer) => Provisioned(state, installationId, answer, config, clock.GetUtcNow()));
        HoldMetadata(exchange, MetadataForm.Create);
        return exchange;
    }

    public async Task<Exchange> GetResource(
        string installationId, string resourceId, CancellationToken cancel, CallOptions? options = null)
    {
        var exchange = await Call(
            PartnerCalls.GetResource(installationId, resourceId, SystemToken(installationId, options)), options, cancel);
        Accept(exchange, (state, answer) => Updated(state, installationId, resourceId, answer, clock.GetUtcNow()));
        HoldMetadata(exchange, MetadataForm.Update);
        return exchange;
    }

    public Task<Exchange> Rename(
        string installationId, string resourceId, string name, CancellationToken cancel, CallOptions? options = null) =>
        UpdateResource(installationId, resourceId, new JsonObject { ["name"] = name }, cancel, options);

    public Task<Exchange> ChangePlan(
        string installationId, string resourceId, string planId, CancellationToken cancel, CallOptions? options = null) =>
        UpdateResource(installationId, resourceId, new JsonObject { ["billingPlanId"] = planId }, cancel, options);

    public async Task<Exchange> UpdateResource(
        string installationId, string resourceId, JsonObject body, CancellationToken cancel, CallOptions? options = null)
    {
        var call = PartnerCalls.UpdateResource(installationId, resourceId, body, UserToken(installationId, options));
        var exchange = await Call(call, options, cancel);
        Accept(exchange, (state, answer) => Updated(state, installationId, resourceId, answer, clock.GetUtcNow()));
        HoldMetadata(exchange, MetadataForm.Update);
        return exchange;
    }

    /// <summary>Asks for new secrets. They may come in the answer, or later by the provider's own call (contract D.6).</summary>
    public async Task<Exchange> Rotate(
        string installationId, string resourceId, double? delayHours, CancellationToken cancel, CallOptions? options = null,
        string? reason = null)
    {
        var body = new JsonObject();
        if (delayHours is { } delay)
        {
            body["delayOldSecretsExpirationHours"] = delay;
        }

        if (reason is not null)
        {
            body["reason"] = reason;
        }

        var call = PartnerCalls.RotateSecrets(installationId, resourceId, body, UserToken(installationId, options));
        var exchange = await Call(call, options, cancel);
        Accept(exchange, (state, answer) => Rotated(state, installationId, resourceId, answer));
        return exchange;
    }

    /// <summary>Types a command into the resource's console.</summary>
    public Task<Exchange> RunReplCommand(
        string installationId, string resourceId, string input, bool? readOnly, CancellationToken cancel, CallOptions? options = null)
    {
        var body = new JsonObject { ["input"] = input };
        if (readOnly is { } only)
        {
            body["readOnly"] = only;
        }

        return Call(
            PartnerCalls.RunReplCommand(installationId, resourceId, body, UserToken(installationId, options)), options, cancel);
    }

    public async Task<Exchange> DeleteResource(
        string installationId, string resourceId, CancellationToken cancel, CallOptions? options = null)
    {
        if (Installation(installationId).Find(resourceId) is { IsLinked: true })
        {
            throw new InvalidOperationException("The resource is linked: the provider is not called when it is removed.");
        }

        var call = PartnerCalls.DeleteResource(installationId, resourceId, UserToken(installationId, options));
        var exchange = await Call(call, options, cancel);
        if (exchange.IsSuccess)
        {
            store.Change(state => Deleted(state, installationId, resourceId, clock.GetUtcNow()));
        }

        work.Wake();
        return exchange;
    }

    /// <summary>Metadata that the form would not let through is taken all the same, as Vercel takes it, and is a finding.</summary>
    private void HoldMetadata(Exchange exchange, MetadataForm form)
    {
        if (exchange is { IsSuccess: true, Findings.IsEmpty: true, Json: { } answer }
            && integration.Product(answer.GetProperty("productId").GetString()!) is { } product)
        {
            var metadata = JsonNode.Parse(answer.GetProperty("metadata").GetRawText())!.AsObject();
            store.Change(state => state.Add(product.Metadata.Faults(metadata, form)
                .Select(fault => new Finding(exchange.At, exchange.Operation, $"metadata.{fault}, says the product's metadata schema"))));
        }
    }

    private static VercelState Provisioned(
        VercelState state, string installationId, JsonElement answer, GlobalConfig? config, DateTimeOffset now)
    {
        var installation = state.Installations[installationId];
        var id = answer.GetProperty("id").GetString()!;
        if (installation.Find(id) is not { } resource)
        {
            var name = answer.GetProperty("name").GetString()!;
            (state, var identity) = state.Identify("ir", installationId, name);
            resource = new Resource
            {
                Id = id,
                InternalId = identity.Id,
                ProductId = answer.GetProperty("productId").GetString()!,
                Name = name,
                Status = answer.GetProperty("status").GetString()!,
                CreatedAt = now,
            };
        }

        resource = ProviderAnswers.Apply(resource, answer, now) with
        {
            Secrets = ProviderAnswers.Secrets(answer.GetProperty("secrets")),
            GlobalConfig = config ?? resource.GlobalConfig,
        };

        // Contract B.2: choosing a plan of the installation's scope while provisioning switches the installation to it.
        if (answer.Optional("billingPlan") is { } plan && plan.OptionalText("scope") == "installation")
        {
            installation = ProviderAnswers.On(installation, plan, now);
        }

        var next = state.With(installation.With(resource));
        return resource.BillingPlan is null && installation.BillingPlan is null
            ? next.Add(new Finding(now, $"Provision Resource {id}", "the answer has no billingPlan, and the installation has none either"))
            : next;
    }

    private static VercelState Updated(
        VercelState state, string installationId, string resourceId, JsonElement answer, DateTimeOffset now)
    {
        var installation = state.Installations[installationId];
        return installation.Find(resourceId) is { } resource
            ? state.With(installation.With(ProviderAnswers.Apply(resource, answer, now)))
            : state;
    }

    private static VercelState Rotated(VercelState state, string installationId, string resourceId, JsonElement answer)
    {
        var installation = state.Installations[installationId];
        return answer.GetProperty("sync").GetBoolean() && installation.Find(resourceId) is { } resource
            ? state.With(installation.With(resource with
            {
                Secrets = resource.Secrets.Update(
                    ProviderAnswers.Secrets(answer.GetProperty("secrets")), answer.OptionalFlag("partial") ?? false),
            }))
            : state;
    }

    private static VercelState Deleted(VercelState state, string installationId, string resourceId, DateTimeOffset now)
    {
        var installation = state.Installations[installationId];
        return installation.Find(resourceId) is { } resource
            ? state
                .With(installation.With(resource.Delete(now)))
                .Send(resource.Connections.Select(
                    connection => WebhookPayloads.ProjectDisconnected(installation, resource, connection, now)))
            : state;
    }
}
