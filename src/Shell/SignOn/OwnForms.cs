namespace Marketplace.Shell.SignOn;

/// <summary>Forms that come from a page of the same session. Browsers say where a form comes from; those that do not are held to its token all the same.</summary>
internal static class OwnForms
{
    public const string TokenField = "form-token";

    /// <summary>Null where it is no form, or one of somebody else's page.</summary>
    public static async Task<IFormCollection?> Read(HttpRequest request, SessionSecret secret)
    {
        if (request.Headers["Sec-Fetch-Site"] is [{ } site] && site is not "same-origin")
            return null;
        return request.HasFormContentType && await Form(request) is { } form && secret.IsFormToken(form[TokenField]) ? form : null;
    }

    /// <summary>Null where what came as a form is none.</summary>
    private static async Task<IFormCollection?> Form(HttpRequest request)
    {
        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
