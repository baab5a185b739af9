using System.Collections.Immutable;

namespace Marketplace.Simulator.Balances;

/// <summary>The prepaid balances that a provider last stated. Source: contract D.9.</summary>
internal sealed record BalanceReport(DateTimeOffset Timestamp, DateTimeOffset ReceivedAt, ImmutableList<Balance> Balances);

/// <param name="ResourceId">Absent at the level of the installation.</param>
internal sealed record Balance(decimal CurrencyValueInCents, string? ResourceId, string? Credit, string? NameLabel);
