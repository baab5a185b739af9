namespace Marketplace.Simulator.Pages.Metadata;

/// <summary>One field of a product's form. Source: contract §C.5.</summary>
/// <param name="Name">Of the form's field; its id as well.</param>
/// <param name="IsLocked">Shown, and not to be changed here.</param>
/// <param name="Error">What is wrong with what was filled in.</param>
public sealed record FieldView(
    string Name, string Label, string? Description, bool IsRequired, bool IsLocked, ControlView Control, string? Error)
{
    public string ErrorId => $"{Name}-error";

    public string HintId => $"{Name}-hint";

    /// <summary>What a screen reader reads after the label.</summary>
    public string? DescribedBy =>
        string.Join(' ', new[] { Error is null ? null : ErrorId, Description is null ? null : HintId }.OfType<string>()) is { Length: > 0 } ids ? ids : null;

    public string? Invalid => Error is null ? null : "true";
}

/// <summary>How a field is filled in, with what it holds.</summary>
public abstract record ControlView
{
    private ControlView() { }

    public sealed record Text(string? Value, string? Placeholder, int? LengthMin, int? LengthMax, string? Pattern) : ControlView;

    public sealed record Number(string? Value, string? Placeholder, string? Minimum, string? Maximum) : ControlView;

    public sealed record Switch(bool IsOn) : ControlView;

    /// <param name="Values">One for each handle.</param>
    public sealed record Slider(IReadOnlyList<string> Values, string Minimum, string Maximum, string Step) : ControlView;

    /// <param name="Placeholder">What stands there as long as nothing is chosen.</param>
    public sealed record Select(IReadOnlyList<OptionView> Options, string? Placeholder) : ControlView;

    public sealed record Radio(IReadOnlyList<OptionView> Options) : ControlView;

    public sealed record Checks(IReadOnlyList<OptionView> Options) : ControlView;
}

public sealed record OptionView(string Value, string Label, bool IsChosen);
