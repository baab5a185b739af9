using Marketplace.Core.Time;

namespace Marketplace.Core.Installations;

/// <summary>When Vercel is asked again who the team of an installation is. Source: contract §D.2.</summary>
public static class AccountReading
{
    private const uint MinutesOfDay = 24 * 60;

    /// <summary>
    /// Once a day, each installation at a minute of its own, which follows from its id: those that were all read at one moment, after an
    /// outage say, spread over the next day.
    /// </summary>
    public static DateTimeOffset NextAt(InstallationId installation, DateTimeOffset now)
    {
        var today = UsageDay.Of(now).Start.AddMinutes(Mixed(installation) % MinutesOfDay);
        return today > now ? today : today.AddDays(1);
    }

    /// <summary>The same in every process, which the hash of a string is not.</summary>
    private static uint Mixed(InstallationId installation)
    {
        // FNV-1a.
        var mixed = 2166136261u;
        foreach (var letter in installation.Value)
        {
            mixed = unchecked((mixed ^ letter) * 16777619u);
        }

        return mixed;
    }
}
