using System.Collections.Immutable;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Pages.Installations;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.SignOn;

/// <summary>Sends browsers to the provider: by single sign-on, to import, and to connect an account. Source: contract §E.8 to §E.10, D.13.</summary>
internal sealed class SignOnPages(PageSources sources)
{
    /// <summary>Of the form, each goes along as it is called.</summary>
    private static readonly ImmutableArray<string> Parameters =
        ["product_id", "resource_id", "project_id", "invoice_id", "check_id", "experimentation_item_id", "pr", "path", "url", "support"];

    public Shown Show(Visit visit)
    {
        var installation = sources.Hand.Installation(visit.Route("installationId"));
        var team = sources.State.Teams[installation.AccountId];
        var signedIn = team.Choose(who: null).UserId;
        return Shown.Of<SignOnPage>(new SignOnView(
            InstallationHeads.Of(sources, installation, InstallationHeads.SignOn), installation.Stage == InstallationStage.Installed,
            sources.Addresses.RedirectLogin is not null && installation.Stage is not InstallationStage.Finalized,
            sources.Addresses.ImportResource is not null, sources.Addresses.ConnectAccount is null ? null : $"{PagePaths.Team(team.AccountId)}/connect",
            $"/sso/integrations/{Uri.EscapeDataString(sources.Options.Slug)}/{Uri.EscapeDataString(installation.Id)}",
            [.. team.Members.Select(person => new OptionView(person.UserId, InstallationHeads.NameOf(person), person.UserId == signedIn))],
            [
                .. installation.Resources.Values.Where(resource => resource.DeletedAt is null)
                    .Select(resource => new OptionView(resource.Id, resource.Name, resource.Id == visit.Query("resource"))),
            ],
            [
                .. sources.Options.Products.Select(product => new OptionView(product.Id, product.Name))
                    .Concat(installation.Resources.Values.Select(resource => new OptionView(resource.ProductId, resource.ProductId)))
                    .DistinctBy(product => product.Value),
            ],
            [.. team.Projects.Values.Select(project => new OptionView(project.Id, project.Name))],
            [
                .. installation.Invoices.OrderByDescending(invoice => invoice.CreatedAt).Take(24)
                    .Select(invoice => new OptionView(invoice.Id, $"{invoice.Number ?? invoice.Id}, {Words.Dollars(invoice.Total)}")),
            ],
            CustomerDashboard.Paths));
    }

    public Outcome SignOn(Visit visit)
    {
        var parameters = Parameters.Where(name => visit.Field(name) is not null).Select(name => (name, visit.Field(name)!));
        return new Outcome.Leave(sources.Hand.SignOn(visit.Route("installationId"), visit.Field("as"), parameters));
    }

    /// <summary>A link of a status or a notification, which may sign on.</summary>
    public Outcome Open(Visit visit) => new Outcome.Leave(
        sources.Hand.OpenLink(visit.Route("installationId"), visit.Required("href"), visit.Field("as"), visit.Field("resource")));

    public Outcome Import(Visit visit) => new Outcome.Leave(sources.Hand.Import(visit.Route("installationId"), visit.Field("product_id")));

    public Outcome Connect(Visit visit) => new Outcome.Leave(sources.Hand.ConnectAccount(visit.Route("accountId"), visit.Field("as")));
}
