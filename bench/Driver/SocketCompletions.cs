namespace Marketplace.Driver;

/// <summary>
/// The driver's answers are read on the thread that hears of them, with no hand-over to another: it shares two processors
/// with the servers. The servers run as they are shipped.
/// </summary>
internal static class SocketCompletions
{
    public const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Before the first socket of this process.</summary>
    public static void Inline() => Environment.SetEnvironmentVariable(Variable, "1");
}
