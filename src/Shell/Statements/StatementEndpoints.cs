using System.Text;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Statements;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;
using Microsoft.Net.Http.Headers;

namespace Marketplace.Shell.Statements;

/// <summary>
/// GET /provider/v1/installations/{id}/statements, and the one of a period: JSON or, by <c>Accept</c> or <c>?format=csv</c>,
/// comma-separated values. They stay when the installation is gone.
/// </summary>
internal static class StatementEndpoints
{
    public static readonly RequestDelegate List = ProviderEndpoint.Needing(ProviderScopes.BillingRead, ListPeriods);

    public static readonly RequestDelegate One = ProviderEndpoint.Needing(ProviderScopes.BillingRead, GetStatement);

    private static async Task<IResult> ListPeriods(string installationId, StatementStore statements, CancellationToken cancel)
    {
        var id = new InstallationId(installationId);
        return await statements.Periods(id, cancel) is { } periods
            ? TypedResults.Ok(new PeriodListWire([.. periods.Select(PeriodListItemWire.Of)]))
            : ProviderProblems.NotFound($"There is no installation {id}.");
    }

    private static async Task<IResult> GetStatement(
        string installationId, string period, string? format, HttpContext context, StatementStore statements, CancellationToken cancel)
    {
        if (format is not (null or "json" or "csv"))
            return ProviderProblems.Invalid("format: is json or csv.");

        var id = new InstallationId(installationId);
        context.Response.Headers.Vary = HeaderNames.Accept;
        return await statements.Find(id, period, cancel) switch
        {
            StatementAnswer.Found(var statement) when format == "csv" || (format is null && WantsCsv(context.Request)) => Csv(context, statement),
            StatementAnswer.Found(var statement) => TypedResults.Ok(StatementWire.Of(statement)),
            StatementAnswer.NoInstallation => ProviderProblems.NotFound($"There is no installation {id}."),
            StatementAnswer.NoPeriod => ProviderProblems.NotFound(
                $"Installation {id} has no period {period}: one is named by the day on which it begins, like 2027-01-31, or by its month."),
            var other => throw new System.Diagnostics.UnreachableException(other.GetType().Name),
        };
    }

    private static IResult Csv(HttpContext context, Statement statement)
    {
        var file = new ContentDispositionHeaderValue("attachment");
        file.SetHttpFileName($"statement-{statement.Installation}-{StatedPeriods.NameOf(statement.Period)}.csv");
        context.Response.Headers.ContentDisposition = file.ToString();
        return TypedResults.Text(StatementCsv.Of(statement), StatementCsv.MediaType, Encoding.UTF8);
    }

    /// <summary>Whoever asks for CSV by name, and not for JSON rather.</summary>
    private static bool WantsCsv(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        double Quality(string type) => accepted
            .Where(one => string.Equals(one.MediaType.Value, type, StringComparison.OrdinalIgnoreCase))
            .Select(one => one.Quality ?? 1)
            .DefaultIfEmpty(0)
            .Max();
        return Quality(StatementCsv.MediaType) > Quality("application/json");
    }

    private sealed record PeriodListWire(PeriodListItemWire[] Periods);

    private sealed record PeriodListItemWire(string Name, DateTime Start, DateTime End, bool Closed)
    {
        public static PeriodListItemWire Of(StatedPeriod stated) =>
            new(StatedPeriods.NameOf(stated.Period), stated.Period.Start.UtcDateTime, stated.Period.End.UtcDateTime, stated.IsClosed);
    }
}
