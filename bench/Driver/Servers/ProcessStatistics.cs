using System.Globalization;

namespace Marketplace.Driver.Servers;

/// <summary>What the operating system says of a process. Linux only: elsewhere everything is unknown.</summary>
internal static class ProcessStatistics
{
    private const int ParentField = 1;
    private const int OwnTimeField = 11;
    private const int ChildrenTimeField = 13;

    /// <summary>Linux counts in hundredths of a second, whatever its own clock does.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    public static TimeSpan? ProcessorTime(int process) => Fields(process) is { } fields ? Time(fields, OwnTimeField) : null;

    /// <summary>Of the process and all that it started: those that ended count in its own fields.</summary>
    public static TimeSpan? ProcessorTimeOfFamily(int process)
    {
        if (Fields(process) is not { } parent)
            return null;

        var children = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? Fields(id) : null)
            .Where(fields => fields is not null && int.Parse(fields[ParentField]) == process)
            .Aggregate(TimeSpan.Zero, (sum, fields) => sum + Time(fields!, OwnTimeField));
        return Time(parent, OwnTimeField) + Time(parent, ChildrenTimeField) + children;
    }

    public static int? Parent(int process) => Fields(process) is { } fields ? int.Parse(fields[ParentField]) : null;

    /// <summary>Resident memory now, in bytes.</summary>
    public static long? Resident(int process) => Status(process, "VmRSS:");

    /// <summary>The most that it ever was, in bytes.</summary>
    public static long? ResidentPeak(int process) => Status(process, "VmHWM:");

    private static TimeSpan Time(string[] fields, int at) => Tick * (long.Parse(fields[at]) + long.Parse(fields[at + 1]));

    /// <summary>Those after the name, which may itself hold spaces.</summary>
    private static string[]? Fields(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long? Status(int process, string name)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
            return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite) * 1024;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
