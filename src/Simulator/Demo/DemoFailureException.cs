namespace Marketplace.Simulator.Demo;

/// <summary>A step that did not go as the contract says.</summary>
internal sealed class DemoFailureException(string what, string expected, string came) : Exception(what)
{
    public string Expected => expected;

    public string Came => came;
}
