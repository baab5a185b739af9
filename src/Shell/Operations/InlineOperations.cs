using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Operations;
using Marketplace.Jobs.Provisioning;
using Npgsql;

namespace Marketplace.Shell.Operations;

/// <summary>Carries out an operation while its request waits, for as long as the caller can be asked to.</summary>
internal sealed partial class InlineOperations(
    IOperations operations, OperationRunner runner, IHostApplicationLifetime lifetime, ILogger<InlineOperations> log)
{
    /// <summary>After this the answer is «pending», and the worker tells Vercel the outcome (DESIGN: sagas).</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(25);

    /// <summary>Returns when the operation is closed, or failed once, or the budget is spent; never throws what the provisioner threw.</summary>
    public async Task RunWithinBudget(InstallationId installation, OperationId id)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        budget.CancelAfter(Budget);
        try
        {
            // Somebody else may hold it: a duplicate of this call, or the sweep. Then wait for its outcome.
            while (await operations.IsOpen(installation, id, budget.Token))
            {
                if (await operations.Claim(installation, id, OperationRunner.Lease, budget.Token) is { } operation)
                {
                    // The run outlives the budget: it goes on behind the answer, and closes the operation when it is done.
                    await Run(operation).WaitAsync(budget.Token);
                    return;
                }

                await Task.Delay(Glance, budget.Token);
            }
        }
        catch (OperationCanceledException) when (budget.IsCancellationRequested)
        {
            BudgetSpent(id.Value, installation.Value);
        }
    }

    private async Task Run(Operation operation)
    {
        try
        {
            await runner.Run(operation, ClosedBy.Request, lifetime.ApplicationStopping);
        }
        catch (OperationCanceledException)
        {
            // The process stops; the lease runs out and the sweep goes on.
        }
        catch (NpgsqlException fault)
        {
            // The outcome could not be committed. The operation is idempotent: the sweep does it again.
            NotCommitted(fault, operation.Id.Value);
        }
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Operation {OperationId} of installation {InstallationId} goes on behind its answer")]
    private partial void BudgetSpent(string operationId, string installationId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcome of operation {OperationId} could not be committed; it will be done again")]
    private partial void NotCommitted(Exception fault, string operationId);
}
