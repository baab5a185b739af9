using Marketplace.Shell.OperatorConsole.SignIn;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>Whoever is before a page of the console, proven by a session that lives. A handler takes it as a parameter.</summary>
internal sealed record Operator(OperatorSession Session, SessionSecret Secret)
{
    public OperatorPerson Person => Session.Person;

    public string Name => Session.Person.Name;

    /// <summary>What is around the page that the person gets. Set by the gate.</summary>
    public OperatorFrame Frame { get; init; } = null!;

    public bool MayAct => Session.Role == OperatorRole.Operator;

    public static ValueTask<Operator?> BindAsync(HttpContext context) =>
        new(context.Features.Get<Operator>()
            ?? throw new InvalidOperationException($"{context.Request.Path} takes an Operator but is no page of the console."));

    public override string ToString() => Session.ToString();
}
