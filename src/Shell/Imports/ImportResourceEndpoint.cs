using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Imports;

/// <summary>
/// POST /provider/v1/installations/{id}/imports: for a provider that has an import page of its own. The same external reference is the same
/// resource, so that asking again makes no second one. Source: contract §E.10.
/// </summary>
internal static class ImportResourceEndpoint
{
    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.ResourcesWrite, Handle);

    private static Task<IResult> Handle(
        string installationId, JsonBody<ImportWire> body, ProviderCaller caller, ResourceImports imports, Catalogue catalogue, CancellationToken cancel)
    {
        var installation = new InstallationId(installationId);
        return ImportResource.Parse(body.Value.ToRequest(), catalogue).Match(
            Succ: async asked => Answer(
                installation, await imports.Import(installation, asked, Actor.Of(caller, "import"), (_, _) => { }, cancel)),
            Fail: errors => Task.FromResult<IResult>(ImportProblem.From(errors)));
    }

    private static IResult Answer(InstallationId installation, ImportOutcome outcome) =>
        outcome switch
        {
            ImportOutcome.Done { IsNew: true } done => TypedResults.Created((string?)null, new ImportedWire(done.Id.Value, "ready")),
            ImportOutcome.Done done => TypedResults.Ok(new ImportedWire(done.Id.Value, "ready")),
            ImportOutcome.Waiting waiting => TypedResults.Accepted((string?)null, new ImportedWire(waiting.Id.Value, "pending")),
            ImportOutcome.Refused refused => ImportProblem.RefusedByVercel(refused.Reason),
            ImportOutcome.Rejected rejected => ImportProblem.From(rejected.Why),
            ImportOutcome.Removed => ImportProblem.Removed,
            ImportOutcome.InstallationUnknown => ProviderProblems.NotFound($"There is no installation {installation}."),
            _ => throw new UnreachableException(outcome.GetType().Name),
        };

    internal sealed record ImportWire(
        string? ProductId = null,
        string? Name = null,
        JsonElement? Metadata = null,
        string? Ownership = null,
        string? ExternalReference = null,
        GivenSecretWire[]? Secrets = null)
    {
        public ImportRequest ToRequest() => new(
            Optional(ProductId)!, Optional(Name)!,
            Metadata is { ValueKind: not JsonValueKind.Null } json ? Some(MetadataJson.ReadSent(json)) : None,
            Optional(Ownership)!, Optional(ExternalReference)!,
            GivenSecretWire.Read(Secrets));

        /// <summary>Records print every property, and logs print records: the secrets stay out.</summary>
        public override string ToString() => $"ImportWire {ProductId} {Name}";
    }

    /// <param name="Status">Ready once Vercel has it; pending while it is still told.</param>
    internal sealed record ImportedWire(string ResourceId, string Status);
}
