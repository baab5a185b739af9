namespace Marketplace.Simulator.Conformance;

/// <summary>What has to be there for a case to be observed at all.</summary>
[Flags]
internal enum Need
{
    None = 0,

    /// <summary>The provider follows <c>/clock</c>, so that hours and months can pass.</summary>
    VirtualTime = 1,

    /// <summary>Its webhook URL is known.</summary>
    Webhook = 2,

    /// <summary>Its Redirect Login URL is known.</summary>
    RedirectLogin = 4,

    /// <summary>The settings say how to see whether a secret opens a resource.</summary>
    SecretProbe = 8,

    /// <summary>It sells a plan of type <c>prepayment</c>.</summary>
    PrepaymentPlan = 16,

    /// <summary>It sells two plans of one product at least.</summary>
    TwoPlans = 32,

    /// <summary>It sells a plan of type <c>subscription</c>.</summary>
    SubscriptionPlan = 64,
}
