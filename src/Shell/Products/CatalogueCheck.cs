using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;

namespace Marketplace.Shell.Products;

/// <summary>Everything that a start would say of a catalogue, at once, without a start.</summary>
/// <param name="Problems">Each with its place; empty when a server would start with it.</param>
/// <param name="Notes">What nobody looked at, and why; and what goes on for those who have it.</param>
internal sealed record CatalogueCheck(string Path, IReadOnlyList<PlacedProblem> Problems, IReadOnlyList<string> Notes)
{
    /// <summary>What the server wants to be told before it has parts, for those who look at nothing but a file.</summary>
    private static readonly (string Key, string Value)[] Unsaid =
    [
        ("ConnectionStrings:Marketplace", "Host=localhost;Database=nobody-connects"), ("Vercel:IntegrationId", "oac_nobody"),
        ("Vercel:ClientSecret", "nobody"), ("Vercel:Slug", "nobody"), ("PublicUrl", "https://nobody.example"),
        ("DataProtection:Key", Convert.ToBase64String(new byte[32])), ("HttpProvisioner:Url", "https://nobody.example"),
        ("HttpProvisioner:Secrets", $"whsec_{Convert.ToBase64String(new byte[32])}"),
    ];

    /// <param name="path">Absolute.</param>
    /// <param name="configuration">Where the database is, if anywhere.</param>
    /// <param name="parts">A server's parts from ASP.NET's arguments; it is not started.</param>
    /// <param name="args">What was said of the configuration.</param>
    public static async Task<CatalogueCheck> Of(
        string path, IConfiguration configuration, Func<string[], WebApplication> parts, string[] args, CancellationToken cancel)
    {
        var text = await File.ReadAllTextAsync(path, cancel);
        var read = CatalogueFile.Parse(text);
        if (read.IsFail)
            return new CatalogueCheck(path, Placed(text, read.FailToSeq()), []);

        var file = new CatalogSettings(path, text, read.SuccessToSeq().Head);
        try
        {
            await using var app = parts([.. Filling(configuration).Select(one => $"--{one.Key}={one.Value}"), .. args, $"--Catalog:Path={path}"]);
            var misfits = CatalogueFit.Check(file.Catalogue, app.Services.GetRequiredService<Provisioners>());
            var (edits, note) = IsSaid(configuration, "ConnectionStrings:Marketplace")
                ? await Edits(app, file, cancel)
                : (Seq<CatalogueError>.Empty, "It is not compared with what was sold: ConnectionStrings__Marketplace names no database.");
            return new CatalogueCheck(path, Placed(text, (misfits + edits).Strict()), note is null ? [] : [note]);
        }
        catch (StartRefusedException refused)
        {
            return new CatalogueCheck(path, [new PlacedProblem("", new Place(1, 1), refused.Message)], []);
        }
    }

    /// <summary>The same by a server that runs: whether the file that it was started with would take force as it is now.</summary>
    public static async Task<CatalogueCheck> Of(string path, Provisioners provisioners, OfferedPlans offered, CancellationToken cancel)
    {
        var opened = CatalogueFile.Open(path);
        if (opened.IsFail)
            return new CatalogueCheck(path, Placed(File.Exists(path) ? await File.ReadAllTextAsync(path, cancel) : "{}", opened.FailToSeq()), []);

        var file = opened.SuccessToSeq().Head;
        var misfits = CatalogueFit.Check(file.Catalogue, provisioners);
        var accepted = await offered.Check(file, isAlone: false, cancel);
        return accepted.Match(
            Right: sold => new CatalogueCheck(path, Placed(file.Text, misfits), Superseded(sold) is { } note ? [note] : []),
            Left: edits => new CatalogueCheck(path, Placed(file.Text, (misfits + edits).Strict()), []));
    }

    /// <summary>Nothing for a server, which has a configuration of its own that may be wrong too.</summary>
    private static IEnumerable<(string Key, string Value)> Filling(IConfiguration configuration) =>
        IsSaid(configuration, "Vercel:IntegrationId") ? [] : Unsaid.Where(one => !IsSaid(configuration, one.Key));

    private static bool IsSaid(IConfiguration configuration, string key) => !string.IsNullOrWhiteSpace(configuration[key]);

    /// <summary>What would change under somebody.</summary>
    private static async Task<(Seq<CatalogueError> Edits, string? Note)> Edits(WebApplication app, CatalogSettings file, CancellationToken cancel)
    {
        if (!await app.Services.GetRequiredService<Migrations>().AreApplied(cancel))
            return (Seq<CatalogueError>.Empty, "It is not compared with what was sold: the database is at another schema (see the command migrate).");

        var accepted = await app.Services.GetRequiredService<OfferedPlans>().Check(file, isAlone: true, cancel);
        return accepted.Match(
            sold => (Seq<CatalogueError>.Empty, Superseded(sold)),
            wrong => (wrong, (string?)null));
    }

    private static string? Superseded(Catalogue sold)
    {
        var plans = sold.Products.SelectMany(product => product.Superseded.Map(plan => $"{product.Id}/{plan.Id}"))
            .Concat(sold.InstallationBilling.Match(billing => billing.Superseded, () => Seq<Core.BillingPlans.BillingPlan>.Empty).Map(plan => plan.Id.Value))
            .ToList();
        return plans.Count == 0 ? null : $"Sold no more, and kept for those who have it: {string.Join(", ", plans)}.";
    }

    private static IReadOnlyList<PlacedProblem> Placed(string text, Seq<CatalogueError> wrong)
    {
        try
        {
            var places = JsonPlaces.Of(text);
            return [.. wrong.Select(one => new PlacedProblem(one.Path, places.At(one.Path), one.Reason))];
        }
        catch (JsonException malformed)
        {
            var place = new Place((int)(malformed.LineNumber ?? 0) + 1, (int)(malformed.BytePositionInLine ?? 0) + 1);
            return [.. wrong.Select(one => new PlacedProblem("", place, one.Reason))];
        }
    }
}

/// <param name="Path">Within the catalogue; empty for the whole.</param>
/// <param name="Problem">To be read after the path and a colon.</param>
internal sealed record PlacedProblem(string Path, Place At, string Problem);
