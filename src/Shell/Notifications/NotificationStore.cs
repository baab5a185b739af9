using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Notifications;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Notifications;

/// <summary>What the provider tells its customers: kept with what others tell, and told to Vercel through the outbox.</summary>
internal sealed class NotificationStore(NpgsqlDataSource database, TimeProvider clock)
{
    public const string Cause = "notification";

    /// <param name="notice">None takes back what was told before.</param>
    public async Task<NotificationAnswer> TellInstallation(
        InstallationId id, Option<Notice> notice, Actor actor, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var loads = new Loads();
        var locked = InstallationRows.LoadForUpdate(loads, id);
        await loads.Begin(connection, cancel);
        if (locked.Value is not { } installation)
            return new NotificationAnswer.NoInstallation(id);

        var now = clock.GetUtcNow();
        return await InstallationTransitions.Apply(installation, new InstallationCommand.Notify(NoticeSource.Provider, notice), now)
            .MatchAsync<NotificationAnswer>(
                LeftAsync: rejection => Task.FromResult(Refused(rejection)),
                RightAsync: async transition =>
                {
                    if (!transition.Events.IsEmpty)
                    {
                        var writes = new Writes();
                        InstallationRows.Save(writes, transition.Next);
                        EventRows.Append(writes, transition.Events, actor);
                        OutboxRows.Append(writes, id, MessageKind.InstallationNotice, now);
                        await writes.Commit(connection, cancel);
                    }

                    return new NotificationAnswer.Set(NotificationWire.Of(transition.Next.Notice));
                });
    }

    /// <inheritdoc cref="TellInstallation"/>
    public async Task<NotificationAnswer> TellResource(
        InstallationId installation, ResourceId id, Option<Notice> notice, Actor actor, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var loads = new Loads();
        var owner = InstallationRows.Load(loads, installation);
        var locked = ResourceRows.LoadForUpdate(loads, installation, id);
        await loads.Begin(connection, cancel);
        if (owner.Value is null)
            return new NotificationAnswer.NoInstallation(installation);
        if (locked.Value is not { } resource)
            return new NotificationAnswer.NoResource(id);

        var now = clock.GetUtcNow();
        return await ResourceTransitions.Apply(resource, new ResourceCommand.Notify(NoticeSource.Provider, notice), now)
            .MatchAsync<NotificationAnswer>(
                LeftAsync: rejection => Task.FromResult(Refused(rejection)),
                RightAsync: async transition =>
                {
                    if (!transition.Events.IsEmpty)
                    {
                        var writes = new Writes();
                        ResourceRows.Save(writes, installation, transition.Next);
                        EventRows.Append(writes, installation, transition.Events, actor);
                        OutboxRows.Append(writes, installation, id, MessageKind.ResourceStatus, now, now);
                        await writes.Commit(connection, cancel);
                    }

                    return new NotificationAnswer.Set(NotificationWire.Of(transition.Next));
                });
    }

    private static NotificationAnswer Refused(InstallationRejection rejection) =>
        rejection switch
        {
            InstallationRejection.BeingUninstalled(var id) => new NotificationAnswer.InstallationLeaves(id),
            InstallationRejection.AlreadyFinalized(var id) => new NotificationAnswer.InstallationLeaves(id),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    private static NotificationAnswer Refused(ResourceRejection rejection) =>
        rejection switch
        {
            ResourceRejection.AlreadyUninstalled(var id) => new NotificationAnswer.ResourceGone(id),
            ResourceRejection.ProvisioningHadFailed(var id, _) => new NotificationAnswer.NeverMade(id),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };
}

/// <summary>What became of the wish to tell a customer something, or nothing any more.</summary>
internal abstract record NotificationAnswer
{
    private NotificationAnswer() { }

    /// <param name="Shown">What the customer sees there now, whoever told it.</param>
    public sealed record Set(NotificationWire? Shown) : NotificationAnswer;

    public sealed record NoInstallation(InstallationId Id) : NotificationAnswer;

    public sealed record NoResource(ResourceId Id) : NotificationAnswer;

    public sealed record InstallationLeaves(InstallationId Id) : NotificationAnswer;

    public sealed record ResourceGone(ResourceId Id) : NotificationAnswer;

    public sealed record NeverMade(ResourceId Id) : NotificationAnswer;
}
