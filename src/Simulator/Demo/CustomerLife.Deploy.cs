using Marketplace.Simulator.Deployments;

namespace Marketplace.Simulator.Demo;

/// <summary>The customer deploys, and the provider prepares what the deployment needs.</summary>
internal sealed partial class CustomerLife
{
    private const string Branching = "branch-database";

    private async Task DeployAPreview(CancellationToken cancel)
    {
        transcript.Step("A preview of a project is deployed, with a copy of the database of its own");
        var project = Projects.Single(project => project.Name == "storefront");
        var id = Dashboard.Deploy(project.Id, actions: [Branching], branch: "new-checkout").Id;
        await Eventually(
            "the provider has done what the deployment waits for", () => Dashboard.Deployment(id).Actions.Single().Status,
            status => status == ActionStatus.Succeeded, cancel);
        TellCallsBack();
        transcript.Fact("status text", Dashboard.Deployment(id).Actions.Single().StatusText ?? "");

        var copy = new CustomerDatabase(Dashboard.DeploymentVariables(id).Single(variable => variable.Name == $"MAIN_{Database}").Value);
        transcript.Fact($"its MAIN_{Database}", copy.Shown);
        transcript.Check("the copy has the rows", rows, await copy.CountRows(cancel));
        transcript.Check("what the preview writes is there", rows + 1, await copy.WriteRows(1, cancel));
        transcript.Check("and nowhere else", rows, await new CustomerDatabase(Secret(Database)).CountRows(cancel));

        await vercel.Advance(DeploymentProgress.BuildTime, cancel);
        await Eventually(
            "it is built, checked and served", () => Dashboard.Deployment(id).Stage, stage => stage == DeploymentStage.Ready, cancel);
        TellCallsBack();
        CheckWebhooks("deployment.integration.action.start", 1);
        foreach (var run in Dashboard.Deployment(id).CheckRuns)
        {
            transcript.Fact($"check {run.Check.Name}", $"{run.Conclusion}: {run.ConclusionText}");
        }
    }
}
