using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>
/// Takes the outcome of what was pending: it is kept with the operation, encrypted, and the worker carries the operation on as if the
/// control plane had answered so. The first outcome counts.
/// </summary>
internal sealed class OutcomeIntake(NpgsqlDataSource database, SecretBox box, CatalogueInForce catalogue)
{
    private const string Table = "operation";

    public async Task<OutcomeTaken> Take(InstallationId installation, OperationId id, ControlPlaneAnswer told, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var loads = new Loads();
        var loaded = OperationRows.LoadForTelling(loads, installation, id);
        await loads.Send(transaction, cancel);
        if (loaded.Value is not { Attempts: > 0 } known || !await IsOurs(transaction, installation, known, cancel))
            return new OutcomeTaken.Unknown();

        var wrong = told.Read(known.Request.Mints).Match(
            Succ: answer => answer is ProvisionerAnswer<Seq<Secret>>.Pending ? StillPending : Seq<FieldError>.Empty,
            Fail: errors => errors);
        return wrong.IsEmpty ? await Take(transaction, installation, id, known, told, cancel) : new OutcomeTaken.Wrong(wrong);
    }

    /// <summary>What was kept, as an answer to the operation.</summary>
    public static ProvisionerAnswer<Seq<Secret>> Read(SecretBox box, InstallationId installation, OperationId id, bool mints, byte[] kept) =>
        JsonSerializer.Deserialize<ControlPlaneAnswer>(box.Unprotect(kept, Table, installation.Value, id.Value), ControlPlaneAnswer.Options)!
            .Read(mints)
            .IfFail(_ => throw new CorruptRowException(Table, id.Value, "what was told of it is no outcome, though it was one when it was kept"));

    private async Task<OutcomeTaken> Take(
        NpgsqlTransaction transaction, InstallationId installation, OperationId id, ToldRow known, ControlPlaneAnswer told, CancellationToken cancel)
    {
        if (!known.IsOpen)
            return known.State == told.Status ? new OutcomeTaken.Known(known.State) : new OutcomeTaken.Contradicts(known.State);

        var text = JsonSerializer.SerializeToUtf8Bytes(told, ControlPlaneAnswer.Options);
        if (known.Told is { } before)
        {
            return box.Unprotect(before, Table, installation.Value, id.Value).AsSpan().SequenceEqual(text)
                ? new OutcomeTaken.Known("accepted")
                : new OutcomeTaken.Contradicts("told");
        }

        var writes = new Writes();
        OperationRows.Tell(writes, installation, id, box.Protect(text, Table, installation.Value, id.Value));
        await writes.Commit(transaction, cancel);
        return new OutcomeTaken.Known("accepted");
    }

    /// <summary>Whoever knows the control plane's secrets says nothing about what others make.</summary>
    private async Task<bool> IsOurs(NpgsqlTransaction transaction, InstallationId installation, ToldRow known, CancellationToken cancel) =>
        await ResourceRows.Load(transaction, installation, known.Resource, cancel) is { } resource
        && catalogue.Now.Product(resource.Facts.Product).Exists(product => product.Provisioner == HttpProvisioner.ItsName);

    private static Seq<FieldError> StillPending => Prelude.Seq1(new FieldError("status", "What is told is done or refused. Nothing is told of what is still pending."));
}

/// <summary>What became of an outcome that was told.</summary>
internal abstract record OutcomeTaken
{
    private OutcomeTaken() { }

    /// <summary>This is what we know, since now or already.</summary>
    /// <param name="State">Accepted, done or refused.</param>
    public sealed record Known(string State) : OutcomeTaken;

    /// <summary>Another outcome is known.</summary>
    public sealed record Contradicts(string State) : OutcomeTaken;

    public sealed record Wrong(Seq<FieldError> Errors) : OutcomeTaken;

    /// <summary>Nobody was asked for such an operation.</summary>
    public sealed record Unknown : OutcomeTaken;
}
