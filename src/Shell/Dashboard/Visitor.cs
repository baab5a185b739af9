using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Dashboard;

/// <summary>Whoever is before a page, proven by a session that lives. A handler takes it as a parameter.</summary>
/// <param name="Installation">As it was when the request came; it is not over.</param>
internal sealed record Visitor(Session Session, SessionSecret Secret, Installation Installation)
{
    public InstallationId Id => Session.Installation;

    public Actor Doing(string cause) => new($"user:{Session.UserId}", cause);

    public Member Member => new(
        DashboardPaths.Home(Id), Team, Session.ShownAs, Session.IsAdmin, Secret.FormToken);

    private string Team => Installation switch
    {
        Installation.Active active => active.Registration.Account.Name.IfNone(""),
        Installation.Uninstalling going => going.Registration.Account.Name.IfNone(""),
        _ => "",
    };

    public static ValueTask<Visitor?> BindAsync(HttpContext context) =>
        new(context.Features.Get<Visitor>()
            ?? throw new InvalidOperationException($"{context.Request.Path} takes a Visitor but is no page of the dashboard."));

    public override string ToString() => Session.ToString();
}
