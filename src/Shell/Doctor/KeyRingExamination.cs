using Marketplace.Shell.Configuration;
using Marketplace.Shell.DataProtection;

namespace Marketplace.Shell.Doctor;

/// <summary>The key ring in the database: whether each of its keys opens with what configuration names. It makes none.</summary>
internal sealed class KeyRingExamination(ExaminedSettings examined, DoctorDatabase database) : IExamination
{
    public string Subject => "key-ring";

    public async Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        var settings = examined.Settings.DataProtection;
        if (settings is { Certificate: null, Key: null })
            return [new Finding.Skipped("Neither DataProtection__Key nor DataProtection__Certificate can be used: see configuration.")];
        return await database.Look(
            async _ =>
            {
                var services = new ServiceCollection().AddLogging().AddSingleton(settings).AddSingleton(database.Source!).AddSecretBox(settings);
                await using var provider = services.BuildServiceProvider();
                return provider.GetRequiredService<KeyRing>().Look() switch
                {
                    (0, _) => [new Finding.Ok("It is empty; the first start makes the first key.")],
                    (var all, 0) => [new Finding.Ok($"{Counted.Of(all, "key opens", "keys open")} with what is configured.")],
                    var (all, stuck) => [new Finding.Failed(
                        $"{stuck} of {Counted.Of(all, "key")} {(stuck == 1 ? "does" : "do")} not open: nothing that was encrypted under {(stuck == 1 ? "it" : "them")} can be read.",
                        "DataProtection__Key or DataProtection__Certificate must be the one that they were sealed with.")],
                };
            },
            cancel);
    }
}
