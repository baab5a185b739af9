using System.Net.Sockets;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Doctor;

/// <summary>The server on which databases are sold: what its role may do, and whether customers can reach it.</summary>
internal sealed class AcmePostgresExamination(ExaminedSettings examined, IHostEnvironment environment) : IExamination
{
    private const string Provisioner = "postgres";

    public string Subject => "acme-postgres";

    public async Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        if (!examined.Has("Catalog:Path"))
            return [new Finding.Skipped("Whether it is needed, the catalogue says: see configuration.")];
        if (!examined.Settings.Catalog.Catalogue.Products.Exists(product => product.Provisioner == Provisioner))
            return [new Finding.Skipped($"No product of the catalogue is made by the provisioner {Provisioner}.")];
        if (!examined.Has("ConnectionStrings:Marketplace") || !examined.Has("ConnectionStrings:AcmePostgres"))
            return [new Finding.Skipped("Its connection string is missing or wrong: see configuration.")];

        var findings = new List<Finding>();
        if (!examined.Settings.AcmePostgres.IsChosen && !environment.IsDevelopment())
        {
            findings.Add(new Finding.Warning(
                $"Customers' databases are made on our own database's server, and customers are sent to {examined.Settings.AcmePostgres}, as we reach it: nobody has said where they do.",
                "Set AcmePostgres__PublicHost to the address by which customers reach it, or ConnectionStrings__AcmePostgres to a server of theirs; or take the product out of the catalogue."));
        }

        await LookAtRole(findings, cancel);
        if (findings.Count == 0 && examined.Has("AcmePostgres:PublicHost") && examined.Has("AcmePostgres:PublicPort"))
            await LookAtAddress(findings, cancel);
        if (findings.Count == 0)
            findings.Add(new Finding.Ok($"Databases can be made, and customers reach them at {examined.Settings.AcmePostgres}."));
        return findings;
    }

    private async Task LookAtRole(List<Finding> findings, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(examined.Settings.AcmePostgres.ConnectionString)
            {
                Timeout = 4,
                CommandTimeout = 5,
                Pooling = false,
                IncludeErrorDetail = false,
            });
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            await using var command = new NpgsqlCommand(
                "select rolcreatedb or rolsuper, rolcreaterole or rolsuper from pg_roles where rolname = current_user", connection);
            await using var reader = await command.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            if (!reader.GetBoolean(0))
                findings.Add(new Finding.Failed("Its role may not create databases.", "alter role … createdb, on the server of ConnectionStrings__AcmePostgres."));
            if (!reader.GetBoolean(1))
                findings.Add(new Finding.Failed("Its role may not create roles.", "alter role … createrole, on the server of ConnectionStrings__AcmePostgres."));
        }
        catch (NpgsqlException fault)
        {
            findings.Add(new Finding.Failed(
                $"It cannot be used: {FirstConnection.Reason(fault)}.", "Start it, or correct ConnectionStrings__AcmePostgres; by default it is our own database's server."));
        }
    }

    private async Task LookAtAddress(List<Finding> findings, CancellationToken cancel)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(examined.Settings.AcmePostgres.PublicHost, examined.Settings.AcmePostgres.PublicPort, cancel);
        }
        catch (SocketException fault)
        {
            findings.Add(new Finding.Warning(
                $"Seen from here, nothing answers at {examined.Settings.AcmePostgres}, where customers are sent: {fault.Message}.",
                "Correct AcmePostgres__PublicHost and AcmePostgres__PublicPort, unless only customers can reach it."));
        }
    }
}
