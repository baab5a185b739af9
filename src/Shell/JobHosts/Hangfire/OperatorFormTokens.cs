using Marketplace.Shell.OperatorConsole;
using Microsoft.AspNetCore.Antiforgery;

namespace Marketplace.Shell.JobHosts;

/// <summary>
/// Gives Hangfire's pages the token that every form of the console has, of the person's session; so they need no cookie and no key of
/// their own, and every API node knows the token.
/// </summary>
internal sealed class OperatorFormTokens : IAntiforgery
{
    private const string Header = "X-Form-Token";

    public AntiforgeryTokenSet GetTokens(HttpContext httpContext) =>
        new(httpContext.Features.Get<Operator>()?.Secret.FormToken, cookieToken: null, "form-token", Header);

    public AntiforgeryTokenSet GetAndStoreTokens(HttpContext httpContext) => GetTokens(httpContext);

    public Task<bool> IsRequestValidAsync(HttpContext httpContext) => Task.FromResult(
        HttpMethods.IsGet(httpContext.Request.Method) || httpContext.Features.Get<Operator>() is { } person && IsOwn(httpContext, person));

    public async Task ValidateRequestAsync(HttpContext httpContext)
    {
        if (!await IsRequestValidAsync(httpContext))
            throw new AntiforgeryValidationException("The form does not come from a page of the session.");
    }

    public void SetCookieTokenAndHeader(HttpContext httpContext)
    {
        // The session has its cookie.
    }

    public bool IsOwn(HttpContext context, Operator person) =>
        (context.Request.Headers["Sec-Fetch-Site"] is not [{ } site] || site is "same-origin")
        && person.Secret.IsFormToken(context.Request.Headers[Header]);
}
