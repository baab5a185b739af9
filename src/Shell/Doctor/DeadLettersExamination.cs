namespace Marketplace.Shell.Doctor;

/// <summary>What was given up, and waits for a person: messages to Vercel, events for the provider, and webhooks from Vercel.</summary>
internal sealed class DeadLettersExamination(DoctorDatabase database) : IExamination
{
    public string Subject => "dead-letters";

    public Task<IReadOnlyList<Finding>> Look(CancellationToken cancel) =>
        database.Look(
            async connection =>
            {
                var findings = new List<Finding>();
                if (await DoctorRows.DeadMessages(connection, cancel) is > 0 and var messages)
                {
                    findings.Add(new Finding.Warning(
                        $"{Counted(messages, "message")} could not be delivered to Vercel.", "outbox list --dead says why; outbox replay has them sent once more."));
                }

                if (await DoctorRows.DeadEvents(connection, cancel) is > 0 and var events)
                {
                    findings.Add(new Finding.Warning(
                        $"{Counted(events, "event")} could not be delivered to your backend.", "events list --dead says why; events replay has them sent once more."));
                }

                if (await DoctorRows.DeadWebhooks(connection, cancel) is > 0 and var webhooks)
                {
                    findings.Add(new Finding.Warning(
                        $"{Counted(webhooks, "webhook")} had no effect.", "webhooks list --dead says why; webhooks replay has them processed once more."));
                }

                return findings.Count > 0 ? findings : [new Finding.Ok("Nothing was given up.")];
            },
            cancel);

    private static string Counted(long count, string one) =>
        count >= DoctorRows.CountMax ? $"{DoctorRows.CountMax} {one}s or more" : Shell.Counted.Of(count, one);
}
