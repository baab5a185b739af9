namespace Marketplace.Shell.Http;

/// <summary>How long somebody asks us to wait before we ask again.</summary>
internal static class RetryAfterHeader
{
    /// <summary>Usage is told every hour, and an uninstall has only hours: what is due is not put off for longer, whoever asks for it.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromHours(1);

    /// <inheritdoc cref="Of(HttpResponseMessage, TimeSpan)"/>
    public static TimeSpan? Of(HttpResponseMessage response) => Of(response, WaitMax);

    /// <summary>Seconds or a date, and the date is the network's time, not that of our decisions.</summary>
    /// <param name="max">Nobody is left alone for longer.</param>
    public static TimeSpan? Of(HttpResponseMessage response, TimeSpan max) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => Bounded(delta, max),
            { Date: { } date } => Bounded(date - TimeProvider.System.GetUtcNow(), max),
            _ => null,
        };

    private static TimeSpan Bounded(TimeSpan wait, TimeSpan max) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > max ? max : wait;
}
