using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.SignOn;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Dashboard;

/// <summary>The customer opens the provider's pages. Source: contract §E.8, §E.9.</summary>
internal sealed partial class CustomerDashboard
{
    private static readonly ImmutableArray<string> Destinations =
    [
        "product_id", "resource_id", "project_id", "check_id", "experimentation_item_id", "invoice_id", "pr", "path", "url", "support",
    ];

    public static readonly ImmutableArray<string> Paths = ["billing", "usage", "onboarding", "secrets", "support"];

    /// <summary>
    /// The address that a browser opens, with a code in it that lives for minutes: the provider's Redirect Login URL, and where on its pages
    /// the customer wants to be.
    /// </summary>
    /// <param name="who"><c>ADMIN</c>, <c>USER</c> or a member's id; whoever is signed in when absent.</param>
    public Uri SignOn(string installationId, string? who = null, params IEnumerable<(string Name, string Value)> destination)
    {
        ImmutableList<(string Name, string Value)> parameters = [.. destination];
        foreach (var (name, value) in parameters)
        {
            RequireDestination(name, value);
        }

        return SignOn(installationId, who, NewState(installationId), parameters);
    }

    /// <summary>Back to the provider that sent the browser here: its query comes back as it was, with its own state when it gave one.</summary>
    public Uri SignOnAgain(string installationId, string? who, IEnumerable<(string Name, string Value)> query)
    {
        ImmutableList<(string Name, string Value)> parameters = [.. query];
        return SignOn(
            installationId, who, parameters.Find(parameter => parameter.Name == "state").Value ?? NewState(installationId),
            parameters.RemoveAll(parameter => parameter.Name is "mode" or "code" or "state"));
    }

    /// <summary>Follows the link of a notification or a status: <c>sso:</c> signs on, and names the rest as <c>url</c>.</summary>
    public Uri OpenLink(string installationId, string href, string? who = null, string? resourceId = null) =>
        href.StartsWith("sso:", StringComparison.Ordinal)
            ? SignOn(installationId, who,
            [
                ("url", href["sso:".Length..]),
                .. resourceId is null ? Enumerable.Empty<(string, string)>() : [("resource_id", resourceId)],
            ])
            : Uri.TryCreate(href, UriKind.Absolute, out var plain) && plain.Scheme is "http" or "https"
                ? plain
                : throw new ArgumentException("href: must begin with http:, https: or sso:", nameof(href));

    /// <summary>The link of the notification that the installation or, where one is named, a resource shows.</summary>
    public Uri OpenNotification(string installationId, string? resourceId, string? who = null)
    {
        JsonElement? notification = resourceId is null
            ? Installation(installationId).Notification
            : Find(store.Current, installationId, resourceId).Resource.Notification;
        return notification?.OptionalText("href") is { } href
            ? OpenLink(installationId, href, who, resourceId)
            : throw new InvalidOperationException("There is no notification with a link.");
    }

    private string NewState(string installationId) => store.Identify("st", installationId).Id;

    private Uri SignOn(string installationId, string? who, string state, IEnumerable<(string Name, string Value)> parameters)
    {
        var address = addresses.RequireRedirectLogin();
        var code = store.Change(known =>
        {
            var installation = Known(known, installationId);
            if (installation.Stage == InstallationStage.Finalized || installation.Kind == InstallationKind.Connectable)
            {
                throw new KeyNotFoundException($"There is no native installation {installationId} any more.");
            }

            var userId = WithAccess(known.Teams[installation.AccountId], who).UserId;
            (known, var identity) = known.Identify("ssoc", installationId, userId);
            var issued = new SignOnCode(
                identity.Id, installationId, userId, state, address.GetLeftPart(UriPartial.Path),
                clock.GetUtcNow(), UsedAt: null);
            return (known.Issue(issued), issued);
        });
        return BrowserAddresses.With(address, [("mode", "sso"), ("code", code.Value), ("state", state), .. parameters]);
    }

    private static Person WithAccess(Team team, string? who)
    {
        try
        {
            return team.Choose(who);
        }
        catch (KeyNotFoundException stranger)
        {
            throw new UnauthorizedAccessException("Whoever sits before the browser is no member of the team.", stranger);
        }
    }

    private static void RequireDestination(string name, string value)
    {
        if (!Destinations.Contains(name))
        {
            throw new ArgumentException($"{name}: is not a known parameter", nameof(name));
        }

        if (name == "path" && !Paths.Contains(value))
        {
            throw new ArgumentException($"path: must be one of {string.Join(", ", Paths)}", nameof(value));
        }

        if (name == "support" && value != "true")
        {
            throw new ArgumentException("support: must be true, or absent", nameof(value));
        }
    }
}
