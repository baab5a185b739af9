using FsCheck;
using FsCheck.Fluent;
using Marketplace.Core;

namespace Marketplace.Properties;

/// <summary>Few moments and few webhooks, so that some are equal.</summary>
internal static class AnyTold
{
    private static readonly DateTimeOffset Start = new(2027, 1, 21, 9, 30, 0, TimeSpan.Zero);

    public static readonly Gen<Told> Word =
        from seconds in Gen.Choose(0, 3)
        from webhook in Gen.Choose(1, 9)
        select new Told(Start.AddSeconds(seconds), $"evt_{webhook}");
}
