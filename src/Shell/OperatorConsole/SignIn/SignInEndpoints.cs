using System.Security.Cryptography;
using System.Text;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Audit;
using Marketplace.Shell.OperatorConsole.Pages;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.SignOn;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>/ops/sign-in: by name and password for the one operator who is configured, or by the way to the issuer.</summary>
internal static class SignInEndpoints
{
    public const string NameField = "name";
    public const string PasswordField = "password";
    public const string ToField = "to";

    /// <summary>In the audit.</summary>
    public const string What = "sign in";

    public static readonly RequestDelegate Show = HandlerDelegate.Create(ShowForm);

    public static readonly RequestDelegate Take = HandlerDelegate.Create(TakeForm);

    private static async Task<IResult> ShowForm(
        HttpContext context, OperatorSettings settings, OperatorSessions sessions, OperatorCookies cookies, OperatorBrand brand, OperatorMessages messages)
    {
        var to = OperatorPaths.PageOf(context.Request.Query[ToField]);
        return !settings.IsAnybody ? messages.NotConfigured()
            : await sessions.Find(context) is not null ? new SeeOther(to)
            : Form(context, settings, cookies, brand, to, problem: null, StatusCodes.Status200OK);
    }

    private static async Task<IResult> TakeForm(
        HttpContext context, OperatorSettings settings, OperatorSessions sessions, SignInAttempts attempts, OperatorCookies cookies, OperatorBrand brand,
        OperatorMessages messages, OperatorLog log, NpgsqlDataSource database, CancellationToken cancel)
    {
        if (settings.Bootstrap is not { } bootstrap)
            return settings.IsAnybody ? messages.SignInFirst() : messages.NotConfigured();
        if (cookies.BrowserOf(context.Request) is not { } browser || await OwnForms.Read(context.Request, browser) is not { } form)
            return Form(context, settings, cookies, brand, OperatorPaths.Root, "The form was out of date. Please try once more.", StatusCodes.Status403Forbidden);

        var (to, name, password) = (OperatorPaths.PageOf(form[ToField]), form[NameField].ToString().Trim(), form[PasswordField].ToString());
        if (name.Length is 0 or > BootstrapOperator.NameCharactersMax || password.Length is 0 or > Passwords.CharactersMax)
            return Form(context, settings, cookies, brand, to, "Name or password is wrong.", StatusCodes.Status401Unauthorized);

        var isName = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(bootstrap.Name));
        // What somebody typed who is nobody is not kept: it may be a password.
        var person = isName ? OperatorPerson.Of(bootstrap) : OperatorPerson.Unknown;
        var from = SignInAttempts.Origin(context);
        if (await attempts.Take(name, from, cancel) is var attempt and not Attempt.Within)
        {
            if (attempt == Attempt.FirstBeyond)
                await log.Refused(context, person, What, "There were too many attempts. Further ones of this quarter of an hour are refused, and not written down.");
            return Form(
                context, settings, cookies, brand, to, "There were too many attempts. Wait a quarter of an hour, then try again.", StatusCodes.Status429TooManyRequests);
        }

        // Both are looked at in any case, so that the time does not tell which was wrong.
        var isPassword = Passwords.Is(password, bootstrap);
        if (!isName || !isPassword)
        {
            await log.Refused(context, person, What, isName ? "The password was wrong." : "The name was wrong.");
            return Form(context, settings, cookies, brand, to, "Name or password is wrong.", StatusCodes.Status401Unauthorized);
        }

        var writes = new Writes();
        sessions.Begin(writes, context.Response, person, OperatorRole.Operator, OperatorSessions.GroundOf(bootstrap));
        SignInAttempts.Forgive(writes, name, from);
        log.Add(writes, context, person, What, ActionOutcome.Done, "By password, as operator.");
        await writes.Commit(database, cancel);
        return new SeeOther(to);
    }

    /// <summary>The form belongs to the browser that gets it, so that nobody is signed in as somebody else by a page that is not ours.</summary>
    private static PageResult Form(
        HttpContext context, OperatorSettings settings, OperatorCookies cookies, OperatorBrand brand, string to, string? problem, int status)
    {
        var browser = cookies.BrowserOf(context.Request) ?? SessionSecret.New();
        cookies.Remember(context.Response, browser);
        return OperatorPage.Of<SignInPage>(new OperatorFrame(brand, Person: null), new SignInView(
            browser.FormToken, to, problem,
            settings.Oidc is { } oidc ? new MessageLink($"{OidcEndpoints.BeginPath}?{ToField}={Uri.EscapeDataString(to)}", $"Sign in with {oidc.Label}") : null,
            settings.Bootstrap is not null), status);
    }
}
