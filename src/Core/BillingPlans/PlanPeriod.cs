using LanguageExt;
using Marketplace.Core.Time;

namespace Marketplace.Core.BillingPlans;

/// <summary>The span <c>[Start, End)</c> in which a plan was active for a resource, or for an installation; still open when End is absent.</summary>
/// <param name="Terms">Of a resource: its own plan or, where it has none, the plan of the installation, which covers it.</param>
/// <remarks>
/// The spans of one subject never overlap. They end when the plan or its price changes, or when the subject is uninstalled or handed over.
/// </remarks>
public sealed record PlanPeriod(PlanSubject Subject, PlanTerms Terms, DateTimeOffset Start, Option<DateTimeOffset> End)
{
    public PlanId Plan => Terms.Plan;

    public Lifetime Span => new(Start, End);
}
