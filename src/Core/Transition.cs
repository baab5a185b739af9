using LanguageExt;

namespace Marketplace.Core;

/// <summary>What a command leads to: the next state and the facts that others must hear. No events means that nothing changed.</summary>
public sealed record Transition<TState, TEvent>(TState Next, Seq<TEvent> Events);
