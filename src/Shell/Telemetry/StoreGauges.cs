using System.Diagnostics.Metrics;
using LanguageExt;
using Marketplace.Jobs.Telemetry;

namespace Marketplace.Shell.Telemetry;

/// <summary>What waits in the database, as metrics: of the last reading, where this process is the one that reads.</summary>
internal sealed class StoreGauges : IDisposable
{
    private readonly Meter meter = new(Measures.MeterName);
    private StoreReading? last;

    public StoreGauges()
    {
        Count("marketplace.billing.due", "{installation}", "Installations whose billing work is due: usage are those with an hour that is still to be told.", "work", reading => reading.Billing);
        Age("marketplace.billing.due.age", "How long the longest of them has been due; of finalization, how long ago the uninstall was asked for.", "work", reading => reading.Billing);
        meter.CreateObservableGauge("marketplace.slots.due", SlotsDue, "{slot}", "Hours of all installations that are over, and not told.");
        Count("marketplace.outbox.waiting", "{message}", "Messages to Vercel that are due, or wait for a token.", "kind", reading => reading.Outbox);
        Age("marketplace.outbox.waiting.age", "How long ago the first of them was due for the first time.", "kind", reading => reading.Outbox);
        Count("marketplace.outbox.dead", "{message}", "Messages to Vercel that were given up.", "kind", reading => reading.DeadMessages);
        Count("marketplace.events.open", "{event}", "Events that the provider's backend has not heard, by state.", "state", reading => reading.Events);
        Age("marketplace.events.open.age", "How long ago the oldest of them happened.", "state", reading => reading.Events);
        Count("marketplace.webhooks.open", "{webhook}", "Webhooks that have had no effect, by state.", "state", reading => reading.Webhooks);
        Age("marketplace.webhooks.open.age", "How long ago the oldest of them came.", "state", reading => reading.Webhooks);
        Count("marketplace.operations.open", "{operation}", "Questions to provisioners that are not settled, by kind.", "kind", reading => reading.Operations);
        Age("marketplace.operations.open.age", "How long ago the oldest of them was asked for.", "kind", reading => reading.Operations);
        Count("marketplace.invoices.open", "{invoice}", "Invoices that are not settled, by state.", "state", reading => reading.Invoices);
        Age("marketplace.job.failing.age", "How long ago the first failure of a job was that no success has followed; 0 where all is well.", "job", reading => reading.FailingJobs);
    }

    /// <summary>Null where another process reads: two that tell the same would be added up.</summary>
    public void Show(StoreReading? reading) => Volatile.Write(ref last, reading);

    public void Dispose() => meter.Dispose();

    private void Count(string name, string unit, string description, string tag, Func<StoreReading, Seq<Waiting>> of) =>
        meter.CreateObservableGauge(name, () => Points(tag, of, (waiting, _) => waiting.Count), unit, description);

    private void Age(string name, string description, string tag, Func<StoreReading, Seq<Waiting>> of) =>
        meter.CreateObservableGauge(
            name, () => Points(tag, of, (waiting, at) => waiting.Since is { } since ? Math.Max(0, (at - since).TotalSeconds) : 0), "s", description);

    private IEnumerable<Measurement<long>> SlotsDue() => Volatile.Read(ref last) is { } reading ? [new(reading.SlotsDue)] : [];

    private IEnumerable<Measurement<T>> Points<T>(string tag, Func<StoreReading, Seq<Waiting>> of, Func<Waiting, DateTimeOffset, T> value)
        where T : struct =>
        Volatile.Read(ref last) is { } reading
            ? of(reading).Map(waiting => new Measurement<T>(value(waiting, reading.At), new KeyValuePair<string, object?>(tag, waiting.Kind)))
            : [];
}
