namespace Marketplace.Integration.Simulator;

/// <summary>One scene for tests that are all refused, and so cannot be in each other's way.</summary>
public sealed class SharedScene : IAsyncLifetime
{
    private Scene? scene;

    internal Scene Scene => scene!;

    public async ValueTask InitializeAsync() => scene = await Scene.Set();

    public ValueTask DisposeAsync() => scene?.DisposeAsync() ?? ValueTask.CompletedTask;
}
