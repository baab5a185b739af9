using Marketplace.Shell.Audit;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>
/// Something that an operator does, with the reason. It is in the console's own audit before a handler, which takes it as a parameter, begins.
/// </summary>
/// <param name="What">As its route names it: <c>replay messages</c>.</param>
/// <param name="Form">What else was filled in.</param>
internal sealed record OperatorAction(Operator Person, string What, string Reason, IFormCollection Form)
{
    /// <summary>The field of the reason in every form.</summary>
    public const string ReasonField = "reason";

    public const int ReasonCharactersMin = 3;

    private const int FieldCharactersMax = 100;

    public const int ReasonCharactersMax = AuditReason.CharactersMax;

    /// <summary>What it is done to, beside what the address names.</summary>
    public string About { get; init; } = "";

    /// <summary>For the events of what is changed.</summary>
    public Actor Actor => new($"operator:{Person.Name}", $"{What}: {Reason}");

    /// <summary>What stands in a field that is there once and not empty.</summary>
    public string? Field(string name) => Form[name] is [{ Length: > 0 } only] ? only : null;

    /// <summary>What was filled into these fields, for the audit: <c>amount 3.50</c>. What a form that is none of ours has in them is cut.</summary>
    public string Filled(params IEnumerable<string> names) => string.Join(
        ", ", names.Select(name => (Name: name, Value: Field(name))).Where(field => field.Value is not null).Select(field => $"{field.Name} {Storable(field.Value!)}"));

    /// <summary>What PostgreSQL takes of it: half of a pair is no character.</summary>
    public static string Storable(string text) =>
        (text.Length <= FieldCharactersMax ? text : $"{text[..(char.IsHighSurrogate(text[FieldCharactersMax - 1]) ? FieldCharactersMax - 1 : FieldCharactersMax)]}…")
        .Replace('\0', ' ');

    /// <summary>What is wrong with a reason, if anything.</summary>
    public static string? Problem(string? reason) =>
        AuditReason.Problem(reason) ?? (reason!.Trim().Length < ReasonCharactersMin ? $"A reason has at least {ReasonCharactersMin} characters." : null);

    public static ValueTask<OperatorAction?> BindAsync(HttpContext context) =>
        new(context.Features.Get<OperatorAction>()
            ?? throw new InvalidOperationException($"{context.Request.Path} takes an OperatorAction but is no action of the console."));

    public override string ToString() => $"{What} by {Person.Name}";
}
