using Marketplace.Core.Repl;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Repl;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>Runs a command in SQL: a login of its own, a session of its own, and both are gone when it is done.</summary>
internal sealed partial class PostgresRepl(PostgresReplLogin logins, ReplLimits limits, ILogger<PostgresRepl> log)
{
    public async Task Run(ResourceId resource, ReplCommand command, IReplScreen screen, CancellationToken cancel)
    {
        var page = new ReplPage(screen, limits);
        var statements = SqlScript.Statements(command.Input);
        if (statements.Count == 0)
        {
            await page.Say(cancel, PostgresReplTexts.NothingToRun);
            return;
        }

        switch (await Open(resource, command, cancel))
        {
            case ReplAdmission.Refused refused:
                await page.Say(cancel, PostgresReplTexts.Refused(refused.Reason));
                return;
            case ReplAdmission.Open open:
                await RunWithin(open, resource, command, statements, page, cancel);
                return;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<ReplAdmission> Open(ResourceId resource, ReplCommand command, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(limits.Duration);
        try
        {
            return await logins.Open(resource, command.IsReadOnly, limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new ReplAdmission.Refused("The database did not answer in time, and nothing was run. Try again.");
        }
    }

    private async Task RunWithin(
        ReplAdmission.Open open, ResourceId resource, ReplCommand command, IReadOnlyList<SqlStatement> statements, ReplPage page,
        CancellationToken cancel)
    {
        // The session's own statement_timeout is the customer's to change; this limit is not.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(limits.Duration);
        try
        {
            await new PostgresReplSession(open.Session, command, page).Run(statements, limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            await page.Say(cancel, PostgresReplTexts.OutOfTime(limits.Duration, command));
        }
        finally
        {
            await Close(open, resource);
        }
    }

    private async Task Close(ReplAdmission.Open open, ResourceId resource)
    {
        try
        {
            await open.Session.DisposeAsync();
            await logins.Close(resource, open.Login);
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
        {
            // Nobody can use what is left: it lets nobody in. The next command on the resource takes it away.
            LogLeft(open.Login, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The console's login {Login} could not be taken away yet")]
    private partial void LogLeft(string login, Exception fault);
}
