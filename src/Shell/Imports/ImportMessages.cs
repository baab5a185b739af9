using System.Diagnostics;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.Imports;

/// <summary>The one place that gives each end of an import its status and its words.</summary>
internal sealed class ImportMessages(Brand brand, Messages messages)
{
    public IResult Over => Of(StatusCodes.Status410Gone, "This import is over", "It was finished, or it has taken too long. Begin again on Vercel.");

    public IResult Spent => Of(
        StatusCodes.Status429TooManyRequests, "Too many attempts", "Nobody has signed in after several attempts, so this import ends here. Begin again on Vercel.");

    public IResult NothingToImport => Of(StatusCodes.Status404NotFound, "There is nothing to import", $"{brand.Name} has nothing of that kind to import from.");

    public IResult Of(ImportRefusal refusal) =>
        refusal switch
        {
            ImportRefusal.Incomplete => Of(StatusCodes.Status400BadRequest, "This link is not complete", "Part of it is missing. Begin the import on Vercel again."),
            ImportRefusal.ReturnsElsewhere => Of(
                StatusCodes.Status400BadRequest, "This link does not come from Vercel", "It would lead you to somebody else in the end. Begin the import on Vercel."),
            ImportRefusal.NotInstalled => Of(
                StatusCodes.Status404NotFound, $"{brand.Name} is not installed", $"We know no installation of that name. Install {brand.Name} on Vercel first."),
            ImportRefusal.NothingToImport => NothingToImport,
            ImportRefusal.BegunElsewhere => Of(
                StatusCodes.Status409Conflict, "This import has begun already", "It was opened in another browser before, or by somebody else. Each link works once. Begin again on Vercel."),
            _ => throw new UnreachableException(refusal.GetType().Name),
        };

    private IResult Of(int status, string title, string text) =>
        messages.Of(new MessageView(status, title, text, new MessageLink(brand.Vercel, "Go to Vercel"))) with { HidesAddress = true };
}
