using System.Collections.Immutable;
using Marketplace.Simulator.Api;

namespace Marketplace.Simulator.Balances;

/// <summary>Contract D.9.</summary>
internal static class BalanceOperations
{
    /// <summary>A report with an older timestamp than the one that is kept changes nothing.</summary>
    public static VercelDecision Submit(VercelRequest request)
    {
        var timestamp = request.Body.GetProperty("timestamp").GetDateTimeOffset();
        if (request.Installation.Balances is { } kept && kept.Timestamp > timestamp)
        {
            return request.Answer(ApiAnswer.Created);
        }

        var balances = Wire.Read<ImmutableList<Balance>>(request.Body.GetProperty("balances"));
        return request.Keep(
            request.Installation with { Balances = new BalanceReport(timestamp, request.Now, balances) }, ApiAnswer.Created);
    }
}
