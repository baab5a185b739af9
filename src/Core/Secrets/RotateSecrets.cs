using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Secrets;

/// <summary>The request to rotate, parsed. Source: contract §E.7.</summary>
public static class RotateSecrets
{
    private const decimal DelayHoursMax = 720m;

    private const int ReasonCharactersMax = 1000;

    /// <summary>How long the old secrets go on working: 0 to 720 hours, with decimals, none when nothing is said.</summary>
    /// <remarks>Kept to the microsecond, the grain of the store; a third of an hour is never a whole number of anything.</remarks>
    public static Validation<FieldError, TimeSpan> ParseDelay(Option<decimal> delayHours) =>
        delayHours.Match<Validation<FieldError, TimeSpan>>(
            Some: hours => hours is >= 0m and <= DelayHoursMax
                ? TimeSpan.FromMicroseconds((long)Math.Round(hours * TimeSpan.MicrosecondsPerHour, MidpointRounding.AwayFromZero))
                : new FieldError("delayOldSecretsExpirationHours", "Choose a delay from 0 to 720 hours."),
            None: () => TimeSpan.Zero);

    /// <summary>Why, as it is kept: at most 1,000 characters. It binds nobody, so that a longer one is cut and not refused.</summary>
    public static Option<string> ParseReason(Option<string> reason) =>
        reason.Map(text => text.Length <= ReasonCharactersMax
            ? text
            // Not through the middle of a character.
            : text[..(char.IsHighSurrogate(text[ReasonCharactersMax - 1]) ? ReasonCharactersMax - 1 : ReasonCharactersMax)]);

    /// <summary>Whether the resource has credentials that can be replaced now: a refusal, or nothing to say.</summary>
    public static Either<ResourceRejection, Unit> Allowed(Resource resource) => resource switch
    {
        Resource.Onboarding or Resource.Ready or Resource.Resumed when !resource.Facts.IsOurs => new ResourceRejection.NotOurs(resource.Id),
        Resource.Onboarding or Resource.Ready or Resource.Resumed => unit,
        Resource.Pending r => new ResourceRejection.StillProvisioning(r.Id),
        Resource.Suspended r => new ResourceRejection.CurrentlySuspended(r.Id),
        Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
        Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
        _ => throw new UnreachableException(resource.GetType().Name),
    };
}
