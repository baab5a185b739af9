using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>The slot ledger. An hour that is due has no row: that it is due follows from the clock.</summary>
internal static class UsageSlotRows
{
    private const string LoadSql = """
        select slot_start, period_start, period_end, state, changed_at, reason, superseded_by from usage_slot
        where installation_id = $1 and slot_start >= $2 order by slot_start
        """;

    // With those before it that Vercel does not have. They are few, and have an index of their own, so that a long period costs nothing.
    private const string LoadUnsettledSql = """
        select slot_start, period_start, period_end, state, changed_at, reason, superseded_by from usage_slot
        where installation_id = $1 and slot_start >= $3
        union all
        select slot_start, period_start, period_end, state, changed_at, reason, superseded_by from usage_slot
        where installation_id = $1 and slot_start >= $2 and slot_start < $3 and state in ('sent', 'refused', 'dead')
        """;

    private const string SaveSql = """
        insert into usage_slot (installation_id, slot_start, period_start, period_end, state, changed_at, reason, superseded_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (installation_id, slot_start) do update set state = excluded.state, changed_at = excluded.changed_at,
            reason = excluded.reason, superseded_by = excluded.superseded_by
        where usage_slot.state <> 'confirmed'
        """;

    private const string LoadForUpdateSql = """
        select slot_start, period_start, period_end, state, changed_at, reason, superseded_by from usage_slot
        where installation_id = $1 and slot_start = $2 for update
        """;

    private const string ForgetSql = """
        delete from usage_slot where installation_id = $1 and slot_start = $2 and state in ('refused', 'dead')
        """;

    /// <summary>One, and locked; null when the ledger does not have it.</summary>
    public static Loaded<UsageSlot?> LoadForUpdate(Loads loads, InstallationId installation, HourSlot slot) =>
        loads.One(LoadForUpdateSql, reader => Read(installation, reader), installation.Value, slot.Start);

    /// <summary>What Vercel does not have is due again: an hour that is due has no row.</summary>
    public static void Reopen(Writes writes, InstallationId installation, HourSlot slot) =>
        writes.Add(ForgetSql, installation.Value, slot.Start);

    /// <summary>All since the moment, oldest first.</summary>
    public static Loaded<Seq<UsageSlot>> Load(Loads loads, InstallationId installation, DateTimeOffset since) =>
        loads.Many(LoadSql, reader => Read(installation, reader), installation.Value, since);

    /// <summary>All since the moment, and of those between the start and the moment the ones that a report can still make good.</summary>
    public static Loaded<Seq<UsageSlot>> LoadUnsettled(
        Loads loads, InstallationId installation, DateTimeOffset start, DateTimeOffset since) =>
        loads.Many(LoadUnsettledSql, reader => Read(installation, reader), installation.Value, start, since);

    /// <summary>The state by its name in the table.</summary>
    public static string StateOf(UsageSlot slot) => Stored(slot).State;

    public static void Save(Writes writes, UsageSlot slot)
    {
        var stored = Stored(slot);
        writes.Add(
            SaveSql, slot.Installation.Value, slot.Slot.Start, slot.Period.Start, slot.Period.End, stored.State,
            stored.ChangedAt, stored.Reason, stored.By);
    }

    private static (string State, DateTimeOffset ChangedAt, string? Reason, DateTimeOffset? By) Stored(UsageSlot slot) =>
        slot switch
        {
            UsageSlot.Sent s => ("sent", s.SentAt, null, null),
            UsageSlot.Confirmed s => ("confirmed", s.ConfirmedAt, null, null),
            UsageSlot.Refused s => ("refused", s.RefusedAt, s.Reason, null),
            UsageSlot.Dead s => ("dead", s.DiedAt, s.Reason, null),
            UsageSlot.Superseded s => ("superseded", s.SupersededAt, null, s.By.Start),
            _ => throw new UnreachableException(slot.GetType().Name),
        };

    private static UsageSlot Read(InstallationId installation, NpgsqlDataReader reader)
    {
        var slot = HourSlot.Of(reader.Moment(0));
        var period = new BillingPeriod(reader.Moment(1), reader.Moment(2));
        var changedAt = reader.Moment(4);
        return reader.GetString(3) switch
        {
            "sent" => new UsageSlot.Sent(installation, slot, period, changedAt),
            "confirmed" => new UsageSlot.Confirmed(installation, slot, period, changedAt),
            "refused" => new UsageSlot.Refused(installation, slot, period, reader.GetString(5), changedAt),
            "dead" => new UsageSlot.Dead(installation, slot, period, reader.GetString(5), changedAt),
            "superseded" => new UsageSlot.Superseded(installation, slot, period, HourSlot.Of(reader.Moment(6)), changedAt),
            var unknown => throw new CorruptRowException(
                "usage_slot", $"{installation}, {slot.Start:O}", $"no state is called '{unknown}'"),
        };
    }
}
