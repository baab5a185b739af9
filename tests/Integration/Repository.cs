namespace Marketplace.Integration;

/// <summary>The files of this repository, wherever the tests were built.</summary>
internal static class Repository
{
    public static string File(string name) => Path.Combine(Root, name);

    /// <summary>A file of the contract, which lies beside the repository as it does where it is built; null where it does not.</summary>
    public static string? Contract(string name)
    {
        var file = Path.Combine(Path.GetDirectoryName(Root)!, "shared", "contract", name);
        return System.IO.File.Exists(file) ? file : null;
    }

    public static string Root { get; } = FindRoot(new DirectoryInfo(AppContext.BaseDirectory));

    private static string FindRoot(DirectoryInfo? folder)
    {
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Marketplace.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
