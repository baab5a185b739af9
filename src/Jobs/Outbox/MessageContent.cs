using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;

namespace Marketplace.Jobs.Outbox;

/// <summary>What a message says at one moment. Two are equal when Vercel would hear the same.</summary>
public abstract record MessageContent
{
    private MessageContent() { }

    public sealed record OfResource(Resource Resource, HeldSecrets Secrets) : MessageContent
    {
        /// <summary>As the customer is shown it; only where the message says everything.</summary>
        public Option<PlanOffer> Plan { get; init; }
    }

    public sealed record OfInstallation(Installation.Active Installation) : MessageContent
    {
        /// <inheritdoc cref="OfResource.Plan"/>
        public Option<PlanOffer> Plan { get; init; }
    }

    /// <summary>It does not live here (any more).</summary>
    public sealed record OfNoResource(ResourceId Id) : MessageContent;

    /// <summary>What nobody may read in a log or in a table, should Vercel repeat it.</summary>
    public IEnumerable<string> SecretValues => this is OfResource(_, var secrets) ? secrets.All.Bind(secret => secret.Values) : [];

    /// <summary>Records print every property: the values stay out.</summary>
    public sealed override string ToString() => $"MessageContent.{GetType().Name}";
}
