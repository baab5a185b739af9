using System.Text.Json.Nodes;

namespace Marketplace.Integration.Provisioning.Http;

/// <summary>The tests' catalogue as a file, with its product made by a control plane.</summary>
internal sealed class SoldByHttp : IAsyncDisposable
{
    public string Path { get; } = System.IO.Path.GetTempFileName();

    public static async Task<SoldByHttp> Write(CancellationToken cancel)
    {
        var (file, catalogue) = (new SoldByHttp(), JsonNode.Parse(await File.ReadAllTextAsync(Repository.File("tests/Integration/acme.catalog.json"), cancel))!);
        Adapt(catalogue);
        await File.WriteAllTextAsync(file.Path, catalogue.ToJsonString(), cancel);
        return file;
    }

    public static void Adapt(JsonNode catalogue)
    {
        var product = catalogue["products"]![0]!.AsObject();
        product["provisioner"] = "http";
        foreach (var unknown in new[] { "deploymentActions", "checks" })
            product.Remove(unknown);
        product["plans"]!.AsArray().Single(plan => (string)plan!["id"]! == "pro")!["settings"] = new JsonObject { ["queues"] = "20" };
    }

    public ValueTask DisposeAsync()
    {
        File.Delete(Path);
        return ValueTask.CompletedTask;
    }
}
