using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Marketplace.Shell.SignOn;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Imports;

/// <summary>The steps of an import that a customer takes in a browser: begin, sign in with the provider, pick. Source: contract §E.10.</summary>
internal sealed class ImportSessions(
    NpgsqlDataSource database, SecretBox box, CatalogueInForce catalogue, Provisioners provisioners, SignInGuard guard, ResourceImports imports,
    IVercel vercelApi, VercelSettings vercel, TimeProvider clock)
{
    public Seq<Product> Importable => catalogue.Now.Products.Filter(product => product.IsImportable).Strict();

    /// <summary>Whether an import can begin like that, whoever asks.</summary>
    public async Task<Either<ImportRefusal, CheckedStart>> Check(ImportStart asked, CancellationToken cancel)
    {
        if (asked is not { InstallationId: { Length: > 0 } installationId, State: { Length: > 0 } state, Return.Length: > 0 })
            return new ImportRefusal.Incomplete();
        if (OriginText.Within(new Uri(vercel.DashboardUrl), asked.Return) is not { } back)
            return new ImportRefusal.ReturnsElsewhere();

        var installation = new InstallationId(installationId);
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await InstallationRows.Load(connection, installation, cancel) is not Installation.Active)
            return new ImportRefusal.NotInstalled();
        if (ProductOf(asked.ProductId).Case is not SomeCase<Option<ProductId>>(var product))
            return new ImportRefusal.NothingToImport();
        return new CheckedStart(installation, product, state, back);
    }

    /// <summary>The session of the browser: a new one or, where this person has begun with this state in it before, the same.</summary>
    public async Task<Either<ImportRefusal, ImportSecret>> Begin(CheckedStart start, Visitor visitor, ImportSecret? browser, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (browser is not null && await ImportSessionRows.IsOf(connection, browser, start.State, cancel))
            return browser;

        var secret = ImportSecret.Of(visitor, SessionSecret.New());
        var session = new ImportSession(start.Installation, start.State, new Uri(start.Return), start.Product, clock.GetUtcNow(), Attempts: 0, None, None);
        return await ImportSessionRows.Begin(connection, box, session, secret, cancel) ? secret : new ImportRefusal.BegunElsewhere();
    }

    /// <summary>Null when there is none, or its time is over.</summary>
    public async Task<ImportSession?> Find(ImportSecret secret, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ImportSessionRows.Find(connection, box, secret, cancel) is { } session && session.LivesAt(clock.GetUtcNow()) ? session : null;
    }

    /// <summary>What the provider of the product asks for; null where the product cannot be imported.</summary>
    public Seq<SignInField>? FieldsOf(ProductId product) => Provisioner(product)?.SignInFields;

    /// <summary>Null once the customer is signed in; else why not.</summary>
    public async Task<string?> SignIn(ImportSecret secret, ProductId product, SignIn given, CancellationToken cancel)
    {
        if (Provisioner(product) is not { } provisioner)
            return "This cannot be imported.";

        if (!await HasAttemptLeft(secret, cancel))
            return "There were too many attempts. Begin again from Vercel.";

        var listed = await guard.Try(product, provisioner.SubjectOf(given), () => provisioner.List(given, cancel), cancel);
        if (listed.IsRight)
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            await ImportSessionRows.SignIn(connection, box, secret, product, given, cancel);
        }

        return listed.MatchUnsafe<string?>(Right: _ => null, Left: refusal => refusal.Reason);
    }

    public async Task SignOut(ImportSecret secret, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await ImportSessionRows.SignOut(connection, secret, cancel);
    }

    /// <summary>What the customer can pick: what is no resource already. Or why it cannot be seen any more.</summary>
    public async Task<Either<SignInRefusal, Seq<Importable>>> List(ImportSession session, ProductId product, SignIn given, CancellationToken cancel)
    {
        if (Provisioner(product) is not { } provisioner)
            return new SignInRefusal("This cannot be imported.", ProvesNothing: false);

        var loads = new Loads();
        var held = ResourceRows.LoadAll(loads, session.Installation);
        await loads.Read(database, cancel);
        var linked = held.Value
            .Filter(resource => resource is not Resource.Uninstalled && resource.Facts.Product == product && !resource.Facts.IsOurs).Strict();
        var removed = linked.IsEmpty ? Seq<ResourceId>() : await RemovedAtVercel(session.Installation, linked, cancel);
        var there = linked.Filter(resource => !removed.Contains(resource.Id))
            .Map(resource => Ownerships.ReferenceOf(resource.Facts.Ownership))
            .ToHashSet();
        return (await guard.Try(product, provisioner.SubjectOf(given), () => provisioner.List(given, cancel), cancel))
            .Map(all => all.Filter(one => !there.Contains(one.Reference)).Strict());
    }

    /// <summary>Null once Vercel has it, or is still told of it; else why not.</summary>
    public async Task<string?> Pick(
        ImportSession session, ImportSecret secret, ProductId product, SignIn given, string reference, string name, Actor actor,
        CancellationToken cancel)
    {
        if (Provisioner(product) is not { } provisioner)
            return "This cannot be imported.";

        var (refusal, secrets) = (await guard.Try(
                product, provisioner.SubjectOf(given), () => provisioner.Secrets(given, reference, cancel), cancel))
            .Match<(string?, Seq<Secret>)>(Right: values => (null, values), Left: refused => (refused.Reason, Empty));
        return refusal
            ?? await ImportResource.Parse(new ImportRequest(product.Value, name, None, "linked", reference, secrets), catalogue.Now).Match(
                Succ: async asked => Reason(await imports.Import(
                    session.Installation, asked, actor, (writes, resource) => ImportSessionRows.Pick(writes, secret, resource), cancel)),
                Fail: errors => Task.FromResult<string?>(string.Join(' ', errors.Select(error => error.Message))));
    }

    /// <summary>The resource that was picked, as it is now.</summary>
    public async Task<Resource?> Picked(ImportSession session, ResourceId resource, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ResourceRows.Load(connection, session.Installation, resource, cancel);
    }

    /// <summary>
    /// Vercel does not say when it removes what is linked: what it does not list any more can be brought there again, as the same resource.
    /// Where it does not answer, nothing was removed.
    /// </summary>
    private async Task<Seq<ResourceId>> RemovedAtVercel(InstallationId installation, Seq<Resource> linked, CancellationToken cancel) =>
        await vercelApi.ListResources(installation, cancel) is VercelAnswer<Seq<VercelResource>>.Accepted(var listed)
            ? linked.Filter(resource => resource is not Resource.Pending && !listed.Exists(known => known.Id == resource.Id))
                .Map(resource => resource.Id).Strict()
            : Empty;

    private async Task<bool> HasAttemptLeft(ImportSecret secret, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ImportSessionRows.Count(connection, secret, cancel);
    }

    private static string? Reason(ImportOutcome outcome) =>
        outcome switch
        {
            ImportOutcome.Done or ImportOutcome.Waiting => null,
            ImportOutcome.Refused refused => $"Vercel did not take it: {refused.Reason}",
            ImportOutcome.Rejected rejected => ImportProblem.Sentence(rejected.Why),
            ImportOutcome.Removed or ImportOutcome.InstallationUnknown => "The integration was uninstalled from this team.",
            _ => throw new System.Diagnostics.UnreachableException(outcome.GetType().Name),
        };

    private IImportProvisioner? Provisioner(ProductId id) =>
        Importable.Find(product => product.Id == id).MatchUnsafe<IImportProvisioner?>(
            product => provisioners.Import(product.Provisioner), () => null);

    /// <summary>None inside where the customer has to choose; none at all where there is nothing to choose from.</summary>
    private Option<Option<ProductId>> ProductOf(string? asked) =>
        (asked, Importable) switch
        {
            (_, { IsEmpty: true }) => Option<Option<ProductId>>.None,
            ({ Length: > 0 }, _) => Importable.Find(product => product.Id.Value == asked).Map(product => Some(product.Id)),
            (_, { Count: 1 } only) => Some(Some(only.Head.Id)),
            _ => Some(Option<ProductId>.None),
        };
}

/// <summary>With what Vercel sends a customer to us.</summary>
internal sealed record ImportStart(string? InstallationId, string? ProductId, string? State, string? Return)
{
    /// <summary>Logs print records; the state stays out.</summary>
    public override string ToString() => $"import to {InstallationId}";
}

/// <summary>The same, once it is known that an import can begin so.</summary>
/// <param name="Product">None where the customer chooses.</param>
internal sealed record CheckedStart(InstallationId Installation, Option<ProductId> Product, string State, string Return)
{
    public override string ToString() => $"import to {Installation}";
}

/// <summary>Why an import does not begin.</summary>
internal abstract record ImportRefusal
{
    private ImportRefusal() { }

    public sealed record Incomplete : ImportRefusal;

    /// <summary>It would send the customer, who trusts us, to a place of somebody else's.</summary>
    public sealed record ReturnsElsewhere : ImportRefusal;

    public sealed record NotInstalled : ImportRefusal;

    /// <summary>No product, or not this one, can be imported.</summary>
    public sealed record NothingToImport : ImportRefusal;

    /// <summary>Another browser, or another person, has begun with this state.</summary>
    public sealed record BegunElsewhere : ImportRefusal;
}
