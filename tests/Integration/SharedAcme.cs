namespace Marketplace.Integration;

/// <summary>One <see cref="Acme"/> for many classes, one test after the other: its clock only moves forward, and each test has its own team.</summary>
[CollectionDefinition(Name)]
public sealed class SharedAcme : ICollectionFixture<Acme>
{
    public const string Name = "Acme";
}
