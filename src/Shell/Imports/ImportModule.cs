using Carter;

namespace Marketplace.Shell.Imports;

/// <summary>The pages of an import.</summary>
internal sealed class ImportModule : CarterModule
{
    public ImportModule()
    {
        Get(ImportPaths.Root, ImportEndpoints.Open);
        Post(ImportPaths.SignIn, ImportEndpoints.SignIn);
        Post(ImportPaths.SignOut, ImportEndpoints.SignOut);
        Post(ImportPaths.Pick, ImportEndpoints.Pick);
    }
}
