using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Pages.Installations;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Pages.Transfers;

/// <summary>Resources, or all of an installation, go to another team. Source: contract §B.5, §E.11.</summary>
internal sealed class TransferPages(PageSources sources)
{
    public Shown List(Visit visit)
    {
        var installation = sources.Hand.Installation(visit.Route("installationId"));
        return Shown.Of<TransfersPage>(new TransfersView(
            InstallationHeads.Of(sources, installation, InstallationHeads.Transfers),
            installation.Stage == InstallationStage.Installed,
            [
                .. installation.Resources.Values.Where(resource => resource.DeletedAt is null)
                    .Select(resource => new OfferedResource(resource.Id, resource.Name)),
            ],
            [
                .. sources.State.TransferOffers.Reverse()
                    .Where(offer => offer.SourceId == installation.Id || offer.AcceptedBy == installation.Id)
                    .Select(offer => new OfferRow(
                        PagePaths.Transfer(offer.ClaimId), NamesOf(offer), TeamOf(offer.SourceId), offer.OfferedAt, MarkOf(offer))),
            ],
            [
                .. sources.State.Teams.Values
                    .Where(team => team.AccountId != installation.AccountId && sources.State.ActiveOf(team.AccountId, installation.Kind) is null)
                    .Select(team => new TeamOption(team.AccountId, team.Name)),
            ]));
    }

    public Shown Show(Visit visit)
    {
        var offer = sources.Hand.TransferOffer(visit.Route("claimId"));
        var isOpen = offer.AcceptedBy is null && offer.ExpiresAt > sources.Now;
        var others = sources.State.Installations.Values
            .Where(one => one is { Kind: InstallationKind.Native, Stage: InstallationStage.Installed } && one.Id != offer.SourceId)
            .ToImmutableList();
        return Shown.Of<TransferPage>(new TransferView(
            PagePaths.Transfer(offer.ClaimId), offer.ClaimId, TeamOf(offer.SourceId),
            $"{PagePaths.Installation(offer.SourceId)}{InstallationHeads.Transfers}", [.. offer.ResourceIds.Select(id => NameOf(offer, id))], offer.OfferedAt, offer.ExpiresAt,
            isOpen ? Words.Duration(offer.ExpiresAt - sources.Now) : null, MarkOf(offer),
            offer.AcceptedBy is { } acceptedBy ? TeamOf(acceptedBy) : null, offer.AcceptedAt,
            [.. others.Select(target => Row(offer, target))],
            [
                .. sources.State.Teams.Values
                    .Where(team => sources.State.ActiveOf(team.AccountId, InstallationKind.Native) is null)
                    .Select(team => new TeamOption(PagePaths.Install(team.AccountId), team.Name)),
            ]));
    }

    public async Task<Outcome> Offer(Visit visit)
    {
        var source = sources.Hand.Installation(visit.Route("installationId"));
        var resources = visit.Fields("resource");
        if (resources.IsEmpty)
        {
            throw new ArgumentException("Choose at least one resource to offer.", nameof(visit));
        }

        var open = double.TryParse(visit.Required("minutes"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes)
            && minutes > 0
            ? TimeSpan.FromMinutes(minutes)
            : throw new ArgumentException("How long it may be claimed is a number of minutes.", nameof(visit));
        var exchange = await sources.Hand.OfferTransfer(source.Id, resources, visit.Cancel, open: open);
        return exchange is { IsSuccess: true, Findings.IsEmpty: true, Json: { } answer }
            ? Outcome.After(
                PagePaths.Transfer(answer.GetProperty("providerClaimId").GetString()!), "Offered. Now another team looks at it.", exchange)
            : Outcome.After($"{PagePaths.Installation(source.Id)}{InstallationHeads.Transfers}", "", exchange);
    }

    public async Task<Outcome> Verify(Visit visit)
    {
        var (claimId, target) = (visit.Route("claimId"), sources.Hand.Installation(visit.Required("target")));
        var exchange = await sources.Hand.VerifyTransfer(target.Id, claimId, visit.Cancel);
        return Outcome.After(
            PagePaths.Transfer(claimId), $"{TeamOf(target.Id)} has looked at it, and may accept.", exchange);
    }

    public async Task<Outcome> Accept(Visit visit)
    {
        var (claimId, target) = (visit.Route("claimId"), sources.Hand.Installation(visit.Required("target")));
        var exchange = await sources.Hand.AcceptTransfer(target.Id, claimId, visit.Cancel);
        return Outcome.After(PagePaths.Transfer(claimId), $"It belongs to {TeamOf(target.Id)} now, with its secrets and its projects.", exchange);
    }

    public Outcome HandOver(Visit visit)
    {
        var installationId = visit.Route("installationId");
        sources.Hand.TransferInstallation(installationId, visit.Required("to"));
        return Outcome.Done(PagePaths.Installation(installationId), $"All of it belongs to {TeamOf(installationId)} now. A webhook says so.");
    }

    private TargetRow Row(TransferOffer offer, Installation target)
    {
        var hasLooked = offer.Verified.TryGetValue(target.Id, out var verified);
        return new(
            target.Id, TeamOf(target.Id), PagePaths.Installation(target.Id), hasLooked,
            hasLooked && verified.Optional("newBillingPlan") is { } plan
                ? new NeededPlan(
                    plan.OptionalText("name") ?? plan.GetProperty("id").GetString()!, plan.OptionalText("description"), plan.OptionalText("cost"),
                    plan.OptionalFlag("paymentMethodRequired") ?? true, plan.OptionalText("scope") == "installation")
                : null);
    }

    private string TeamOf(string installationId) => sources.State.Teams[sources.Hand.Installation(installationId).AccountId].Name;

    private string NamesOf(TransferOffer offer) => string.Join(", ", offer.ResourceIds.Select(id => NameOf(offer, id)));

    /// <summary>The source keeps it as gone when it was claimed.</summary>
    private string NameOf(TransferOffer offer, string resourceId) =>
        sources.State.Installations[offer.SourceId].Resources.GetValueOrDefault(resourceId)?.Name ?? resourceId;

    private Mark MarkOf(TransferOffer offer) => offer switch
    {
        { AcceptedBy: { } by } => new($"Accepted by {TeamOf(by)}", Tones.Good),
        _ when offer.ExpiresAt <= sources.Now => new("Expired", Tones.Quiet),
        { Verified.IsEmpty: false } => new("Looked at", Tones.Busy),
        _ => new("Offered", Tones.Busy),
    };
}
