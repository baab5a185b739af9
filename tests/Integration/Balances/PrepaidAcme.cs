using System.Globalization;
using System.Text.Json;
using Marketplace.Simulator.Balances;

namespace Marketplace.Integration.Balances;

/// <summary>One <see cref="Acme"/> that sells credit under every policy, and what can be seen of its balances from both sides.</summary>
public sealed class PrepaidAcme : IAsyncLifetime
{
    public const string Catalogue = "acme-prepaid.catalog.json";

    public Acme Acme { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Acme = await Acme.Open(new AcmeOptions { Catalogue = Catalogue });

    public ValueTask DisposeAsync() => Acme.DisposeAsync();

    internal async Task<Provisioned> Tool(string name, string plan) => await Acme.Provision(await Acme.Install(), name, plan);

    /// <summary>The next full hour comes, and the counter stands there by then.</summary>
    internal async Task Hour(Provisioned tool, decimal jobs)
    {
        Acme.Workshop.Count(tool.Json["name"]!.GetValue<string>(), jobs);
        await Acme.Live(new DateTimeOffset(Acme.Now.Ticks - (Acme.Now.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero).AddHours(1));
    }

    /// <summary>Bought by hand, and paid.</summary>
    internal async Task Buy(Provisioned tool, decimal amount)
    {
        var (_, exchange) = await Acme.Customer.Purchase(tool.Installation, tool.Id, amount, Cancel);
        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange?.ToString());
        await Acme.WorkOff();
    }

    /// <summary>In dollars, from the last statement that Vercel has.</summary>
    internal decimal? AtVercel(Provisioned tool) => Reported(tool)?.CurrencyValueInCents / 100;

    internal Balance? Reported(Provisioned tool) =>
        Acme.Vercel.State.Installations[tool.Installation].Balances?.Balances.Find(balance => balance.ResourceId == tool.Id);

    /// <summary>Status and banner, as the customer sees them at Vercel.</summary>
    internal (string Status, string? Banner) Shown(Provisioned tool)
    {
        var resource = Acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id];
        return (resource.Status, resource.Notification is { ValueKind: JsonValueKind.Object } told ? told.GetProperty("title").GetString() : null);
    }

    internal Task<decimal> Balance(Provisioned tool) => Acme.Ask<decimal>(
        "select coalesce(sum(amount), 0) from balance_entry where installation_id = $1 and resource_id = $2", tool.Installation, tool.Id);

    /// <summary>Every entry of the tool's balance, oldest first: what it is for, the amount, and what is left.</summary>
    internal Task<IReadOnlyList<string>> Ledger(Provisioned tool) => Acme.AskAll<string>(
        """
        select concat_ws(' ', split_part(cause, ':', 1), to_char(hour_start at time zone 'utc', 'HH24:MI'),
            to_char(amount, 'FM990.00'), to_char(balance_after, 'FM990.00'))
        from balance_entry where installation_id = $1 and resource_id = $2 order by position
        """,
        tool.Installation, tool.Id);

    internal static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}

[CollectionDefinition(Name)]
public sealed class SharedPrepaidAcme : ICollectionFixture<PrepaidAcme>
{
    public const string Name = "Acme with credit";
}
