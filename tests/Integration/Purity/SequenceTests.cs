using System.Reflection;
using Marketplace.Jobs.Scheduling;
using Marketplace.Properties.Purity;

namespace Marketplace.Integration.Purity;

/// <summary>As of Core, so of what stands on it: no sequence loses anything on the way.</summary>
public sealed class SequenceTests
{
    public static TheoryData<string> Assemblies => [.. All.Keys];

    private static Dictionary<string, Assembly> All { get; } = new Assembly[]
    {
        typeof(IScheduledJob).Assembly, typeof(Shell.Program).Assembly, typeof(SequenceTests).Assembly,
    }.ToDictionary(assembly => assembly.GetName().Name!);

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_sequence_is_written_as_a_collection_expression(string assembly)
    {
        using var code = new CompiledCode(All[assembly]);
        Assert.Empty(SequenceTraps.LostItems(code));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Whatever_is_added_to_a_sequence_is_strict(string assembly)
    {
        using var code = new CompiledCode(All[assembly]);
        Assert.Empty(SequenceTraps.LazyParts(code));
    }
}
