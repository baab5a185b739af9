using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Products;

/// <summary>The file that says what is sold: configuration key <c>Catalog__Path</c>.</summary>
internal static class CatalogueFile
{
    /// <summary>The catalogue, or everything that is wrong with the file, each with its place in it.</summary>
    public static Validation<CatalogueError, Catalogue> Load(string path) => Open(path).Map(file => file.Catalogue);

    /// <summary>The same with what it was read from.</summary>
    public static Validation<CatalogueError, CatalogSettings> Open(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            return Parse(text).Map(catalogue => new CatalogSettings(path, text, catalogue));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new CatalogueError(path, $"cannot be read ({fault.Message})");
        }
    }

    public static Validation<CatalogueError, Catalogue> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (JsonException malformed)
        {
            // Editors count from one, the parser from zero.
            var place = $"line {malformed.LineNumber + 1}, position {malformed.BytePositionInLine + 1}";
            return new CatalogueError(place, "is not JSON: " + malformed.Message.Split(" LineNumber:")[0]);
        }
    }

    /// <summary>
    /// Both kinds of errors at once: the wrong shape of a field, and a rule of the catalogue that is broken. What stands for an
    /// unreadable field breaks rules of its own, so a rule says nothing about a place where the shape is wrong.
    /// </summary>
    private static Validation<CatalogueError, Catalogue> Read(JsonElement root)
    {
        var errors = new List<CatalogueError>();
        var (products, installationBilling, billing) = CatalogueReader.Read(root, errors);
        var catalogue = Catalogue.Of(products, installationBilling, billing);
        if (errors.Count == 0)
        {
            return catalogue;
        }

        var ofShape = errors.ToList();
        var ofRules = catalogue.Match(_ => [], broken => broken)
            .Where(rule => !ofShape.Exists(shape => IsWithin(rule.Path, shape.Path) || IsWithin(shape.Path, rule.Path)));
        return Validation<CatalogueError, Catalogue>.Fail(ofShape.Concat(ofRules).ToSeq().Strict());
    }

    private static bool IsWithin(string path, string outer) =>
        path.StartsWith(outer, StringComparison.Ordinal)
        && (path.Length == outer.Length || outer.Length == 0 || path[outer.Length] is '.' or '[');
}
