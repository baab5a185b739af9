using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using Marketplace.Core;
using Xunit;

namespace Marketplace.Properties;

/// <summary>The closed unions of Core, as reflection finds them: the compiler cannot say whether a case was forgotten.</summary>
internal static class Union
{
    public static IReadOnlyCollection<Type> CasesOf(Type union) =>
        [.. union.Assembly.GetTypes().Where(type => type != union && union.IsAssignableFrom(type) && !type.IsAbstract)];

    public static IReadOnlyCollection<string> NamesOf<T>() => [.. CasesOf(typeof(T)).Select(type => type.Name).Order(StringComparer.Ordinal)];

    /// <summary>A generator that has missed a case makes every law that uses it say less than it seems to.</summary>
    public static void IsKnownTo<T>(Gen<T> generator) =>
        Assert.Equal(
            NamesOf<T>(),
            generator.Sample(1000, 50).Select(value => value!.GetType().Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>The generator of one case, as one of the union.</summary>
    public static Gen<TUnion> As<TUnion, TCase>(this Gen<TCase> generator)
        where TCase : TUnion => generator.Select(value => (TUnion)value);
}

public sealed class UnionLaws
{
    private static readonly Type[] Unions =
    [
        .. typeof(Transition<,>).Assembly.GetTypes().Where(type => type.IsAbstract && !type.IsSealed && type.IsPublic && Union.CasesOf(type).Count > 0),
    ];

    [Fact]
    public void Every_case_of_a_union_is_nested_in_it_and_sealed()
    {
        Assert.NotEmpty(Unions);
        Assert.All(Unions, union => Assert.All(Union.CasesOf(union), one =>
            Assert.True(one.DeclaringType == union && one.IsSealed, $"{one.FullName} is no sealed case of {union.Name}")));
    }

    [Fact]
    public void No_rejection_carries_an_event_or_a_state()
    {
        var rejections = Unions.Where(union => union.Name.EndsWith("Rejection", StringComparison.Ordinal)
            || union.Name.EndsWith("Hindrance", StringComparison.Ordinal)).ToArray();
        var others = Unions.Except(rejections).ToArray();
        Assert.NotEmpty(rejections);
        Assert.All(rejections.SelectMany(Union.CasesOf), rejection => Assert.All(
            rejection.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.PropertyType),
            held => Assert.DoesNotContain(others, union => Mentions(held, union))));
    }

    private static bool Mentions(Type type, Type wanted) =>
        wanted.IsAssignableFrom(type) || type.GetGenericArguments().Any(argument => Mentions(argument, wanted));
}
