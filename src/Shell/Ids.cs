using Marketplace.Core;
using Marketplace.Core.Resources;

namespace Marketplace.Shell;

/// <summary>New ids: opaque to everyone else, ordered by time so that indexes grow at their end.</summary>
internal static class Ids
{
    public static ResourceId Resource() => new($"res_{Guid.CreateVersion7():N}");

    public static OperationId Operation() => new($"op_{Guid.CreateVersion7():N}");
}
