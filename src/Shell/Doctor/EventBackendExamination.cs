using System.Globalization;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderEvents;

namespace Marketplace.Shell.Doctor;

/// <summary>
/// The provider's own backend, where it hears what happens: whether anybody answers there, and whether it has said that it wants no more.
/// Only an event shows whether it hears; that one has to be asked for.
/// </summary>
internal sealed class EventBackendExamination(ExaminedSettings examined, HttpClient http, DoctorDatabase database) : IExamination
{
    public string Subject => "event-backend";

    public async Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        if (examined.Settings.Events.Backend is not { } backend)
        {
            return [new Finding.Skipped(examined.Has("Events:Url") && examined.Has("Events:Secrets") && examined.Has("Events:Types")
                ? "Nobody listens: Events__Url is not set." : "Events__Url, Events__Secrets or Events__Types is wrong: see configuration.")];
        }

        return [await Ask(backend.Url, cancel), .. await Stopped(cancel)];
    }

    /// <summary>Its address may have something in it that is nobody else's business: only the host is named.</summary>
    private async Task<Finding> Ask(Uri url, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, url);
        try
        {
            using var answer = await http.SendAsync(request, cancel);
            return (int)answer.StatusCode >= 500
                ? new Finding.Warning($"{url.Host}:{url.Port} answers {DoctorHttp.Words(answer.StatusCode)}.", "Look into the backend's log; what it could not be told waits, for three days.")
                : new Finding.Ok($"{url.Host}:{url.Port} answers; events test shows whether it hears.");
        }
        catch (HttpRequestException fault)
        {
            return DoctorHttp.NoAnswer(url, "Events__Url", fault);
        }
    }

    private async Task<IEnumerable<Finding>> Stopped(CancellationToken cancel) =>
        (await database.Look(
            async _ =>
            {
                var loads = new Loads();
                var outlet = OutletRows.Load(loads);
                await loads.Read(database.Source!, cancel);
                return outlet.Value?.StoppedAt is { } at
                    ? [new Finding.Warning(
                        string.Create(CultureInfo.InvariantCulture, $"It answered 410 at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, and has been told nothing since."),
                        "When it listens again: events test.")]
                    : [];
            },
            cancel)).Where(finding => finding is Finding.Warning);
}
