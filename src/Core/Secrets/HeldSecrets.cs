using LanguageExt;

namespace Marketplace.Core.Secrets;

/// <summary>The values of a resource's secrets as far as they are kept here, for Vercel to be told (again).</summary>
/// <param name="Minted">By the provisioner, none that was pushed over since; empty where it tells them once, and nobody can again.</param>
/// <param name="Pushed">By the provider's own backend. No name is in both.</param>
/// <param name="IsWhole">Whether these are all that the customer has.</param>
public sealed record HeldSecrets(Seq<Secret> Minted, Seq<Secret> Pushed, bool IsWhole)
{
    /// <summary>Whatever the customer has, nothing of it is known here.</summary>
    public static readonly HeldSecrets Nothing = new(Seq<Secret>.Empty, Seq<Secret>.Empty, IsWhole: false);

    public Seq<Secret> All => (Minted + Pushed).Strict();

    /// <summary>All that a provisioner has just minted, and nothing else.</summary>
    public static HeldSecrets WholeOf(Seq<Secret> minted) => new(minted, Seq<Secret>.Empty, IsWhole: true);

    /// <summary>These and no others; or these and, beside them, those of other names. Source: contract §D.6, <c>partial</c>.</summary>
    public HeldSecrets With(PushSecrets push) =>
        push.IsPartial
            ? new HeldSecrets(Without(Minted, push.Secrets), (Without(Pushed, push.Secrets) + push.Secrets).Strict(), IsWhole)
            : new HeldSecrets(Seq<Secret>.Empty, push.Secrets, IsWhole: true);

    /// <summary>
    /// A rotation mints anew what the provisioner mints. What the provider has pushed beside it stays, so that no project loses a variable
    /// by it; of one name, the newer is meant.
    /// </summary>
    public HeldSecrets Rotated(Seq<Secret> minted) => WholeOf(minted) with { Pushed = Without(Pushed, minted) };

    /// <summary>Where nobody may keep what was minted, once it is told.</summary>
    public HeldSecrets Forgotten() => this with { Minted = Seq<Secret>.Empty, IsWhole = IsWhole && Minted.IsEmpty };

    private static Seq<Secret> Without(Seq<Secret> secrets, Seq<Secret> others) =>
        secrets.Filter(secret => !others.Exists(other => other.Name == secret.Name)).Strict();
}
