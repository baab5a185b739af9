using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>The provider charges something beside its plans, on an invoice of its own: a migration, an hour of support. Source: contract §D.8.</summary>
/// <param name="Lines">At least one, each with a total of its own above zero, none twice.</param>
public sealed record ChargeOnce(Seq<ChargeLine> Lines)
{
    private const int LinesMax = 100;

    /// <summary>What is charged, or every field of every line that is wrong.</summary>
    public static Validation<FieldError, ChargeOnce> Parse(Seq<ChargeLineRequest> lines)
    {
        if (lines.IsEmpty || lines.Count > LinesMax)
            return new FieldError("lines", $"There are 1 to {LinesMax} lines.");

        var parsed = lines.Select((line, at) => ChargeLine.Parse(line, at)).ToSeq().Strict();
        var wrong = parsed.Bind(line => line.Match(_ => Seq<FieldError>(), errors => errors)).Strict();
        if (!wrong.IsEmpty)
            return Validation<FieldError, ChargeOnce>.Fail(wrong);

        var good = parsed.Bind(line => line.Match(Seq1, _ => Seq<ChargeLine>())).Strict();
        return good.Distinct().Count() < good.Count
            ? new FieldError("lines", "No line is there twice: add up the quantities.")
            : new ChargeOnce(good);
    }

    /// <summary>
    /// The birth of the invoice, or what is in its way. It bills a second of the period under way by the plans of this moment, so that the
    /// period's own invoice bills the rest (limit 1); and it comes after all that is to be invoiced already, so that nothing is lost behind it.
    /// </summary>
    public Either<ChargeRejection, Core.Transition<Invoice, InvoiceEvent>> Decide(InvoicedInstallation account, DateTimeOffset now)
    {
        var at = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerSecond));
        var (period, time) = (BillingPeriod.Containing(now, account.Anchor), new BillingPeriod(at, at.AddSeconds(1)));
        if (account.Life.End.IsSome)
            return new ChargeRejection.InstallationLeaves(account.Installation);
        if (at < period.Start || time.End >= period.End || InvoicesDue.IsAnyAwaited(account, now))
            return new ChargeRejection.AnotherIsDue();

        var planned = Lines.Map(line => PlanAt(account.Billed, line.Subject, at).Map(plan => line.On(plan.Id)).ToEither(line.Subject)).Strict();
        if (planned.Lefts().HeadOrNone().Case is SomeCase<PlanSubject>(var subject))
            return new ChargeRejection.NoSubscription(subject.Single);

        var content = new InvoiceContent(
            Name(account, at), account.Installation, time, at, planned.Rights().Strict(), Seq<BillingDiscount>(), Final: false)
        {
            BillingPeriod = period, IsOneOff = true, Test = account.Test,
        };
        return content.Total < Invoice.MinimumTotal ? new ChargeRejection.TooLittle(content.Total)
            : !InvoiceLimits.OfContent(content, account).IsEmpty ? new ChargeRejection.AnotherIsDue()
            : new Core.Transition<Invoice, InvoiceEvent>(
                new Invoice.Drafted(content, now), Seq1<InvoiceEvent>(new InvoiceEvent.Drafted(content.ExternalId, content.Total, now)));
    }

    private static Option<BillingPlan> PlanAt(BilledInstallation billed, PlanSubject subject, DateTimeOffset at) =>
        billed.PlansOf(subject)
            .Filter(plan => plan.Plan.Type == PlanType.Subscription && plan.Span.Contains(at))
            .Map(plan => plan.Plan)
            .HeadOrNone();

    private static ExternalInvoiceId Name(InvoicedInstallation account, DateTimeOffset at)
    {
        var taken = account.History.Map(invoice => invoice.Content.ExternalId).ToHashSet();
        return Range(1, int.MaxValue)
            .Select(ordinal => account.Named(ExternalInvoiceId.OneOff(account.Installation, at, ordinal)))
            .First(id => !taken.Contains(id));
    }
}

/// <summary>One thing that is charged.</summary>
/// <param name="Resource">None for the installation as a whole.</param>
/// <param name="Price">Of one unit, above zero.</param>
/// <param name="Quantity">Above zero.</param>
public sealed record ChargeLine(Option<ResourceId> Resource, string Name, string Details, Usd Price, decimal Quantity, string Units)
{
    private const int TextCharactersMax = 200;

    private const int DecimalsMax = 9;

    private const decimal NumberMax = 1_000_000m;

    internal PlanSubject Subject => Resource.Match(PlanSubject.Of, () => PlanSubject.WholeInstallation);

    private Usd Total => (Price * Quantity).ToCents();

    internal static Validation<FieldError, ChargeLine> Parse(ChargeLineRequest asked, int at) =>
        (Text(asked.Name, $"lines/{at}/name", isNeeded: true),
         Text(asked.Details, $"lines/{at}/details", isNeeded: false),
         Number(asked.Price, $"lines/{at}/price"),
         Number(asked.Quantity, $"lines/{at}/quantity"),
         Text(asked.Units, $"lines/{at}/units", isNeeded: true))
            .Apply((name, details, price, quantity, units) => new ChargeLine(
                asked.Resource.Map(id => new ResourceId(id)), name, details, new Usd(price), quantity, units))
            .Bind(line => line.Total > Usd.Zero
                ? Success<FieldError, ChargeLine>(line)
                : Fail<FieldError, ChargeLine>(new FieldError($"lines/{at}/price", "The line comes to less than a cent.")));

    internal BillingLine On(PlanId plan) => new(Subject, plan, LineKind.OneOff, Name, Details, Price, Quantity, Units, Total, None, None);

    private static Validation<FieldError, string> Text(Option<string> text, string key, bool isNeeded) =>
        text.IfNone("").Trim() is var given && given.Length <= TextCharactersMax && (given.Length > 0 || !isNeeded)
            && !given.Contains('\0', StringComparison.Ordinal)
            ? given
            : new FieldError(key, $"A text of {(isNeeded ? 1 : 0)} to {TextCharactersMax} characters is required.");

    private static Validation<FieldError, decimal> Number(Option<decimal> number, string key) =>
        number.Filter(some => some is > 0m and <= NumberMax && some == Math.Round(some, DecimalsMax))
            .Match<Validation<FieldError, decimal>>(
                some => some,
                () => new FieldError(key, $"A decimal number above zero is required, at most a million, with at most {DecimalsMax} decimals."));
}

/// <summary>What was sent, before anything is known of it.</summary>
public sealed record ChargeLineRequest(
    Option<string> Resource, Option<string> Name, Option<string> Details, Option<decimal> Price, Option<decimal> Quantity, Option<string> Units);

/// <summary>Why nothing is charged. Nothing has changed.</summary>
public abstract record ChargeRejection
{
    private ChargeRejection() { }

    /// <summary>Its last invoice is made, or will be.</summary>
    public sealed record InstallationLeaves(InstallationId Id) : ChargeRejection;

    /// <summary>What is billed of the time until now is invoiced first: in a moment it can be asked for again.</summary>
    public sealed record AnotherIsDue : ChargeRejection;

    /// <summary>Limits 2 and 3: only by a subscription that is active can anything be billed.</summary>
    public sealed record NoSubscription(Option<ResourceId> Subject) : ChargeRejection;

    /// <summary>Vercel does not send it to the customer.</summary>
    public sealed record TooLittle(Usd Total) : ChargeRejection;
}
