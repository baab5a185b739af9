using Marketplace.Shell.JobHosts;

namespace Marketplace.Shell.OperatorConsole.Jobs;

/// <summary>POST /ops/jobs/{jobId}/run, …/pause and …/resume: they go through the database, and so to whichever node it concerns.</summary>
internal static class JobActionEndpoints
{
    public static readonly RequestDelegate Run = OperatorEndpoint.Action("run job", Ask);
    public static readonly RequestDelegate Pause = OperatorEndpoint.Action("pause job", Stop);
    public static readonly RequestDelegate Resume = OperatorEndpoint.Action("resume job", GoOn);

    private static async Task<IResult> Ask(OperatorAction action, string jobId, JobControls controls, CancellationToken cancel) =>
        Answer(
            jobId, await controls.Run(jobId, action.Actor, action.Reason, cancel),
            "It runs as soon as a node is free, within a few seconds. What comes of it is below then.", "A run is asked for already, and begins when a node is free.");

    private static async Task<IResult> Stop(OperatorAction action, string jobId, JobControls controls, CancellationToken cancel) =>
        Answer(
            jobId, await controls.Pause(jobId, action.Actor, action.Reason, cancel),
            "No node begins it any more. A run that is under way comes to its end.", "It is paused already.");

    private static async Task<IResult> GoOn(OperatorAction action, string jobId, JobControls controls, CancellationToken cancel) =>
        Answer(
            jobId, await controls.Resume(jobId, action.Actor, cancel),
            "It runs again from its next wake on. That run does whatever has waited.", "It is not paused.");

    private static OperatorAnswer Answer(string job, JobAnswer answer, string done, string asItWas) =>
        answer switch
        {
            JobAnswer.Done => OperatorAnswer.Done(JobPaths.Of(job), done),
            JobAnswer.Paused => OperatorAnswer.Refused(JobPaths.Of(job), "It is paused: resume it first."),
            JobAnswer.Unknown => OperatorAnswer.Refused(JobPaths.Root, "There is no job of this name."),
            _ => OperatorAnswer.Refused(JobPaths.Of(job), asItWas),
        };
}
