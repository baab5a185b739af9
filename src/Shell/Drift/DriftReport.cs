using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Vercel;
using Npgsql;

namespace Marketplace.Shell.Drift;

/// <summary>Compares what we hold, what the provisioners hold and what Vercel holds.</summary>
internal sealed class DriftReport(NpgsqlDataSource database, Provisioners provisioners, IVercel vercel, Catalogue catalogue)
{
    /// <summary>Prints one line per difference.</summary>
    /// <returns>How many there are.</returns>
    public async Task<int> Print(TextWriter output, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var held = await DriftRows.Resources(connection, cancel);
        var installations = await DriftRows.Installations(connection, cancel);

        var found = new List<Difference>();
        foreach (var provisioner in provisioners.All)
            found.AddRange(await AtProvisioner(provisioner, held, cancel));
        foreach (var installation in installations)
            found.AddRange(await AtVercel(installation, held, cancel));

        var differences = await Lasting(connection, held, found, cancel);
        foreach (var difference in differences)
            await output.WriteLineAsync(difference.Text);
        await output.WriteLineAsync(
            differences.Count == 0
                ? $"No drift: {held.Count(resource => resource.Lives)} resources of {installations.Count} installations are the same here, at their provisioners and at Vercel."
                : $"{differences.Count} differences.");
        return differences.Count;
    }

    /// <summary>The system is not held still for the report: what changed while it was asked around is left to the next one.</summary>
    private static async Task<IReadOnlyList<Difference>> Lasting(
        NpgsqlConnection connection, IReadOnlyList<HeldResource> before, List<Difference> found, CancellationToken cancel)
    {
        if (found.Count == 0)
            return found;

        var (then, now) = (ById(before), ById(await DriftRows.Resources(connection, cancel)));
        return found.FindAll(difference => difference.Resource is not { } id || then[id].SequenceEqual(now[id]));

        static ILookup<ResourceId, HeldResource> ById(IReadOnlyList<HeldResource> held) => held.ToLookup(resource => resource.Id);
    }

    private async Task<IEnumerable<Difference>> AtProvisioner(
        IProvisioner provisioner, IReadOnlyList<HeldResource> held, CancellationToken cancel)
    {
        var theirs = (await provisioner.List(cancel)).ToHashSet();
        // One that was handed over is on record with each that had it; whoever has it now counts.
        var ours = held.Where(resource => IsMadeBy(provisioner, resource))
            .GroupBy(resource => resource.Id)
            .ToDictionary(records => records.Key, records => records.OrderByDescending(resource => resource.Lives).First());
        return
        [
            .. theirs.Where(id => !ours.TryGetValue(id, out var resource) || resource is { Lives: false, UnderWay: false })
                .Select(id => new Difference(id, $"{id}: {provisioner.Name} still holds it, but it is not ours any more.")),
            .. ours.Values.Where(resource => resource is { Made: true, UnderWay: false } && !theirs.Contains(resource.Id))
                .Select(resource => new Difference(
                    resource.Id, $"{resource.Id} of {resource.Installation}: {provisioner.Name} does not have it.")),
        ];
    }

    private async Task<IEnumerable<Difference>> AtVercel(
        InstallationId installation, IReadOnlyList<HeldResource> held, CancellationToken cancel)
    {
        var answer = await vercel.ListResources(installation, cancel);
        if (answer is not VercelAnswer<LanguageExt.Seq<VercelResource>>.Accepted(var listed))
            return [new Difference(null, $"{installation}: Vercel did not list its resources ({Reason(answer)}).")];

        var theirs = listed.Select(resource => resource.Id).ToHashSet();
        var ours = held.Where(resource => resource.Installation == installation).ToDictionary(resource => resource.Id);
        return
        [
            .. theirs.Where(id => !ours.TryGetValue(id, out var resource) || resource is { Lives: false, UnderWay: false })
                .Select(id => new Difference(id, $"{id} of {installation}: Vercel still has it, but it is not ours any more.")),
            .. ours.Values.Where(resource => resource is { Lives: true, UnderWay: false } && !theirs.Contains(resource.Id))
                .Select(resource => new Difference(resource.Id, $"{resource.Id} of {installation}: Vercel does not know it.")),
        ];
    }

    private bool IsMadeBy(IProvisioner provisioner, HeldResource resource) =>
        catalogue.Product(new ProductId(resource.Product)).Exists(product => product.Provisioner == provisioner.Name);

    private static string Reason<T>(VercelAnswer<T> answer) =>
        answer switch
        {
            VercelAnswer<T>.Refused refused => $"{refused.Status}: {refused.Reason}",
            VercelAnswer<T>.NotFound missing => $"404: {missing.Reason}",
            VercelAnswer<T>.TokenRefused refused => refused.Reason,
            VercelAnswer<T>.Gone gone => gone.Reason,
            VercelAnswer<T>.Unknown unknown => unknown.Reason,
            _ => throw new System.Diagnostics.UnreachableException(answer.GetType().Name),
        };

    /// <param name="Resource">Null where the installation as a whole is concerned.</param>
    private sealed record Difference(ResourceId? Resource, string Text);
}
