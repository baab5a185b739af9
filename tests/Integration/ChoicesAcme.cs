namespace Marketplace.Integration;

/// <summary>One <see cref="Acme"/> whose form has every control and whose plans price what is chosen.</summary>
public sealed class ChoicesAcme : IAsyncLifetime
{
    public Acme Acme { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-choices.catalog.json" });

    public ValueTask DisposeAsync() => Acme.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class SharedChoicesAcme : ICollectionFixture<ChoicesAcme>
{
    public const string Name = "Acme with choices";
}
