using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Repl;
using Marketplace.Jobs.Provisioning;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>What the control plane shows for a command: paragraphs, and tables with a header. Read as strictly as its other answers.</summary>
internal sealed record ControlPlaneScreen(ControlPlaneBlock?[]? Blocks = null)
{
    /// <exception cref="ProvisionerFaultException">A block is none.</exception>
    public Seq<ReplBlock> Read() =>
        Blocks is { } blocks && blocks.All(block => block?.IsWhole == true)
            ? blocks.Select(block => block!.ToBlock()).ToSeq().Strict()
            : throw new ProvisionerFaultException(
                "The control plane's blocks are a list of paragraphs with children, and tables with a header and rows of as many texts; links are https or http.");

    /// <summary>Records print every property, and logs print records: what the customer reads stays out.</summary>
    public override string ToString() => $"ControlPlaneScreen {Blocks?.Length}";
}

internal sealed record ControlPlaneBlock(
    string? Type = null, ControlPlaneText?[]? Children = null, ControlPlaneText?[]? Header = null, ControlPlaneText?[]?[]? Rows = null)
{
    public bool IsWhole => Type switch
    {
        "paragraph" => Children is not null && AreWhole(Children) && Header is null && Rows is null,
        "table" => Header is { Length: > 0 } header && AreWhole(header) && Children is null
            && Rows is not null && Rows.All(row => row?.Length == header.Length && AreWhole(row)),
        _ => false,
    };

    public ReplBlock ToBlock() => Type switch
    {
        "paragraph" => new ReplBlock.Paragraph(Texts(Children!)),
        "table" => new ReplBlock.Table(Texts(Header!), Rows!.Select(row => Texts(row!)).ToSeq().Strict()),
        _ => throw new UnreachableException(Type),
    };

    private static bool AreWhole(ControlPlaneText?[] texts) => texts.All(text => text?.IsWhole == true);

    private static Seq<ReplText> Texts(ControlPlaneText?[] texts) => texts.Select(text => text!.ToText()).ToSeq().Strict();

    public override string ToString() => $"ControlPlaneBlock {Type}";
}

internal sealed record ControlPlaneText(
    string? Type = null, string? Text = null, string? Color = null, bool? Bold = null, bool? Italic = null, string? Href = null)
{
    /// <summary>A link leads to a page, and runs nothing.</summary>
    public bool IsWhole => Type is null or "text" && Text is not null
        && (Href is null || (Uri.TryCreate(Href, UriKind.Absolute, out var link) && (link.Scheme == Uri.UriSchemeHttps || link.Scheme == Uri.UriSchemeHttp)));

    public ReplText ToText() => new(Text!, Optional(Color)!, Bold ?? false, Italic ?? false, Optional(Href)!);

    public override string ToString() => nameof(ControlPlaneText);
}
