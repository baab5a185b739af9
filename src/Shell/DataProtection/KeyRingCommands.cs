using System.CommandLine;
using System.Security.Cryptography;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Npgsql;

namespace Marketplace.Shell.DataProtection;

/// <summary>The key ring by hand. It needs our database and what protects the ring, and nothing else.</summary>
internal static class KeyRingCommands
{
    private const int NamedMax = 5;

    public static Command Command(CommandHost host)
    {
        var verify = CommandParts.Of("verify", "Opens every token and secret that is kept, and prints how many there are: after a restore, or before a key is taken away.");
        verify.SetAction(host.OnConfiguration(Verify));
        var reseal = CommandParts.Of("reseal", "Seals the keys of the ring with the certificate or the key that is configured now, so that the former one can be taken away.");
        reseal.SetAction(host.OnConfiguration(Reseal));
        return new Command("key-ring", "The keys by which tokens and secrets are encrypted.")
        {
            verify.Examples("key-ring verify").Ends("everything opens", "something does not, and is named without its value"),
            reseal.Examples("key-ring reseal").Ends("every key of the ring is sealed anew", "one of them does not open, and nothing was changed"),
        };
    }

    private static async Task<int> Verify(WebApplicationBuilder builder, ParseResult parsed, CancellationToken cancel)
    {
        await using var app = await Open(builder, cancel);
        var box = app.Services.GetRequiredService<SecretBox>();
        var ring = app.Services.GetRequiredService<KeyRing>().Look();
        // Without a key that opens, the framework would look for one anew at every value, and takes seconds for it.
        var hasKey = ring.All > ring.Stuck;
        var (opened, stuck) = (0, new List<SealedValue>());
        await foreach (var value in SealedRows.All(app.Services.GetRequiredService<NpgsqlDataSource>(), cancel))
        {
            if (hasKey && Opens(box, value))
                opened++;
            else
                stuck.Add(value);
        }

        if (stuck.Count > 0)
        {
            return await CommandParts.SayNothingDone(
                $"{stuck.Count} of {Counted.Of(opened + stuck.Count, "token or secret", "tokens and secrets")} cannot be opened: {string.Join(", ", stuck.Take(NamedMax))}"
                + $"{(stuck.Count > NamedMax ? ", …" : "")}. DataProtection__Key or DataProtection__Certificate must be the one that they were sealed with.");
        }

        // Where nothing is kept yet, the keys alone can say that they are sealed with something else; a server would not start.
        if (ring.Stuck > 0)
        {
            return await CommandParts.SayNothingDone(
                $"{Counted.Of(ring.Stuck, "key of the ring does", "keys of the ring do")} not open with what is configured. DataProtection__Key or DataProtection__Certificate must be the one that they were sealed with.");
        }

        await Console.Out.WriteLineAsync($"{Counted.Of(opened, "token or secret opens", "tokens and secrets open")} with what is configured.");
        return CommandParts.Done;
    }

    private static async Task<int> Reseal(WebApplicationBuilder builder, ParseResult parsed, CancellationToken cancel)
    {
        await using var app = await Open(builder, cancel);
        if (app.Services.GetRequiredService<KeyRing>().Look().Stuck is > 0 and var stuck)
        {
            return await CommandParts.SayNothingDone(
                $"{Counted.Of(stuck, "key of the ring does", "keys of the ring do")} not open with what is configured: DataProtection__FormerKeys or DataProtection__FormerCertificates must have what sealed them.");
        }

        var keys = await app.Services.GetRequiredService<KeyResealing>().SealAnew(cancel);
        await Console.Out.WriteLineAsync($"{Counted.Of(keys, "key is", "keys are")} sealed by what is configured now.");
        return CommandParts.Done;
    }

    private static async Task<WebApplication> Open(WebApplicationBuilder builder, CancellationToken cancel)
    {
        var reader = new SettingsReader(builder.Configuration);
        var settings = DataProtectionSource.Read(reader, builder.Environment);
        if (reader.Problems.Count > 0)
            throw StartRefusedException.For(reader.Problems);
        // The framework logs each attempt on a key that does not open, with its stack. The command says the same in one sentence.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.None);
        builder.Services
            .AddPersistence(SettingsSource.ReadDatabase(builder.Configuration), Role.None)
            .AddSingleton(settings)
            .AddSecretBox(settings)
            // Where no key opens the framework would make another, sealed with the wrong one, and no server would start any more.
            .Configure<KeyManagementOptions>(options => options.AutoGenerateKeys = false);
        var app = builder.Build();
        await app.Services.GetRequiredService<Migrations>().Require(cancel);
        return app;
    }

    private static bool Opens(SecretBox box, SealedValue value)
    {
        try
        {
            CryptographicOperations.ZeroMemory(box.Unprotect(value.Cipher, value.Table, value.Row));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
