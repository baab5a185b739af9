using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Resources;

/// <summary>Commands that a customer types into a resource. Source: contract §B.2.</summary>
internal sealed class ConsolePages(PageSources sources)
{
    private const int EntriesMax = 50;

    /// <summary>Of each resource, oldest first. It holds what the provider put out, and ends with the process.</summary>
    private readonly ConcurrentDictionary<string, ImmutableList<Typed>> transcripts = new(StringComparer.Ordinal);

    public Shown Show(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        var typed = transcripts.GetValueOrDefault(Key(visit), []);
        return Shown.Of<ConsolePage>(new ConsoleView(
            ResourceHeads.Of(sources, installation, resource, ResourceHeads.Console), typed.ConvertAll(Entry), typed.LastOrDefault()?.IsReadOnly ?? true));
    }

    /// <summary>The answer is in the transcript, so that the page says nothing else unless it is not as the contract says.</summary>
    public async Task<Outcome> Run(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        var (input, isReadOnly) = (visit.Required("input"), visit.IsOn("readOnly"));
        var exchange = await sources.Hand.RunReplCommand(
            installation.Id, resource.Id, input, isReadOnly, visit.Cancel, sources.Actor(installation));
        transcripts.AddOrUpdate(
            Key(visit), _ => [new Typed(input, isReadOnly, exchange)],
            (_, before) => before.Add(new Typed(input, isReadOnly, exchange)).RemoveRange(0, Math.Max(0, before.Count + 1 - EntriesMax)));
        return new Outcome.Quietly(PagePaths.Resource(installation.Id, resource.Id) + ResourceHeads.Console + "#latest");
    }

    public Outcome Clear(Visit visit)
    {
        var (installation, resource) = sources.Resource(visit);
        transcripts.TryRemove(Key(visit), out _);
        return new Outcome.Quietly(PagePaths.Resource(installation.Id, resource.Id) + ResourceHeads.Console);
    }

    private static string Key(Visit visit) => $"{visit.Route("installationId")}/{visit.Route("resourceId")}";

    private static ConsoleEntry Entry(Typed typed)
    {
        var blocks = ReplBlocks.Of(typed.Exchange);
        var failure = blocks.Count > 0 || typed.Exchange.IsSuccess ? null
            : ProviderProblem.Of(typed.Exchange)?.Message ?? typed.Exchange.Failure ?? $"The provider answered {typed.Exchange.Status}.";
        return new(typed.Input, typed.IsReadOnly, blocks, failure, ExchangeViews.Of(typed.Exchange));
    }

    private sealed record Typed(string Input, bool IsReadOnly, Exchange Exchange);
}

/// <summary>Reads what a command puts out, as one list or line by line. What is no block is left out: the findings say so.</summary>
internal static class ReplBlocks
{
    /// <summary>A page has a style for these; the policy forbids colours of its own.</summary>
    private static readonly HashSet<string> Colours = new(StringComparer.Ordinal)
    {
        "red", "green", "yellow", "blue", "magenta", "cyan", "gray",
    };

    public static IReadOnlyList<BlockView> Of(Exchange exchange)
    {
        var values = exchange.Json is { } whole
            ? whole.ValueKind == JsonValueKind.Array ? [.. whole.EnumerateArray()] : new[] { whole }
            : exchange.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Line).OfType<JsonElement>();
        return [.. values.Select(Block).OfType<BlockView>()];
    }

    private static JsonElement? Line(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static BlockView? Block(JsonElement block) =>
        block.ValueKind != JsonValueKind.Object ? null
        : block.OptionalText("type") switch
        {
            "paragraph" => new BlockView.Paragraph(Texts(block, "children")),
            "table" => new BlockView.Table(
                Texts(block, "header"),
                block.Optional("rows") is { ValueKind: JsonValueKind.Array } rows ? [.. rows.EnumerateArray().Select(Texts)] : []),
            _ => null,
        };

    private static IReadOnlyList<TextView> Texts(JsonElement block, string name) => block.Optional(name) is { } texts ? Texts(texts) : [];

    private static IReadOnlyList<TextView> Texts(JsonElement texts) => texts.ValueKind == JsonValueKind.Array
        ? [.. texts.EnumerateArray().Where(text => text.ValueKind == JsonValueKind.Object).Select(Text)]
        : [];

    private static TextView Text(JsonElement text)
    {
        var looks = new[]
        {
            text.OptionalFlag("bold") == true ? "bold" : null, text.OptionalFlag("italic") == true ? "italic" : null,
            text.OptionalText("color") is { } colour && Colours.Contains(colour) ? colour : null,
        }.OfType<string>();
        var link = text.OptionalText("href") is { } href && Uri.TryCreate(href, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? href : null;
        return new(text.OptionalText("text") ?? "", string.Join(' ', looks) is { Length: > 0 } look ? look : null, link);
    }
}
