using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Telemetry;

namespace Marketplace.Shell.Idempotency;

/// <summary>Which decision was made for whom, how it ended, and whether it had been made before: as a span and as a count.</summary>
internal static class ObservedDecision
{
    public static async Task<PartnerAnswer> Run(InstallationId installation, KeyedCall call, Func<Task<Decided>> decide)
    {
        using var span = Traces.Begin("decision", installation)?.SetTag(Traces.DecisionTag, call.Route);
        try
        {
            var answered = await decide() as Decided.Answered ?? throw new InvalidOperationException("This decision starts no operation.");
            var outcome = OutcomeOf(answered.Answer);
            Measures.Decided(call.Route, outcome, answered.IsRepeated);
            span?.SetTag(Traces.OutcomeTag, outcome).SetTag(Traces.RepeatedTag, answered.IsRepeated);
            return answered.Answer;
        }
        catch
        {
            Measures.Decided(call.Route, "failed", repeated: false);
            span?.SetTag(Traces.OutcomeTag, "failed").SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    private static string OutcomeOf(PartnerAnswer answer) => answer.StatusCode switch
    {
        StatusCodes.Status202Accepted => "pending",
        < StatusCodes.Status400BadRequest => "done",
        < StatusCodes.Status500InternalServerError => "refused",
        _ => "failed",
    };
}
