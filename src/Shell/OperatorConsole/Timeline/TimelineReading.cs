using System.Globalization;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.OperatorConsole.Timeline;

/// <summary>The part of the audit that a page shows: of an installation or of one resource, a page of it, of one kind or of all.</summary>
internal sealed class TimelineReading
{
    private const int EventsMax = 25;
    private const string KindName = "kind";
    private const string BeforeName = "before";

    /// <summary>Where the page shows it.</summary>
    private const string Anchor = "#timeline";

    /// <summary>As the audit calls them; one that ends in a point is all that begins so.</summary>
    private static readonly IReadOnlyList<FilterChoice> Kinds =
    [
        new("installation.", "Installation"), new("resource.", "Resources"), new("secrets.", "Secrets"), new("invoice.", "Invoices"),
        new("payment.", "Payment"), new("refund.", "Refunds"), new("balance.", "Balances"), new("transfer.", "Transfers"),
        new("resync.", "Resyncs"), new("outbox.", "Messages"), new("webhook.", "Webhooks"), new("operation.", "Operations"), new("repl.", "Console commands"),
        new("deploymentAction.", "Deployments"), new("session.", "Sign-ons"),
    ];

    private readonly string? kind;
    private readonly long? before;

    private TimelineReading(string? kind, long? before) => (this.kind, this.before) = (kind, before);

    /// <exception cref="BadHttpRequestException">The query asks for what there is not.</exception>
    public static TimelineReading Asked(HttpRequest request)
    {
        var query = request.Query;
        if (query.Keys.FirstOrDefault(name => name is not (KindName or BeforeName)) is { } unknown)
            throw new BadHttpRequestException($"This page knows no \"{unknown}\".");
        var chosen = query[KindName].ToString() is { Length: > 0 } given ? given : null;
        if (chosen is not null && Kinds.All(choice => choice.Value != chosen))
            throw new BadHttpRequestException($"\"{KindName}\" is none of the choices.");
        if (query[BeforeName].ToString() is not { Length: > 0 } place)
            return new TimelineReading(chosen, null);
        return long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new TimelineReading(chosen, number)
            : throw new BadHttpRequestException("This link leads to a place in the timeline that is none. Begin at its first page.");
    }

    /// <summary>What the page shows, once the loads are sent.</summary>
    /// <param name="resource">Null for everything of the installation.</param>
    public Func<TimelineView> Look(Loads loads, InstallationId installation, ResourceId? resource, string address)
    {
        var found = EventListRows.Page(
            loads, installation, resource, new AuditFilter(kind, null, null, null), before ?? long.MaxValue, EventsMax + 1);
        return () =>
        {
            var shown = found.Value.Take(EventsMax).Strict();
            return new TimelineView(
                address, Kinds, kind, [.. shown.Select(one => Of(installation, one, isOfOne: resource is not null))],
                before is null ? null : Link(address, null),
                found.Value.Count > EventsMax ? Link(address, shown.Last.Id) : null);
        };
    }

    private string Link(string address, long? olderThan)
    {
        var query = new Microsoft.AspNetCore.Http.Extensions.QueryBuilder();
        if (kind is not null)
            query.Add(KindName, kind);
        if (olderThan is { } place)
            query.Add(BeforeName, place.ToString(CultureInfo.InvariantCulture));
        return $"{address}{query}{Anchor}";
    }

    private static HappenedView Of(InstallationId installation, AuditedEvent one, bool isOfOne) => new(
        MomentView.Of(one.OccurredAt), EventWords.Of(one.Type), one.Type, one.Actor, one.Cause,
        isOfOne || one.Resource is null ? null : new MessageLink(OperatorPaths.Resource(installation, one.Resource), one.Resource),
        EventWords.Details(one.Detail));
}
