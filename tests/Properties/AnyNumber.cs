using FsCheck;
using FsCheck.Fluent;

namespace Marketplace.Properties;

/// <summary>Whole numbers wider than FsCheck chooses them.</summary>
internal static class AnyNumber
{
    /// <summary>Both bounds included.</summary>
    public static Gen<long> Between(long least, long most) =>
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        select least + (long)((((UInt128)high << 31) + (UInt128)low) % ((UInt128)(most - least) + 1));
}
