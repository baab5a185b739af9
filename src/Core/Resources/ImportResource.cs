using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Secrets;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Resources;

/// <summary>The request to show at Vercel what is there already, with every field good in itself. Source: contract §D.5 PUT, §E.10.</summary>
/// <param name="Ownership">Anything but owned: what is billed here was made here.</param>
/// <param name="Secrets">At least one, each of another name.</param>
public sealed record ImportResource(
    Product Product, string Name, Map<string, MetadataValue> Metadata, ResourceOwnership Ownership, Seq<Secret> Secrets)
{
    private const int ReferenceCharactersMax = 500;

    /// <summary>The request, or every field that is wrong. A form is judged where it was filled in; else there is none.</summary>
    public static Validation<FieldError, ImportResource> Parse(ImportRequest asked, Catalogue catalogue)
    {
        var product = asked.ProductId.Bind(id => catalogue.Product(new ProductId(id)));
        return (ParseProduct(asked.ProductId, product),
                ResourceName.Parse(asked.Name, product.Bind(found => found.NameLimits)),
                ParseMetadata(asked.Metadata, product),
                ParseOwnership(asked.Ownership, asked.Reference),
                PushSecrets.ParseSecrets(asked.Secrets))
            .Apply((found, name, metadata, ownership, secrets) => new ImportResource(found, name, metadata, ownership, secrets));
    }

    /// <summary>
    /// The record of it, which begins or goes on: what has the same reference is the same thing, so that nothing is there twice, however
    /// often it is asked for. Pending until Vercel knows of it.
    /// </summary>
    /// <param name="known">What the installation has of the product by this reference, the uninstalled left out.</param>
    /// <param name="id">Of a new resource.</param>
    public Either<ProvisioningRejection, Transition<Resource, ResourceEvent>> Decide(
        Installation installation, Option<Resource> known, ResourceId id, DateTimeOffset now) =>
        installation switch
        {
            Installation.Uninstalling going => new ProvisioningRejection.InstallationBeingUninstalled(going.Id),
            Installation.Finalized gone => new ProvisioningRejection.InstallationFinalized(gone.Id),
            Installation.Active => known.Match(
                Some: current => Renewed(current, now),
                None: () => ResourceTransitions.RequestImport(Profile(id, now))),
            _ => throw new UnreachableException(installation.GetType().Name),
        };

    private ResourceProfile Profile(ResourceId id, DateTimeOffset now) =>
        new(id, Product.Id, Name, Metadata, None, None, None, now) { Ownership = Ownership };

    private Transition<Resource, ResourceEvent> Renewed(Resource current, DateTimeOffset now) =>
        Seq<ResourceCommand>(new ResourceCommand.Rename(Name), new ResourceCommand.ChangeMetadata(Metadata)).Fold(
            new Transition<Resource, ResourceEvent>(current, Empty),
            (soFar, command) => ResourceTransitions.Apply(soFar.Next, command, now).Match(
                Right: step => step with { Events = (soFar.Events + step.Events).Strict() },
                Left: _ => soFar));

    private static Validation<FieldError, Product> ParseProduct(Option<string> id, Option<Product> found) =>
        found.Match<Validation<FieldError, Product>>(
            product => product,
            () => new FieldError("productId", id.IsSome ? "There is no product of that id." : "A product is required."));

    private static Validation<FieldError, Map<string, MetadataValue>> ParseMetadata(Option<SentMetadata> metadata, Option<Product> product) =>
        (from given in metadata from form in product.Map(found => found.Metadata) select form.Create(given)).IfNone(Map<string, MetadataValue>());

    private static Validation<FieldError, ResourceOwnership> ParseOwnership(Option<string> ownership, Option<string> reference) =>
        (ParseOwner(ownership), ParseReference(reference)).Apply((make, text) => make(text));

    private static Validation<FieldError, Func<string, ResourceOwnership>> ParseOwner(Option<string> ownership) =>
        ownership.IfNone("linked") switch
        {
            "linked" => Success<FieldError, Func<string, ResourceOwnership>>(reference => new ResourceOwnership.Linked(reference)),
            "sandbox" => Success<FieldError, Func<string, ResourceOwnership>>(reference => new ResourceOwnership.Sandbox(reference)),
            "owned" => new FieldError("ownership", "What is owned is provisioned, so that it can be billed. It cannot be imported."),
            _ => new FieldError("ownership", "The ownership must be one of linked, sandbox."),
        };

    private static Validation<FieldError, string> ParseReference(Option<string> reference) =>
        reference.Filter(text => text.Length is > 0 and <= ReferenceCharactersMax && !text.Contains('\0', StringComparison.Ordinal))
            .Match<Validation<FieldError, string>>(
                text => text, () => new FieldError("externalReference", $"A text of 1 to {ReferenceCharactersMax} characters is required."));
}

/// <summary>What was sent, before anything is known of it.</summary>
/// <param name="Ownership">Linked where nothing is said.</param>
public sealed record ImportRequest(
    Option<string> ProductId, Option<string> Name, Option<SentMetadata> Metadata, Option<string> Ownership, Option<string> Reference,
    Seq<Secret> Secrets);
