using Marketplace.Shell.Charts;

namespace Marketplace.Shell.Dashboard;

// What pages show, in words: a page decides how it looks and nothing else. Public, because a component's parameters are.

/// <summary>Something to be told, above what it is about.</summary>
public sealed record NoticeView(Tone Tone, string Title, string? Text, string? Address);

/// <param name="Total">So far; null where nobody can say.</param>
/// <param name="Credit">What is left of what was paid ahead for everything; null where the plan is none that is paid ahead.</param>
public sealed record HomeView(
    NoticeView? Notice, IReadOnlyList<ResourceCard> Resources, string Period, string? Total, string? Credit, string CreditAddress, bool IsEnding);

/// <param name="Amount">What it costs so far, or what is left of what was paid ahead; null where there is neither, or nobody can say.</param>
public sealed record ResourceCard(string Address, string Name, string Product, Mark Status, string? Plan, NoticeView? Notice, AmountView? Amount);

/// <param name="Label">Which amount it is, to be read after it.</param>
public sealed record AmountView(string Amount, string Label);

public sealed record Fact(string Label, string Value);

/// <param name="Cost">For a month.</param>
/// <param name="Next">The plan that it will have, and since when.</param>
/// <param name="Credit">What is left of what was paid ahead; null on a plan that is not paid so.</param>
/// <param name="CreditAddress">Where more of that is.</param>
/// <param name="PlansAddress">Where plans are compared.</param>
public sealed record PlanView(
    string Name, string Description, string? Cost, IReadOnlyList<Fact> Prices, string? Next, string? Credit, bool OfInstallation, string CreditAddress,
    string PlansAddress);

/// <param name="Limit">What the plan includes, in words.</param>
/// <param name="Percent">Of what is included; null where nothing is, or it cannot be compared.</param>
public sealed record UsageView(string Metric, string Quantity, string Units, string? Limit, int? Percent, string Kind);

/// <param name="Details">How it came about.</param>
public sealed record LineView(string Name, string Details, string Quantity, string Price, string Amount);

public sealed record ChargesView(IReadOnlyList<LineView> Lines, string Total);

/// <summary>A deadline, for people and for programs.</summary>
public sealed record MomentView(string Text, string Machine)
{
    internal static MomentView Of(DateTimeOffset at) => new(Shown.Moment(at), Shown.Machine(at));
}

/// <summary>A deadline, and how far it is when the page is made; a script counts down from there.</summary>
/// <param name="SecondsLeft">More than none.</param>
public sealed record DeadlineView(MomentView At, string Left, long SecondsLeft)
{
    internal static DeadlineView Of(DateTimeOffset at, DateTimeOffset now) =>
        new(MomentView.Of(at), Shown.Span(at - now), (long)Math.Ceiling((at - now).TotalSeconds));
}

/// <param name="Names">Of the current ones, where their values are kept here.</param>
/// <param name="Revealed">Name and value, where somebody has asked to see them.</param>
/// <param name="OldUntil">When older ones stop working, soonest first.</param>
/// <param name="RotationKey">By which one form is known again that comes twice.</param>
public sealed record SecretsView(
    IReadOnlyList<string> Names, IReadOnlyList<Fact>? Revealed, MomentView? MintedAt, IReadOnlyList<DeadlineView> OldUntil, bool CanRotate,
    string? WhyNot, string RotationKey)
{
    public override string ToString() => nameof(SecretsView);
}

public sealed record ProjectView(string Name, string Id, string Targets, bool IsMeant);

public sealed record OperationView(string Text, MomentView Since);

/// <param name="Told">What has just come of something that the person did.</param>
/// <param name="Meant">What in it the person came for, such as a check of a deployment.</param>
public sealed record ResourceView(
    string Id, string Address, string Name, string Product, Mark Status, NoticeView? Notice, NoticeView? Told, IReadOnlyList<Fact> Meant,
    IReadOnlyList<Fact> Details, PlanView? Plan, string Period, IReadOnlyList<UsageView> Usage, ChargesView? Charges, SecretsView Secrets,
    IReadOnlyList<ProjectView> Projects, IReadOnlyList<OperationView> Operations)
{
    public override string ToString() => $"{nameof(ResourceView)} {Id}";
}

/// <param name="Groups">Of the installation as a whole, and of each resource.</param>
/// <param name="Charges">Null where nobody can say.</param>
public sealed record UsagePageView(string Period, MomentView AsOf, IReadOnlyList<UsageGroup> Groups, ChargesView? Charges);

/// <param name="Charts">Day by day, in the same order.</param>
public sealed record UsageGroup(string Name, string? Address, IReadOnlyList<UsageView> Usage, IReadOnlyList<UsageChartView> Charts);

/// <param name="IsLine">Else it is drawn as bars.</param>
public sealed record UsageChartView(ChartView Chart, bool IsLine);

/// <param name="Next">Where older ones are.</param>
public sealed record InvoicesView(IReadOnlyList<InvoiceRow> Invoices, string? Next, bool IsFirst);

public sealed record InvoiceRow(string Address, string Name, string Period, string Date, Mark Status, string Total, bool IsTest);

/// <param name="Deductions">Discounts and what is given back, each with a minus.</param>
public sealed record InvoiceView(
    string Name, Mark Status, string? StatusText, string Period, string Date, IReadOnlyList<InvoiceGroup> Groups,
    IReadOnlyList<Fact> Deductions, string Subtotal, string Total, string? Refunded, IReadOnlyList<RefundView> Refunds, string? VercelId,
    bool IsTest);

/// <summary>The lines of one resource.</summary>
public sealed record InvoiceGroup(string Name, IReadOnlyList<LineView> Lines);

public sealed record RefundView(string Amount, string Reason, string State, string Date);

/// <param name="About">What to mention to whoever helps.</param>
public sealed record SupportView(string? Address, string? Label, IReadOnlyList<Fact> About);

public sealed record SessionView(string? Name, string Role, string RoleText, MomentView Since, MomentView Until);

/// <summary>The plans that a resource can have, each with what this period would have cost on it.</summary>
/// <param name="AsOf">Up to when it is counted.</param>
/// <param name="Vercel">Where plans are changed.</param>
public sealed record PlansView(
    string Resource, string ResourceAddress, string Period, MomentView AsOf, IReadOnlyList<PlanChoiceView> Plans, string Vercel);

/// <param name="Cost">For a month, before anything is used.</param>
/// <param name="IsAllSoFar">It is the plan that the resource has, and no other has a part in what this period comes to.</param>
/// <param name="SoFar">What this period would have cost until now; null where nobody can say.</param>
/// <param name="Difference">From the plan that the resource has, with a sign; null for that one, and where nobody can say.</param>
/// <param name="Hindrance">Why it cannot be chosen.</param>
public sealed record PlanChoiceView(
    string Name, string Description, string? Cost, IReadOnlyList<Fact> Prices, bool IsCurrent, bool IsAllSoFar, bool IsPrepaid, string? SoFar,
    string? Difference, string? Hindrance);

/// <summary>What was paid ahead: what is left, how it went down, and where it came from.</summary>
/// <param name="Title">Whose it is.</param>
/// <param name="Pace">How long it lasts, in a sentence; null where nothing is used, or nothing is left.</param>
/// <param name="Vercel">Where more is bought.</param>
public sealed record BalanceView(
    string Title, string Back, string BackLabel, string Left, bool IsLow, string? Pace, ChartView History, IReadOnlyList<BalanceEntryView> Entries,
    string Vercel);

/// <param name="Amount">With a sign.</param>
public sealed record BalanceEntryView(string Date, string What, string Amount, string After);
