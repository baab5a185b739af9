namespace Marketplace.Jobs.Scheduling;

/// <summary>When a job is woken, in real time. It says nothing of what is due then.</summary>
public abstract record JobSchedule
{
    private JobSchedule() { }

    /// <summary>Again and again, this long after the last wake.</summary>
    /// <param name="Interval">At least one second.</param>
    public sealed record Every(TimeSpan Interval) : JobSchedule;

    /// <summary>At the times of a cron expression with five fields (minute, hour, day of month, month, day of week), in UTC.</summary>
    public sealed record Cron(string Expression) : JobSchedule;

    public static JobSchedule EverySeconds(int seconds) => new Every(TimeSpan.FromSeconds(seconds));
}
