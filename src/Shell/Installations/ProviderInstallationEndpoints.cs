using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Balances;
using Marketplace.Shell.Http;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Settlement;
using Npgsql;

namespace Marketplace.Shell.Installations;

/// <summary>GET /provider/v1/installations, the newest first, and one of them: who has installed, those that are over too.</summary>
internal static class ProviderInstallationEndpoints
{
    public static readonly RequestDelegate List = ProviderEndpoint.Needing(ProviderScopes.InstallationsRead, ListInstallations);

    public static readonly RequestDelegate One = ProviderEndpoint.Needing(ProviderScopes.InstallationsRead, GetInstallation);

    private static readonly string[] Stages = ["active", "uninstalling", "finalized"];

    public static ProblemResult Unknown(InstallationId id) => ProviderProblems.NotFound($"There is no installation {id}.");

    private static async Task<IResult> ListInstallations(HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = new AskedQuery(request.Query);
        var filter = new InstallationFilter(asked.Choice("status", Stages), asked.Text("account"), asked.Text("plan"), asked.Text("q"));
        var page = asked.Page(NewestFirst.Start, NewestFirst.Read);
        if (asked.Problem() is { } problem)
            return problem;

        var loads = new Loads();
        var found = InstallationListRows.Page(loads, filter, page.From.At, page.From.Id, page.Look);
        await loads.Read(database, cancel);
        var shown = found.Value.Take(page.Limit).Strict();
        return TypedResults.Ok(new InstallationsWire(
            [.. shown.Select(ListedInstallationWire.Of)],
            found.Value.Count > page.Limit ? NewestFirst.After(shown.Last.InstalledAt, shown.Last.Id) : null));
    }

    private static async Task<IResult> GetInstallation(string installationId, NpgsqlDataSource database, CancellationToken cancel)
    {
        var (id, loads) = (new InstallationId(installationId), new Loads());
        var listed = InstallationListRows.Load(loads, id);
        var installation = InstallationRows.Load(loads, id);
        var resources = InstallationListRows.CountByStatus(loads, id);
        var standing = PaymentStandingRows.Load(loads, id);
        var balances = BalanceRows.Amounts(loads, id);
        await loads.Read(database, cancel);
        return (listed.Value, installation.Value) is ({ } one, { } state)
            ? TypedResults.Ok(ListedInstallationWire.Of(one, state, resources.Value, standing.Value, balances.Value))
            : Unknown(id);
    }

    /// <param name="NextCursor">Absent on the last page.</param>
    private sealed record InstallationsWire(ListedInstallationWire[] Installations, string? NextCursor);
}
