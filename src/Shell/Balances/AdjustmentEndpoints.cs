using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Balances;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Resources;
using Marketplace.Shell.VercelApi;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Balances;

/// <summary>
/// /provider/v1/installations/{id}/balances/adjustments: POST gives credit or takes it, as an entry of the ledger; GET lists what was given
/// and taken. Whoever was warned or stopped need not wait for the next hour, and Vercel hears what is left at once. Source: contract §D.9.
/// </summary>
internal static class AdjustmentEndpoints
{
    public static readonly RequestDelegate Adjust = ProviderEndpoint.Needing(ProviderScopes.BalancesWrite, HandleAdjust);

    public static readonly RequestDelegate List = ProviderEndpoint.Needing(ProviderScopes.BalancesRead, HandleList);

    private static Task<IResult> HandleAdjust(
        string installationId, HttpRequest request, JsonBody<AskedWire> body, ProviderCaller caller, ProviderDecisions decisions,
        CatalogueInForce catalogue, TimeProvider clock, CancellationToken cancel)
    {
        var id = new InstallationId(installationId);
        return (AdjustBalance.Parse(Optional(body.Value.ResourceId)!, Amount(body.Value.Amount), ""), AuditReason.Parse(body.Value.Reason, isNeeded: true))
            .Apply((asked, reason) => asked with { Reason = reason.IfNone("") })
            .Match(
                Succ: asked => Decide(
                    id, asked, ProviderCall.Of(caller, request, body.Raw), Actor.Of(caller, "adjust balance"), decisions, catalogue, clock, cancel),
                Fail: errors => Task.FromResult<IResult>(ProviderProblems.Invalid(errors)));
    }

    /// <summary>The same for whoever else may.</summary>
    public static Task<IResult> Decide(
        InstallationId id, AdjustBalance adjustment, ProviderCall call, Actor actor, ProviderDecisions decisions, CatalogueInForce catalogue,
        TimeProvider clock, CancellationToken cancel)
    {
        return decisions.Decide(id, call, loads => Look(loads, adjustment), cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads, AdjustBalance asked)
        {
            // Behind the lock of the installation, so that each entry goes on from the one before.
            var locked = InstallationRows.LoadForUpdate(loads, id);
            var resource = asked.Balance.MatchUnsafe<Loaded<Resource?>?>(of => ResourceRows.LoadForUpdate(loads, id, of), () => null);
            var ledger = BalanceRows.LoadEnd(loads, id, asked.Balance);
            return writes => locked.Value is { } installation
                ? Answer(writes, asked, installation, Optional(resource?.Value)!, ledger())
                : PartnerAnswer.Of(ProviderResourceProblem.NoInstallation(id));
        }

        PartnerAnswer Answer(Writes writes, AdjustBalance asked, Installation installation, Option<Resource> resource, BalanceLedger before)
        {
            var now = clock.GetUtcNow();
            return asked.Decide(before, installation, resource, catalogue.Now, Ids.Adjustment(), now).Match(
                Right: transition =>
                {
                    BalanceRows.Append(writes, id, before, transition.Next);
                    EventRows.Append(writes, id, transition.Events, actor);
                    BillingScheduleRows.Schedule(writes, id, BillingWork.Balances, now);
                    var (entry, after) = transition.Next.Since(before)[^1];
                    return PartnerAnswer.Json(StatusCodes.Status201Created, AdjustmentWire.Of(entry, after.Amount));
                },
                Left: rejection => PartnerAnswer.Of(Problem(id, rejection)));
        }
    }

    private static async Task<IResult> HandleList(string installationId, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = new AskedQuery(request.Query);
        var page = asked.Page(NewestFirst.Start, NewestFirst.Read);
        if (asked.Problem() is { } problem)
            return problem;

        var (id, loads) = (new InstallationId(installationId), new Loads());
        var installation = InstallationRows.Load(loads, id);
        var found = BalanceRows.Adjustments(loads, id, page.From, page.Look);
        await loads.Read(database, cancel);
        if (installation.Value is null)
            return ProviderInstallationEndpoints.Unknown(id);

        var shown = found.Value.Take(page.Limit).Strict();
        return TypedResults.Ok(new ListWire(
            [.. shown.Select(one => AdjustmentWire.Of(one.Entry, one.After))],
            found.Value.Count > page.Limit ? NewestFirst.After(shown.Last.Entry.At, shown.Last.Entry.Cause.Value) : null));
    }

    private static ProblemResult Problem(InstallationId id, AdjustmentRejection rejection) =>
        rejection switch
        {
            AdjustmentRejection.InstallationLeaves => ProviderResourceProblem.InstallationLeaves(id),
            AdjustmentRejection.UnknownResource(var resource) => ProviderResourceProblem.NoResource(resource),
            AdjustmentRejection.NotPrepaid(var balance) => ProviderProblems.Conflict(
                balance.Match(
                    resource => $"No plan of the product of resource {resource} is paid ahead, so that nothing would use the credit.",
                    () => "No plan for whole installations is paid ahead, so that nothing would use the credit. Name a resource."),
                "not_prepaid"),
            AdjustmentRejection.MoreThanIsLeft(var left) => ProviderProblems.Conflict(
                $"Of this balance, {DecimalString.Amount(left)} is left to take.", "more_than_is_left"),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    /// <summary>None where it is no number.</summary>
    public static Option<Usd> Amount(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount)
            ? new Usd(amount)
            : Option<Usd>.None;

    private sealed record AskedWire(string? ResourceId = null, string? Amount = null, string? Reason = null);

    /// <param name="NextCursor">Absent on the last page.</param>
    private sealed record ListWire(AdjustmentWire[] Adjustments, string? NextCursor);
}

/// <param name="ResourceId">Absent for the balance of the installation as a whole.</param>
/// <param name="Balance">What was left with it.</param>
internal sealed record AdjustmentWire(string Id, string? ResourceId, string Amount, string Reason, DateTimeOffset At, string Balance)
{
    public static AdjustmentWire Of(BalanceEntry entry, Usd after) => new(
        entry.Cause.AdjustmentId.Map(id => id.Value).IfNone(entry.Cause.Value), entry.Resource.Map(id => id.Value).OrNull(),
        Statements.StatementText.Amount(entry.Amount), entry.Reason.IfNone(""), entry.At, Statements.StatementText.Amount(after));
}
