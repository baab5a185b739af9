using Hangfire.States;
using Hangfire.Storage;

namespace Marketplace.Shell.JobHosts;

/// <summary>
/// A wake that failed is over: it is not tried again, and the history of runs knows it. To Hangfire a failure waits for a person, so that it
/// would be kept for ever.
/// </summary>
internal sealed class FailuresEnd : IElectStateFilter, IApplyStateFilter
{
    /// <summary>Longer than what went well, for whoever looks for it.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState is FailedState failed)
            context.CandidateState = new Over(failed);
    }

    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
        if (context.NewState is Over)
            context.JobExpirationTimeout = Kept;
    }

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
    }

    /// <summary>Failed, for everybody who looks, and final.</summary>
    private sealed class Over(FailedState failed) : IState
    {
        public string Name => failed.Name;

        public string Reason => failed.Reason;

        public bool IsFinal => true;

        public bool IgnoreJobLoadException => failed.IgnoreJobLoadException;

        public Dictionary<string, string> SerializeData() => failed.SerializeData();
    }
}
