using System.Collections.Frozen;

namespace Marketplace.Jobs.Provisioning;

/// <summary>The provisioners that this server has, by the names that the catalogue uses.</summary>
public sealed class Provisioners(IEnumerable<IProvisioner> provisioners)
{
    private readonly FrozenDictionary<string, IProvisioner> byName =
        provisioners.ToFrozenDictionary(provisioner => provisioner.Name, StringComparer.Ordinal);

    public IEnumerable<IProvisioner> All => byName.Values;

    public bool Has(string name) => byName.ContainsKey(name);

    /// <summary>The catalogue is checked against these names at start, so a missing one is a fault.</summary>
    public IProvisioner Named(string name) =>
        byName.TryGetValue(name, out var provisioner)
            ? provisioner
            : throw new InvalidOperationException($"No provisioner is called '{name}'. The catalogue names one that this server does not have.");

    public bool HasExperiments(string name) => byName.GetValueOrDefault(name) is IExperimentProvisioner;

    /// <summary>Checked at start as well, for each product that declares the experimentation protocol.</summary>
    public IExperimentProvisioner Experiments(string name) =>
        Named(name) as IExperimentProvisioner
            ?? throw new InvalidOperationException($"The provisioner '{name}' keeps no flags, and the catalogue declares the experimentation protocol.");

    public bool HasImport(string name) => byName.GetValueOrDefault(name) is IImportProvisioner;

    /// <summary>Checked at start as well, for each product that can be imported.</summary>
    public IImportProvisioner Import(string name) =>
        Named(name) as IImportProvisioner
            ?? throw new InvalidOperationException($"Nothing can be imported from the provisioner '{name}', and the catalogue says that it can.");

    public bool HasRepl(string name) => byName.GetValueOrDefault(name) is IReplProvisioner;

    /// <summary>Checked at start as well, for each product that declares a console.</summary>
    public IReplProvisioner Repl(string name) =>
        Named(name) as IReplProvisioner
            ?? throw new InvalidOperationException($"The provisioner '{name}' has no console, and the catalogue declares one.");

    /// <summary>What the provisioner of this name does for deployments, by slug; nothing when it has no part in them.</summary>
    public IReadOnlyCollection<string> DeploymentActions(string name) =>
        (byName.GetValueOrDefault(name) as IDeploymentProvisioner)?.DeploymentActions ?? [];

    /// <summary>Checked at start as well, for each product that declares an action.</summary>
    public IDeploymentProvisioner Deploying(string name) =>
        Named(name) as IDeploymentProvisioner
            ?? throw new InvalidOperationException($"The provisioner '{name}' has no part in deployments, and the catalogue declares an action.");

    public bool HasHealth(string name) => byName.GetValueOrDefault(name) is IHealthProvisioner;

    /// <summary>Checked at start as well, for each product that declares a check.</summary>
    public IHealthProvisioner Healthy(string name) =>
        Named(name) as IHealthProvisioner
            ?? throw new InvalidOperationException($"The provisioner '{name}' cannot say how a resource is, and the catalogue declares a check.");
}
