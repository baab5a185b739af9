using Marketplace.Shell.Http;

namespace Marketplace.Shell.Authentication;

/// <summary>
/// The routes of the Partner API: the token is checked before anything else is read, and no database is asked. Use each
/// once, in a static readonly field of the endpoint. Source: contract §A.1.
/// </summary>
public static class PartnerEndpoint
{
    /// <summary>The name of the path's installation; every route but the plans of a product has it.</summary>
    public const string InstallationParameter = "installationId";

    /// <summary>Reads only, so that any role of a person may call it.</summary>
    public static RequestDelegate Reading(Accepts accepts, Delegate handler) =>
        Create(new Admission(accepts, NeedsAdmin: false, BeforeInstallation: false), handler);

    /// <summary>Changes something, so that a person needs the role ADMIN; Vercel itself has no role to check.</summary>
    public static RequestDelegate Mutation(Accepts accepts, Delegate handler) =>
        Create(new Admission(accepts, NeedsAdmin: true, BeforeInstallation: false), handler);

    /// <summary>
    /// The plans of a product, which Vercel also asks for before any installation exists: its token then names neither
    /// account nor installation. The handler has no <see cref="Caller"/>.
    /// </summary>
    public static RequestDelegate BeforeInstallation(Delegate handler) =>
        Create(new Admission(Accepts.System, NeedsAdmin: false, BeforeInstallation: true), handler);

    private static RequestDelegate Create(Admission admission, Delegate handler)
    {
        var admitted = HandlerDelegate.Create(handler);
        return async context =>
        {
            var refused = await context.RequestServices.GetRequiredService<PartnerGate>().Admit(context, admission);
            await (refused is null ? admitted(context) : refused.ExecuteAsync(context));
        };
    }
}

/// <summary>Who may pass to one endpoint.</summary>
/// <param name="BeforeInstallation">Also a token without account and installation will do.</param>
internal sealed record Admission(Accepts Accepts, bool NeedsAdmin, bool BeforeInstallation);
