using Marketplace.Shell.ProviderEvents;

namespace Marketplace.Shell.OperatorConsole.ProviderEvents;

/// <summary>Where the events for the provider's backend are in the console.</summary>
internal static class EventPaths
{
    public const string Root = OperatorPaths.Root + "/events";

    public const string Chosen = Root + "/replay";

    public const string Found = Root + "/replay-found";

    public const string Test = Root + "/test";

    /// <summary>By its name alone, which is its own.</summary>
    public static string Event(long sequence) => $"{Root}/{ProviderEventId.Of(sequence)}";
}
