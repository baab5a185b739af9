using LanguageExt;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Repl;

/// <summary>What the catalogue says of consoles must be true before the first request.</summary>
public sealed class DeclaredConsoleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_console_that_the_products_provisioner_cannot_serve_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Start("acme.catalog.json"));

        Assert.Contains("acme-tools", refused.Message, StringComparison.Ordinal);
        Assert.Contains("declares a repl, and its provisioner \"workshop\" has none", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provisioner_without_a_console_makes_products_that_declare_none()
    {
        await using var server = await Start("acme-installation-plans.catalog.json");

        Assert.Single(server.Services.GetServices<IProvisioner>(), provisioner => provisioner is WithoutConsole);
    }

    private static Task<TestServer> Start(string catalogue) => TestServer.Start(
        new TestServerOptions
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Catalog:Path"] = Repository.File($"tests/Integration/{catalogue}") },
            Adjust = builder => builder.Services.AddSingleton<IProvisioner>(new WithoutConsole(new Workshop())),
        },
        Cancel);

    private sealed class WithoutConsole(Workshop workshop) : IProvisioner
    {
        public string Name => workshop.Name;

        public Task<ProvisionerAnswer<Seq<Secret>>> Provision(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
            workshop.Provision(resource, operation, cancel);

        public Task<ProvisionerAnswer<Unit>> ChangePlan(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
            workshop.ChangePlan(resource, operation, cancel);

        public Task<ProvisionerAnswer<Unit>> Suspend(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
            workshop.Suspend(resource, operation, cancel);

        public Task<ProvisionerAnswer<Unit>> Resume(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
            workshop.Resume(resource, operation, cancel);

        public Task<ProvisionerAnswer<Seq<Secret>>> Rotate(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
            workshop.Rotate(resource, operation, cancel);

        public Task<ProvisionerAnswer<Unit>> ExpireSecrets(
            ProvisionedResource resource, OperationId operation, Seq<OperationId> minted, CancellationToken cancel) =>
            workshop.ExpireSecrets(resource, operation, minted, cancel);

        public Task<ProvisionerAnswer<Unit>> Deprovision(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
            workshop.Deprovision(resource, operation, cancel);

        public Task<Seq<Measurement>> Measure(ProvisionedResource resource, DateTimeOffset now, CancellationToken cancel) =>
            workshop.Measure(resource, now, cancel);

        public Task<Option<Seq<ResourceId>>> List(CancellationToken cancel) => workshop.List(cancel);
    }
}
