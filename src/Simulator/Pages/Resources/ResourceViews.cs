using Marketplace.Simulator.Pages.Metadata;
using Marketplace.Simulator.Pages.Plans;

namespace Marketplace.Simulator.Pages.Resources;

/// <summary>How a resource is.</summary>
/// <param name="Connect">What was filled in to connect it, when that did not work.</param>
public sealed record ResourceView(
    ResourceHead Head, UsageView Usage, IReadOnlyList<SecretRow> Secrets, IReadOnlyList<ConnectionRow> Connections, IReadOnlyList<ProjectChoice> Projects,
    ConnectView Connect, string Plan, DateTimeOffset CreatedAt, string InternalId, string Ownership);

/// <param name="Value">Where somebody asked for it.</param>
/// <param name="Overrides">The environments in which it has another value.</param>
public sealed record SecretRow(string Name, string? Prefix, string? Value, IReadOnlyList<string> Overrides)
{
    /// <summary>Logs print records.</summary>
    public override string ToString() => Name;
}

public sealed record ConnectionRow(string ProjectId, string Project, string Address, string? Prefix, string Targets, bool IsSensitive);

public sealed record ProjectChoice(string Id, string Name, bool IsChosen);

/// <param name="Error">Why it is not connected.</param>
public sealed record ConnectView(string? Prefix, IReadOnlyList<string> Targets, string? OtherTargets, bool IsSensitive, string? Error);

/// <summary>What the provider last said of usage and charges.</summary>
public sealed record UsageView(
    string? Period, DateTimeOffset? ReceivedAt, IReadOnlyList<ChartView> Charts, IReadOnlyList<ChargeRow> Charges, string? Total);

public sealed record ChargeRow(string Name, string? Details, string Quantity, string Price, string Total);

/// <summary>The plans that a resource can have, and its credit.</summary>
/// <param name="Current">As the provider states it, also where it takes hold later.</param>
/// <param name="Until">What is in force until then.</param>
public sealed record ResourcePlanView(ResourceHead Head, PlansView Plans, PlanView? Current, string? Until, PrepaidView? Prepaid);

/// <summary>Credit that is bought before it is used. Source: contract §B.4, §E.12.</summary>
/// <param name="Scope">Which balance it is: of the resource, or of all of the installation.</param>
public sealed record PrepaidView(
    string Scope, string? Balance, string? Credit, DateTimeOffset? StatedAt, string? Threshold, IReadOnlyList<PurchaseRow> Purchases);

public sealed record PurchaseRow(string Id, DateTimeOffset At, string Amount, Site.Mark State, bool IsAutomatic);

/// <summary>The console of a resource.</summary>
public sealed record ConsoleView(ResourceHead Head, IReadOnlyList<ConsoleEntry> Entries, bool IsReadOnly);

/// <param name="Failure">What went wrong, where nothing came back to show.</param>
public sealed record ConsoleEntry(string Input, bool IsReadOnly, IReadOnlyList<BlockView> Blocks, string? Failure, Site.ExchangeView Exchange);

/// <summary>What a command puts out. Source: contract §B.2.</summary>
public abstract record BlockView
{
    private BlockView() { }

    public sealed record Paragraph(IReadOnlyList<TextView> Texts) : BlockView;

    public sealed record Table(IReadOnlyList<TextView> Header, IReadOnlyList<IReadOnlyList<TextView>> Rows) : BlockView;
}

public sealed record TextView(string Text, string? Look, string? Link);

/// <summary>What can be changed of a resource.</summary>
/// <param name="Fields">None where the settings do not know the product: then metadata is written as JSON.</param>
public sealed record SettingsView(
    ResourceHead Head, string Name, IReadOnlyList<FieldView>? Fields, string? Json, string? JsonError, IReadOnlyList<string> Elsewhere);

/// <summary>Flags and experiments, and the config that deployments read. Source: contract §D.11.</summary>
public sealed record FlagsView(ResourceHead Head, IReadOnlyList<FlagRow> Items, ConfigView? Config);

public sealed record FlagRow(string Slug, string? Name, string? Description, string Category, bool IsArchived, string? Link);

public sealed record ConfigView(string Id, bool IsSynced, string Digest, DateTimeOffset UpdatedAt, string Items);
