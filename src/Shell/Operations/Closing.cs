using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Operations;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Operations;

/// <summary>An operation that is being closed, under the locks of its resource and of itself, and what is written with it.</summary>
internal sealed record Closing(
    NpgsqlTransaction Transaction, Writes Writes, Operation Operation, Resource Resource, bool HandedOver, ClosedBy ClosedBy,
    DateTimeOffset Now, CancellationToken Cancel)
{
    public InstallationId Installation => Operation.Resource.Installation;

    public Actor Actor { get; } = Actor.Worker($"operation {Operation.Id}");

    public void Tell(MessageKind kind, DateTimeOffset dueAt) => OutboxRows.Append(Writes, Installation, Resource.Id, kind, Now, dueAt);

    /// <summary>The resource as it is after a command that cannot be refused here.</summary>
    public Resource Apply(ResourceCommand command) =>
        ResourceTransitions.Apply(Resource, command, Now).Match(
            Right: transition =>
            {
                ResourceRows.Save(Writes, Installation, transition.Next);
                EventRows.Append(Writes, Installation, transition.Events, Actor);
                return transition.Next;
            },
            Left: rejection => throw new UnreachableException($"{Resource.GetType().Name}: {rejection.GetType().Name}"));
}
