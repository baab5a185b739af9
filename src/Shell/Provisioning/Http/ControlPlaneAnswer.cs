using System.Text.Json;
using System.Text.Json.Serialization;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Http;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>
/// What the control plane says to an operation, at once or by a callback. Read strictly: a field that is spelled wrong is a mistake that
/// its author wants to know of, and not something to leave out.
/// </summary>
internal sealed record ControlPlaneAnswer(string? Status = null, string? Reason = null, ControlPlaneSecret[]? Secrets = null)
{
    public const int ReasonCharactersMax = 500;
    private const int SecretsMax = 100;
    private const int NameCharactersMax = 256;

    public static readonly JsonSerializerOptions Options = new(WireJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>The answer, or everything that is wrong with it; in words that repeat nothing of it.</summary>
    /// <param name="mints">Whether the operation hands secrets out: only then there are any, even if none.</param>
    public Validation<FieldError, ProvisionerAnswer<Seq<Secret>>> Read(bool mints) =>
        Status switch
        {
            "done" when Reason is not null => new FieldError("reason", "Only what is refused has a reason."),
            "done" when mints => Handed(),
            "done" when Secrets is not null => new FieldError("secrets", "Only provision and rotate hand out secrets."),
            "done" => new ProvisionerAnswer<Seq<Secret>>.Done(Seq<Secret>()),
            "refused" or "pending" when Secrets is not null => new FieldError("secrets", "Only what is done hands out secrets."),
            "refused" when Reason is not { Length: > 0 and <= ReasonCharactersMax } || Reason.Contains('\0', StringComparison.Ordinal) =>
                new FieldError("reason", $"What is refused has a reason that the customer can read, of at most {ReasonCharactersMax} characters."),
            "refused" => new ProvisionerAnswer<Seq<Secret>>.Refused(Reason!),
            "pending" when Reason is not null => new FieldError("reason", "Only what is refused has a reason."),
            "pending" => new ProvisionerAnswer<Seq<Secret>>.Pending(AskAfter: null),
            _ => new FieldError("status", "The status is done, refused or pending."),
        };

    private Validation<FieldError, ProvisionerAnswer<Seq<Secret>>> Handed()
    {
        if (Secrets is null)
            return new FieldError("secrets", "What provision and rotate have done hands out secrets; the list may be empty.");
        if (Secrets.Length > SecretsMax)
            return new FieldError("secrets", $"There can be {SecretsMax} secrets.");

        var wrong = Secrets.SelectMany((secret, at) => Wrong(secret, at)).ToSeq().Strict();
        if (!wrong.IsEmpty)
            return Validation<FieldError, ProvisionerAnswer<Seq<Secret>>>.Fail(wrong);
        return Secrets.Select(secret => secret.Name).Distinct(StringComparer.Ordinal).Count() < Secrets.Length
            ? new FieldError("secrets", "Each secret has another name.")
            : new ProvisionerAnswer<Seq<Secret>>.Done(Secrets.Select(secret => secret.ToSecret()).ToSeq().Strict());
    }

    /// <summary>A secret's name becomes the name of an environment variable. Source: contract §C.3, §G.</summary>
    private static IEnumerable<FieldError> Wrong(ControlPlaneSecret? secret, int at)
    {
        if (secret?.Name is not { Length: > 0 and <= NameCharactersMax } name || !IsVariable(name))
            yield return new FieldError(
                $"secrets/{at}/name", "A secret is named like an environment variable: letters, digits and underscores, and no digit first.");
        if (secret is null || string.IsNullOrEmpty(secret.Value))
            yield return new FieldError($"secrets/{at}/value", "A secret has a value that is not empty.");
        if (secret is not null && secret.Texts.Any(text => text?.Contains('\0', StringComparison.Ordinal) == true))
            yield return new FieldError($"secrets/{at}", "U+0000 cannot be in an environment variable.");
    }

    private static bool IsVariable(string name) =>
        !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    /// <summary>Records print every property, and logs print records: the secrets stay out.</summary>
    public override string ToString() => $"ControlPlaneAnswer {Status}";
}

internal sealed record ControlPlaneSecret(string? Name = null, string? Value = null, string? Prefix = null, ControlPlaneOverrides? EnvironmentOverrides = null)
{
    /// <summary>Everything that is written into some environment.</summary>
    public IEnumerable<string?> Texts =>
        [Value, Prefix, EnvironmentOverrides?.Development, EnvironmentOverrides?.Preview, EnvironmentOverrides?.Production];

    public Secret ToSecret() => new(
        Name!, Value!, Optional(Prefix)!,
        EnvironmentOverrides is { } given
            ? new EnvironmentOverrides(Optional(given.Development)!, Optional(given.Preview)!, Optional(given.Production)!)
            : Core.Secrets.EnvironmentOverrides.None);

    public override string ToString() => $"ControlPlaneSecret {Name}";
}

internal sealed record ControlPlaneOverrides(string? Development = null, string? Preview = null, string? Production = null)
{
    public override string ToString() => nameof(ControlPlaneOverrides);
}

/// <param name="Value">In the metric's units, not negative.</param>
internal sealed record ControlPlaneReading(string? Metric = null, decimal? Value = null);

internal sealed record ControlPlaneReadings(ControlPlaneReading[]? Measurements = null);

/// <param name="Next">Where the next page begins; absent on the last.</param>
internal sealed record ControlPlaneHoldings(string[]? Resources = null, string? Next = null);
