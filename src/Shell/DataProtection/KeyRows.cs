using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace Marketplace.Shell.DataProtection;

/// <summary>The key ring in the database, so that every process and every machine has the same. Keys are never deleted.</summary>
internal sealed class KeyRows(NpgsqlDataSource database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = database.OpenConnection();
        using var command = new NpgsqlCommand("select xml from data_protection_key order by id", connection);
        using var reader = command.ExecuteReader();
        var elements = new List<XElement>();
        while (reader.Read())
        {
            elements.Add(XElement.Parse(reader.GetString(0)));
        }

        return elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.OpenConnection();
        using var command = new NpgsqlCommand(
            "insert into data_protection_key (friendly_name, xml) values ($1, $2)", connection)
        {
            Parameters =
            {
                new() { Value = friendlyName },
                new() { Value = element.ToString(SaveOptions.DisableFormatting) },
            },
        };
        command.ExecuteNonQuery();
    }

    /// <summary>Each with its number; nobody else changes them until the transaction ends.</summary>
    public static async Task<IReadOnlyList<(long Id, XElement Key)>> LoadForUpdate(NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select id, xml from data_protection_key order by id for update", transaction.Connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var keys = new List<(long, XElement)>();
        while (await reader.ReadAsync(cancel))
        {
            keys.Add((reader.GetInt64(0), XElement.Parse(reader.GetString(1))));
        }

        return keys;
    }

    public static async Task Save(NpgsqlTransaction transaction, long id, XElement key, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "update data_protection_key set xml = $2 where id = $1", transaction.Connection, transaction)
        {
            Parameters = { new() { Value = id }, new() { Value = key.ToString(SaveOptions.DisableFormatting) } },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
