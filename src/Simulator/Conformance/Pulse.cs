using System.Diagnostics;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Conformance;

/// <summary>
/// Whether a provider still answers anybody: one that hangs or has died in the middle of a run breaks no rule, and would take a minute
/// for each case that is left.
/// </summary>
/// <param name="patience">In real time: enough for one that is started anew by whoever watches it.</param>
internal sealed class Pulse(PartnerClient partner, TokenIssuer tokens, TimeSpan patience)
{
    private const string Nobody = "icfg_nobody";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Asked only after a case in which nothing was answered; any answer will do.</summary>
    public async Task<bool> IsGone(Outcome last, CancellationToken cancel)
    {
        if (last.Exchanges.Exists(exchange => exchange.Status is not null))
        {
            return false;
        }

        try
        {
            var started = Stopwatch.GetTimestamp();
            while (patience - Stopwatch.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
            {
                var call = PartnerCalls.GetInstallation(Nobody, tokens.ForSystem(Nobody, Nobody)) with { Timeout = left };
                if ((await partner.Call(call, cancel)).Status is not null)
                {
                    return false;
                }

                await Task.Delay(Pause, cancel);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
