using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Marketplace.Jobs.Telemetry;

/// <summary>
/// What is counted where it happens. The names are those of docs/runbook.md and of its alerts. No value of a tag is somebody's name or text:
/// each is one of a few words of ours, of the catalogue, or of Vercel's.
/// </summary>
public static class Measures
{
    public const string MeterName = "Marketplace";

    /// <summary>The reason of a refusal that is nobody's but the issuer's.</summary>
    public const string IssuerUnreachable = "IssuerUnreachable";

    private static readonly System.Diagnostics.Metrics.Meter Meter = new(MeterName);

    private static readonly InstrumentAdvice<double> Quick =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    private static readonly InstrumentAdvice<double> Slow =
        new() { HistogramBucketBoundaries = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400] };

    private static readonly Counter<long> Decisions = Meter.CreateCounter<long>(
        "marketplace.decisions", "{decision}", "What Vercel, the provider and customers asked to have changed, by what it was, how it ended, and whether it was a repetition.");

    private static readonly Counter<long> TokenRefusals = Meter.CreateCounter<long>(
        "marketplace.token.refusals", "{request}", "Calls of the Partner API that were not let in, by reason.");

    private static readonly Counter<long> VercelAnswers = Meter.CreateCounter<long>(
        "marketplace.vercel.answers", "{call}", "What came of calls to Vercel.");

    private static readonly Counter<long> OutboxEnds = Meter.CreateCounter<long>(
        "marketplace.outbox.messages", "{message}", "Attempts to tell Vercel something, by kind and by what came of them.");

    private static readonly Counter<long> Slots = Meter.CreateCounter<long>(
        "marketplace.slots", "{slot}", "Hours of the slot ledger that came to a state.");

    private static readonly Counter<long> Invoices = Meter.CreateCounter<long>(
        "marketplace.invoices", "{invoice}", "Invoices that came to a state.");

    private static readonly Histogram<double> JobDuration = Meter.CreateHistogram(
        "marketplace.job.duration", "s", "How long the runs of jobs took, by job and outcome.", tags: null, Quick);

    private static readonly Histogram<double> ProvisionDuration = Meter.CreateHistogram(
        "marketplace.provision.duration", "s", "From the customer's wish to its end, of what is made outside our own database.", tags: null, Slow);

    private static readonly Histogram<double> ProvisionerDuration = Meter.CreateHistogram(
        "marketplace.provisioner.call.duration", "s", "Calls of provisioners, by provisioner, call and outcome.", tags: null, Quick);

    private static readonly Histogram<double> WebhookArrival = Meter.CreateHistogram(
        "marketplace.webhook.arrival.lag", "s", "From when Vercel made a webhook to when it arrived here.", tags: null, Slow);

    private static readonly Histogram<double> WebhookProcessing = Meter.CreateHistogram(
        "marketplace.webhook.processing.lag", "s", "From a webhook's arrival to its effect.", tags: null, Slow);

    /// <summary>
    /// Counts nothing, of everything that an alert waits for: a series that begins with its first event shows no increase, and the first of what
    /// must never happen would wake nobody. Once there is somebody who listens.
    /// </summary>
    public static void Begin()
    {
        foreach (var state in (string[])["refused", "dead"])
            Slots.Add(0, new KeyValuePair<string, object?>("state", state));
        foreach (var answer in (string[])["accepted", "token_refused", "unknown"])
            VercelAnswers.Add(0, new KeyValuePair<string, object?>("answer", answer));
        TokenRefusals.Add(0, new KeyValuePair<string, object?>("reason", IssuerUnreachable));
    }

    /// <param name="decision">Method and route.</param>
    public static void Decided(string decision, string outcome, bool repeated) =>
        Decisions.Add(1, new("decision", decision), new("outcome", outcome), new("repeated", repeated));

    public static void TokenRefused(string reason) => TokenRefusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void VercelAnswered(string answer) => VercelAnswers.Add(1, new KeyValuePair<string, object?>("answer", answer));

    public static void Told(string kind, string outcome) => OutboxEnds.Add(1, new("kind", kind), new("outcome", outcome));

    public static void SlotCame(string state) => Slots.Add(1, new KeyValuePair<string, object?>("state", state));

    public static void InvoiceCame(string state) => Invoices.Add(1, new KeyValuePair<string, object?>("state", state));

    public static void JobRan(string job, string outcome, TimeSpan took) =>
        JobDuration.Record(took.TotalSeconds, new("job", job), new("outcome", outcome));

    public static void Provisioned(string product, string outcome, TimeSpan took) =>
        ProvisionDuration.Record(Positive(took), new("product", product), new("outcome", outcome));

    /// <param name="since">Of <see cref="Stopwatch"/>.</param>
    public static void ProvisionerAnswered(string provisioner, string call, string outcome, long since) =>
        ProvisionerDuration.Record(
            Stopwatch.GetElapsedTime(since).TotalSeconds, new("provisioner", provisioner), new("call", call), new("outcome", outcome));

    public static void WebhookArrived(string type, TimeSpan lag) =>
        WebhookArrival.Record(Positive(lag), new KeyValuePair<string, object?>("type", type));

    public static void WebhookProcessed(string type, TimeSpan lag) =>
        WebhookProcessing.Record(Positive(lag), new KeyValuePair<string, object?>("type", type));

    /// <summary>Two clocks may disagree by more than was waited.</summary>
    private static double Positive(TimeSpan time) => Math.Max(0, time.TotalSeconds);
}
