using Marketplace.Integration.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>A server for operators alone, on a clock that a test moves on.</summary>
public sealed class ConsoleScene : IAsyncLifetime
{
    private TestDatabase database = null!;

    public TestServer Server { get; private set; } = null!;

    internal HandClock Clock { get; } = new();

    internal TestServerOptions Options => new() { Adjust = builder => builder.Services.AddSingleton<TimeProvider>(Clock) };

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(TestContext.Current.CancellationToken);
        Server = await TestServer.Start(OnSameDatabase([]), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>Another server beside it, configured otherwise.</summary>
    internal TestServerOptions OnSameDatabase(Dictionary<string, string> settings) =>
        Options with { ConnectionString = database.ConnectionString, Settings = settings };
}

/// <summary>It stands still until somebody moves it.</summary>
internal sealed class HandClock : TimeProvider
{
    private DateTimeOffset now = new(2027, 1, 21, 9, 30, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    public void Advance(TimeSpan by) => now += by;
}
