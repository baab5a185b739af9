using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Secrets;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Secrets;

/// <summary>The values of a generation as their row has them, before they are encrypted for it.</summary>
internal static class StoredSecrets
{
    private const byte ArrayBegins = (byte)'[';

    public static byte[] Write(HeldSecrets held) =>
        JsonSerializer.SerializeToUtf8Bytes(new Stored(Stored.Of(held.Minted), Stored.Of(held.Pushed), held.IsWhole));

    /// <summary>A row that was written before anybody could push has an array of what was minted, and nothing else.</summary>
    public static HeldSecrets Read(byte[] json)
    {
        if (json is [ArrayBegins, ..])
            return HeldSecrets.WholeOf(Stored.Of(JsonSerializer.Deserialize<StoredSecret[]>(json)!));

        var stored = JsonSerializer.Deserialize<Stored>(json)!;
        return new HeldSecrets(Stored.Of(stored.Minted), Stored.Of(stored.Pushed), stored.IsWhole);
    }

    private sealed record Stored(StoredSecret[] Minted, StoredSecret[] Pushed, bool IsWhole)
    {
        public static StoredSecret[] Of(Seq<Secret> secrets) =>
            [.. secrets.Select(secret => new StoredSecret(
                secret.Name, secret.Value, secret.Prefix.OrNull(), secret.Overrides.Development.OrNull(),
                secret.Overrides.Preview.OrNull(), secret.Overrides.Production.OrNull()))];

        public static Seq<Secret> Of(StoredSecret[] stored) => stored.Select(one => one.ToSecret()).ToSeq().Strict();

        public override string ToString() => nameof(Stored);
    }

    private sealed record StoredSecret(
        string Name, string Value, string? Prefix, string? Development, string? Preview, string? Production)
    {
        public Secret ToSecret() => new(
            Name, Value, Prelude.Optional(Prefix)!, new EnvironmentOverrides(
                Prelude.Optional(Development)!, Prelude.Optional(Preview)!, Prelude.Optional(Production)!));

        public override string ToString() => $"StoredSecret {Name}";
    }
}
