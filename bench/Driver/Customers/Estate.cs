namespace Marketplace.Driver.Customers;

/// <summary>What one connection has at one server: its customers, and the resources that the server made for them.</summary>
/// <param name="Customers">Installed once, and used by this connection alone, so that no two connections wait for one row.</param>
/// <param name="Newcomers">Not installed yet; each lives one life.</param>
internal sealed record Estate(PartnerCalls Calls, IReadOnlyList<Customer> Customers, Queue<Customer> Newcomers)
{
    public List<Holding> Resources { get; } = [];
}

internal sealed record Holding(Customer Owner, byte[] Resource);
