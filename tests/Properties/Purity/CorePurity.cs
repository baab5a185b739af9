using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Purity;

/// <summary>Core takes values and returns values. The analyzer says so while one types; this says it of what was compiled.</summary>
public sealed class CorePurity : IDisposable
{
    private static readonly string ImpureName = typeof(Impure).FullName!.Replace('+', '.');

    private readonly CompiledCode core = new(typeof(Transition<,>).Assembly);

    private readonly CompiledCode tests = new(typeof(CorePurity).Assembly);

    public static TheoryData<string> Impurities => [.. Impurity.All.Select(impurity => impurity.Name)];

    [Theory]
    [MemberData(nameof(Impurities))]
    public void Core_touches_nothing_but_its_parameters(string name)
    {
        var impurity = Impurity.All.Single(one => one.Name == name);
        var found = core.Uses().Where(impurity.IsIn).Select(use => $"{use.Where} uses {use.What}").Distinct().ToArray();
        Assert.True(found.Length == 0, $"Core must not use {impurity.Name}; {impurity.Instead}.\n{string.Join('\n', found)}");
    }

    [Fact]
    public void Core_keeps_no_state_that_can_change() => Assert.Empty(core.MutableStatics());

    [Fact]
    public void No_sequence_is_written_as_a_collection_expression() => Assert.Empty(SequenceTraps.LostItems(core));

    [Fact]
    public void Whatever_is_added_to_a_sequence_is_strict() => Assert.Empty(SequenceTraps.LazyParts(core));

    [Fact]
    public void Core_knows_LanguageExt_and_what_comes_with_dotnet() =>
        Assert.Equal(
            ["LanguageExt.Core"],
            core.ReferencedAssemblies.Where(name => !name.StartsWith("System.", StringComparison.Ordinal)));

    [Theory]
    [InlineData(nameof(Impure.Clock), "a clock", "System.DateTime.get_UtcNow")]
    [InlineData(nameof(Impure.Clock), "a clock", "System.TimeProvider")]
    [InlineData(nameof(Impure.Clock), "a clock", "System.Diagnostics.Stopwatch.StartNew")]
    [InlineData(nameof(Impure.Randomness), "randomness", "System.Guid.NewGuid")]
    [InlineData(nameof(Impure.Randomness), "randomness", "System.Random..ctor")]
    [InlineData(nameof(Impure.InputAndOutput), "input or output", "System.IO.File.ReadAllText")]
    [InlineData(nameof(Impure.InputAndOutput), "input or output", "System.Console.WriteLine")]
    [InlineData(nameof(Impure.Network), "the network", "System.Net.Http.HttpClient")]
    [InlineData(nameof(Impure.Environment), "the environment", "System.Environment.GetEnvironmentVariable")]
    [InlineData(nameof(Impure.Environment), "the environment", "System.Globalization.CultureInfo.get_CurrentCulture")]
    [InlineData(nameof(Impure.Concurrency), "tasks or threads", "System.Threading.Tasks.Task")]
    [InlineData(nameof(Impure.Concurrency), "tasks or threads", "System.Threading.Interlocked.Increment")]
    [InlineData(nameof(Impure.FloatingPoint), "floating point", "System.Double")]
    public void What_is_impure_is_seen_and_named_with_its_place(string method, string impurity, string what)
    {
        var found = tests.Uses().Where(Impurity.All.Single(one => one.Name == impurity).IsIn);

        Assert.Contains(new Use($"{ImpureName}.{method}", what), found.Select(use => use with { IsDropped = false, Before = null }));
    }

    [Fact]
    public void State_that_can_change_is_seen() =>
        Assert.Contains($"{ImpureName}.{nameof(Impure.Counter)}", tests.MutableStatics());

    [Fact]
    public void Items_of_a_sequence_that_are_lost_are_seen()
    {
        Assert.Empty(Impure.LostItems());
        Assert.Empty(Impure.LostItem(isLost: true));
        var seen = SequenceTraps.LostItems(tests).ToArray();
        Assert.Contains($"{ImpureName}.{nameof(Impure.LostItems)}", seen);
        Assert.Contains($"{ImpureName}.{nameof(Impure.LostItem)}", seen);
        Assert.DoesNotContain($"{ImpureName}.{nameof(Impure.KeptItems)}", seen);
    }

    /// <summary>The trap itself, as long as the library has it: 9 is lost, and the rest is there twice.</summary>
    [Fact]
    public void Parts_of_a_sequence_that_are_lost_are_seen()
    {
        Assert.Equal([1, 2, 2, 1, 2, 2], Impure.LostParts(Seq1(1), Seq1(2), Seq1(9)).AsEnumerable());
        Assert.Equal([1, 2, 2, 9], Impure.KeptParts(Seq1(1), Seq1(2), Seq1(9)).AsEnumerable());
        var seen = SequenceTraps.LazyParts(tests).ToArray();
        Assert.Contains($"{ImpureName}.{nameof(Impure.LostParts)}", seen);
        Assert.DoesNotContain($"{ImpureName}.{nameof(Impure.KeptParts)}", seen);
    }

    public void Dispose()
    {
        core.Dispose();
        tests.Dispose();
    }

    /// <summary>One of each, so that a detector that sees nothing is found out.</summary>
    private static class Impure
    {
        public static int Counter = 1;

        public static object[] Clock(TimeProvider time) => [DateTime.UtcNow, time.GetUtcNow(), Stopwatch.StartNew()];

        public static object[] Randomness() => [Guid.NewGuid(), new Random()];

        public static void InputAndOutput(string path) => Console.WriteLine(File.ReadAllText(path));

        public static object Network(HttpClient client) => client.BaseAddress!;

        public static object?[] Environment() => [System.Environment.GetEnvironmentVariable("HOME"), CultureInfo.CurrentCulture];

        public static Task<int> Concurrency() => Task.FromResult(Interlocked.Increment(ref Counter));

        public static double FloatingPoint(TimeSpan time) => time.TotalHours;

        public static Seq<int> LostItems() => [1, 2];

        public static Seq<int> LostItem(bool isLost) => isLost ? [1] : Seq1(1);

        public static Seq<int> KeptItems() => Seq<int>().Add(1).Add(2);

        public static Seq<int> LostParts(Seq<int> one, Seq<int> two, Seq<int> three) => one + two.Bind(each => Seq(each, each)) + three;

        public static Seq<int> KeptParts(Seq<int> one, Seq<int> two, Seq<int> three) => one + two.Bind(each => Seq(each, each)).Strict() + three;
    }
}
