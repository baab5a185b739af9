using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>
/// Has an hour reported once more that Vercel refused, or that was given up, by the word of a person who has mended what was in the way. The
/// next hour's report would make good for it, but there is none behind the last hour of a period.
/// </summary>
internal sealed class UsageResend(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Again = "somebody has an earlier hour reported again";

    public async Task<ResendAnswer> Resend(InstallationId installation, HourSlot hour, Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        var loads = new Loads();
        var locked = InstallationRows.LoadForUpdate(loads, installation);
        var known = UsageSlotRows.LoadForUpdate(loads, installation, hour);
        await loads.Begin(connection, cancel);
        if (locked.Value is not { } home || known.Value is not { } slot)
            return new ResendAnswer.NoSlot();
        if (home is Installation.Finalized)
            return new ResendAnswer.InstallationFinal();

        return await UsageSlotTransitions.Apply(slot, new UsageSlotCommand.Send(), now).MatchAsync<ResendAnswer>(
            LeftAsync: rejection => Task.FromResult<ResendAnswer>(new ResendAnswer.Refused(rejection)),
            RightAsync: async transition =>
            {
                if (transition.Events.IsEmpty)
                    return new ResendAnswer.NothingToSend();

                var writes = new Writes();
                // The worker sends what the ledger does not have, and writes down that it was sent with what became of it.
                UsageSlotRows.Reopen(writes, installation, hour);
                EventRows.Append(
                    writes, installation, resource: null, now, "usageSlot.Reopened", actor, new { hour = hour.Start, was = Was(slot) });
                BillingScheduleRows.Reopen(writes, installation, BillingWork.Usage, hour.End, Again);
                await writes.Commit(connection, cancel);
                return new ResendAnswer.DueAgain();
            });
    }

    private static string Was(UsageSlot slot) =>
        slot switch
        {
            UsageSlot.Refused refused => refused.Reason,
            UsageSlot.Dead dead => dead.Reason,
            _ => throw new UnreachableException(slot.GetType().Name),
        };
}

/// <summary>What became of the wish.</summary>
internal abstract record ResendAnswer
{
    private ResendAnswer() { }

    /// <summary>The worker sends it at once.</summary>
    public sealed record DueAgain : ResendAnswer;

    /// <summary>Vercel has it, or it is on its way.</summary>
    public sealed record NothingToSend : ResendAnswer;

    public sealed record NoSlot : ResendAnswer;

    /// <summary>The token is dead: nothing can be sent any more.</summary>
    public sealed record InstallationFinal : ResendAnswer;

    public sealed record Refused(UsageSlotRejection Rejection) : ResendAnswer;
}
