using System.Diagnostics;
using Marketplace.Core.Resources;

namespace Marketplace.Core.ApiKeys;

/// <summary>Whether somebody who shows a key is let in.</summary>
public abstract record KeyVerdict
{
    private KeyVerdict() { }

    public sealed record Good(HeldKey Key) : KeyVerdict;

    /// <summary>It was good once, or will be: whoever shows it is the customer, who may be told why.</summary>
    public sealed record Refused(HeldKey Key, KeyRefusal Why) : KeyVerdict;

    /// <summary>No key of this kind that was ever handed out.</summary>
    public sealed record Unknown : KeyVerdict;

    /// <summary>It cannot be one, whatever was handed out.</summary>
    public sealed record Malformed : KeyVerdict;

    /// <summary>
    /// Refusals come in a fixed order: what cannot be undone first, then what another key would mend, then what the customer or the
    /// provider can.
    /// </summary>
    public static KeyVerdict Of(HeldKey key, DateTimeOffset now) =>
        key.Resource switch
        {
            Resource.Uninstalled => new Refused(key, KeyRefusal.Removed),
            _ when key.EndsAt.Exists(end => end <= now) => new Refused(key, KeyRefusal.Replaced),
            Resource.Pending or Resource.Onboarding or Resource.Error => new Refused(key, KeyRefusal.NotReady),
            Resource.Suspended suspended => new Refused(key, Gravest(suspended)),
            Resource.Ready or Resource.Resumed => new Good(key),
            _ => throw new UnreachableException(key.Resource.GetType().Name),
        };

    /// <summary>Of several causes the one that paying does not lift, then what is owed, then what is used up.</summary>
    private static KeyRefusal Gravest(Resource.Suspended suspended) =>
        suspended.Causes.ContainsKey(SuspensionCause.Provider) ? KeyRefusal.Suspended
        : suspended.Causes.ContainsKey(SuspensionCause.NonPayment) ? KeyRefusal.Unpaid
        : KeyRefusal.NoCredit;
}

/// <summary>Why a key that is known is refused.</summary>
public enum KeyRefusal
{
    /// <summary>Its resource is gone, and does not come back.</summary>
    Removed,

    /// <summary>A newer one took its place, and the time that both worked is over.</summary>
    Replaced,

    /// <summary>Its resource is not in service yet.</summary>
    NotReady,

    /// <summary>The provider has taken its resource out of service.</summary>
    Suspended,

    /// <summary>An invoice of the installation is not paid, and its time is over.</summary>
    Unpaid,

    /// <summary>What was paid ahead is used up.</summary>
    NoCredit,
}
