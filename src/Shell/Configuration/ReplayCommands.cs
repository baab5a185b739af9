using System.CommandLine;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.ProviderEvents;
using Marketplace.Shell.Webhooks;

namespace Marketplace.Shell.Configuration;

/// <summary>Everything that was given up and can be had once more, in one place; each is the command of its own family, too.</summary>
internal static class ReplayCommands
{
    public static Command Command(CommandHost host) =>
        new("replay", "Has once more what was given up: the same as the command replay of each of these.")
        {
            OutboxCommands.ReplayCommand(host, "outbox"),
            ProviderEventCommands.ReplayCommand(host, "events"),
            WebhookCommands.ReplayCommand(host, "webhooks"),
        };
}
