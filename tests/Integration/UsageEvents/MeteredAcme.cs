namespace Marketplace.Integration.UsageEvents;

/// <summary>An Acme whose product measures by every kind, with a key that may report and look.</summary>
public sealed class MeteredAcme : IAsyncLifetime
{
    public Acme Acme { get; private set; } = null!;

    public string Key { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-metered.catalog.json", HasCuttableLine = true });
        Key = await Acme.NewProviderKey("usage:write", "billing:read");
    }

    public ValueTask DisposeAsync() => Acme.DisposeAsync();
}
