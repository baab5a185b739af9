using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.NonPayment;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Settlement;

/// <summary>What unpaid invoices have led to. An installation without a row is in good standing.</summary>
internal static class PaymentStandingRows
{
    private const string LoadSql = "select standing, owed, invoices, since from payment_standing where installation_id = $1";

    private const string SaveSql = """
        insert into payment_standing (installation_id, standing, owed, invoices, since) values ($1, $2, $3, $4, $5)
        on conflict (installation_id) do update set standing = excluded.standing, owed = excluded.owed, invoices = excluded.invoices,
            since = excluded.since
        """;

    private const string EndSql = "delete from payment_standing where installation_id = $1";

    /// <summary>Asked under the lock of the installation by whoever changes it.</summary>
    public static async Task<PaymentStanding> Load(NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel)
    {
        await using var command = transaction.Command(LoadSql, installation.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Read(reader, installation) : new PaymentStanding.Good();
    }

    /// <summary>To look at.</summary>
    public static Loaded<PaymentStanding> Load(Loads loads, InstallationId installation) =>
        loads.One<PaymentStanding>(new PaymentStanding.Good(), LoadSql, reader => Read(reader, installation), installation.Value);

    public static void Save(Writes writes, InstallationId installation, PaymentStanding standing) => standing.Owes.Match(
        arrears => writes.Add(SaveSql, installation.Value, Name(standing), arrears.Owed.Amount, arrears.Invoices, arrears.Since),
        () => writes.Add(EndSql, installation.Value));

    /// <summary>As it is stored and shown.</summary>
    public static string Name(PaymentStanding standing) =>
        standing switch
        {
            PaymentStanding.Good => "good",
            PaymentStanding.Warned => "warned",
            PaymentStanding.Degraded => "degraded",
            PaymentStanding.Suspended => "suspended",
            _ => throw new UnreachableException(standing.GetType().Name),
        };

    private static PaymentStanding Read(NpgsqlDataReader reader, InstallationId installation)
    {
        var arrears = new Arrears(new Usd(reader.GetDecimal(1)), reader.GetInt32(2), reader.Moment(3));
        return reader.GetString(0) switch
        {
            "warned" => new PaymentStanding.Warned(arrears),
            "degraded" => new PaymentStanding.Degraded(arrears),
            "suspended" => new PaymentStanding.Suspended(arrears),
            var unknown => throw new CorruptRowException("payment_standing", installation.Value, $"no standing is called '{unknown}'"),
        };
    }
}
