using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Provisioning;

namespace Marketplace.Shell.Products;

/// <summary>
/// Looks whether another catalogue should take force. It does when it passes everything that a start asks of it; else the one in force stays,
/// and the reasons are logged, once for each file.
/// </summary>
internal sealed partial class CatalogueReload(
    CatalogueInForce inForce, OfferedPlans offered, Provisioners provisioners, ILogger<CatalogueReload> log)
{
    private string? refused;

    public async Task Look(CancellationToken cancel)
    {
        var path = inForce.File.Path;
        var text = await File.ReadAllTextAsync(path, cancel);
        if (text == inForce.File.Text)
        {
            refused = null;
            await Learn(cancel);
        }
        else if (text != refused)
        {
            (await Judge(path, text, cancel)).Match(
                Right: next =>
                {
                    refused = null;
                    inForce.Replace(next.File, next.Sold);
                    LogInForce(path);
                },
                Left: wrong =>
                {
                    refused = text;
                    LogRefused(path, string.Join("; ", wrong));
                });
        }
        else
        {
            await Learn(cancel);
        }
    }

    private async Task<Either<Seq<CatalogueError>, (CatalogSettings File, Catalogue Sold)>> Judge(string path, string text, CancellationToken cancel)
    {
        var read = CatalogueFile.Parse(text);
        if (read.IsFail)
            return read.FailToSeq();

        var file = new CatalogSettings(path, text, read.SuccessToSeq().Head);
        var misfits = CatalogueFit.Check(file.Catalogue, provisioners);
        return misfits.IsEmpty ? (await offered.Offer(file, isAlone: false, cancel)).Map(sold => (file, sold)) : misfits;
    }

    /// <summary>What another server has begun to sell meanwhile: this one does not, and bills it all the same.</summary>
    private async Task Learn(CancellationToken cancel)
    {
        var known = await offered.Know(inForce.File, cancel);
        if (known != inForce.Now)
            inForce.Replace(inForce.File, known);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The catalogue {Path} was changed, and is in force as it is now")]
    private partial void LogInForce(string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "The catalogue {Path} was changed and is refused; the one before stays in force. {Reasons}")]
    private partial void LogRefused(string path, string reasons);
}
