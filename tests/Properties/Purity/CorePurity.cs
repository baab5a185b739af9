using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core;
using Xunit;

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

    /// <summary>
    /// <c>Seq&lt;int&gt; numbers = [1, 2]</c> compiles to calls of an Add that returns a new sequence, which is thrown away: what is left is empty.
    /// </summary>
    [Fact]
    public void No_sequence_is_written_as_a_collection_expression() =>
        Assert.Empty(core.Uses().Where(IsLostItem).Select(use => $"{use.Where}: write Seq(a, b) and not [a, b]").Distinct());

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

        Assert.Contains(new Use($"{ImpureName}.{method}", what), found.Select(use => use with { IsDropped = false }));
    }

    [Fact]
    public void State_that_can_change_is_seen() =>
        Assert.Contains($"{ImpureName}.{nameof(Impure.Counter)}", tests.MutableStatics());

    [Fact]
    public void Items_of_a_sequence_that_are_lost_are_seen()
    {
        Assert.Empty(Impure.LostItems());
        Assert.Contains(tests.Uses().Where(IsLostItem), use => use.Where == $"{ImpureName}.{nameof(Impure.LostItems)}");
        Assert.DoesNotContain(tests.Uses().Where(IsLostItem), use => use.Where == $"{ImpureName}.{nameof(Impure.KeptItems)}");
    }

    public void Dispose()
    {
        core.Dispose();
        tests.Dispose();
    }

    private static bool IsLostItem(Use use) => use is { IsDropped: true, What: "LanguageExt.Seq`1.Add" };

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

        public static Seq<int> KeptItems() => Seq<int>.Empty.Add(1).Add(2);
    }
}
