namespace Marketplace.Shell.Persistence;

/// <summary>Real time as leases and ends are written by it. Business time is another one.</summary>
internal static class DatabaseClockRows
{
    private const string NowSql = "select clock_timestamp()";

    public static Loaded<DateTimeOffset> Now(Loads loads) => loads.One(DateTimeOffset.MinValue, NowSql, reader => reader.Moment(0));
}
