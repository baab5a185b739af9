using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.Imports.Pages;

namespace Marketplace.Shell.Imports;

/// <summary>
/// GET /import, which is Vercel's Import Resource URL, and the pages and forms behind it. Whatever comes with an address proves nothing of
/// who comes: an import begins once Vercel has said, by single sign-on, that this is an administrator of the installation's team. What Vercel
/// sends a browser with is in the address until then; afterwards the browser is known by a cookie. Source: contract §E.10, §E.8.
/// </summary>
internal static class ImportEndpoints
{
    /// <summary>Of the fields of a sign-in, so that none has the name of one of ours.</summary>
    public const string FieldPrefix = "sign_in_";

    private const int TypedCharactersMax = 1000;

    /// <summary>In seconds: how soon the page looks again by itself.</summary>
    private const int LookAgain = 3;

    public static readonly RequestDelegate Arrive = HandlerDelegate.Create(LeadToSignOn);

    public static readonly RequestDelegate Open = DashboardEndpoint.AdminArrival(OpenOrBegin);

    public static readonly RequestDelegate SignIn = Form(SignedIn);

    public static readonly RequestDelegate SignOut = Form(async (way, _, cancel) =>
    {
        await way.Sessions.SignOut(way.Secret, cancel);
        return new SeeOther(way.Address);
    });

    public static readonly RequestDelegate Pick = Form(Picked);

    /// <summary>The session's cookie is sent under the dashboard alone, so that whether there is one is asked there.</summary>
    private static async Task<IResult> LeadToSignOn(HttpContext context, ImportSessions sessions, ImportMessages messages, CancellationToken cancel) =>
        (await sessions.Check(Asked(context.Request.Query, Text(context.Request.Query, "installation_id")), cancel)).Match<IResult>(
            Right: start => new SeeOther(ImportPaths.Begin(start)),
            Left: messages.Of);

    private static async Task<IResult> OpenOrBegin(
        Visitor visitor, HttpContext context, ImportSessions sessions, ImportCookie cookie, ImportMessages messages, Brand brand,
        CancellationToken cancel)
    {
        var query = context.Request.Query;
        var known = cookie.Of(context.Request, visitor);
        if (query.ContainsKey("state"))
        {
            // The address may be anybody's: it is checked here too.
            var start = await sessions.Check(Asked(query, visitor.Id.Value), cancel);
            var begun = await start.BindAsync(good => sessions.Begin(good, visitor, known, cancel));
            return begun.Match<IResult>(
                Right: secret =>
                {
                    cookie.Remember(context.Response, secret);
                    // The address of the page has no state in it, and going back to it begins nothing again.
                    return new SeeOther(ImportPaths.Page(visitor.Id));
                },
                Left: messages.Of);
        }

        return known is not null && await sessions.Find(known, cancel) is { } session
            ? await new ImportWay(visitor, session, known, sessions, messages, brand).Page(Text(query, "product"), wrong: null, cancel)
            : messages.Over;
    }

    private static ImportStart Asked(IQueryCollection query, string? installation) =>
        new(installation, Text(query, "product_id"), Text(query, "state"), Text(query, "return"));

    private static string? Text(IQueryCollection query, string name) => query[name] is [{ } one] ? one : null;

    private static async Task<IResult> SignedIn(ImportWay way, IFormCollection form, CancellationToken cancel)
    {
        var product = new ProductId(form["product"].ToString());
        if (way.Session.Product.Exists(only => only != product) || way.Sessions.FieldsOf(product) is not { } fields)
            return way.Messages.NothingToImport;

        var typed = fields.ToDictionary(field => field.Name, field => form[FieldPrefix + field.Name].ToString(), StringComparer.Ordinal);
        if (typed.Values.Any(text => text.Length is 0 or > TypedCharactersMax))
            return way.SignInPage(product, typed, "Fill in every field.");

        var given = new SignIn(Prelude.toMap(typed.Select(value => (value.Key, value.Value))));
        return await way.Sessions.SignIn(way.Secret, product, given, cancel) is { } wrong
            ? way.SignInPage(product, typed, wrong)
            : new SeeOther(way.Address);
    }

    private static async Task<IResult> Picked(ImportWay way, IFormCollection form, CancellationToken cancel)
    {
        if (way.Session is not { Product.Case: SomeCase<ProductId>(var product), SignIn.Case: SomeCase<SignIn>(var given) })
            return new SeeOther(way.Address);

        var wrong = await way.Sessions.Pick(
            way.Session, way.Secret, product, given, form["reference"].ToString(), form["name"].ToString(),
            way.Visitor.Doing("import page"), cancel);
        // The page waits, or leads back to Vercel; and it can be loaded again, which the answer to a form cannot.
        if (wrong is null)
            return new SeeOther(way.Address);

        return await way.Sessions.Find(way.Secret, cancel) is { } session
            ? await (way with { Session = session }).Page(chosen: null, wrong, cancel)
            : way.Messages.Over;
    }

    /// <summary>An administrator's form, for the import that the browser is known by.</summary>
    private static RequestDelegate Form(Func<ImportWay, IFormCollection, CancellationToken, Task<IResult>> handle) =>
        DashboardEndpoint.AdminForm(async (
            Visitor visitor, HttpContext context, ImportSessions sessions, ImportCookie cookie, ImportMessages messages, Brand brand,
            CancellationToken cancel) =>
            cookie.Of(context.Request, visitor) is { } secret && await sessions.Find(secret, cancel) is { } session
                ? await handle(new ImportWay(visitor, session, secret, sessions, messages, brand), context.Request.Form, cancel)
                : messages.Over);

    /// <summary>Where a customer is on the way, and so which page comes next.</summary>
    private sealed record ImportWay(
        Visitor Visitor, ImportSession Session, ImportSecret Secret, ImportSessions Sessions, ImportMessages Messages, Brand Brand)
    {
        public string Address => ImportPaths.Page(Visitor.Id);

        private Frame Frame => new(Brand, Visitor.Member);

        public async Task<IResult> Page(string? chosen, string? wrong, CancellationToken cancel)
        {
            var picked = Session.Resource.Case is SomeCase<ResourceId>(var id) ? await Sessions.Picked(Session, id, cancel) : null;
            switch (picked)
            {
                case Resource.Pending waiting:
                    return PageResult.Of<ImportWaitPage>(Frame, new ImportWaitView(waiting.Facts.Name)) with { LooksAgainAfter = LookAgain };
                case not (null or Resource.Uninstalled):
                    await Sessions.SignOut(Secret, cancel);
                    return new SeeOther(Session.ReturnWith(picked.Id));
                case Resource.Uninstalled:
                    wrong ??= "Vercel did not take it. Try again, or choose another one.";
                    break;
            }

            return Session is { Product.Case: SomeCase<ProductId>(var product), SignIn.Case: SomeCase<SignIn>(var given) }
                ? await PickPage(product, given, wrong, cancel)
                : SignInPage(chosen is null ? null : new ProductId(chosen), new Dictionary<string, string>(StringComparer.Ordinal), wrong);
        }

        public IResult SignInPage(ProductId? chosen, Dictionary<string, string> typed, string? wrong)
        {
            if (Session.IsSpent)
                return Messages.Spent;

            var products = Sessions.Importable.Filter(product => Session.Product.ForAll(only => only == product.Id))
                .Map(product => new ImportChoice(product.Id.Value, product.Name)).ToList();
            var first = products.Find(product => product.Id == chosen?.Value) ?? products.FirstOrDefault();
            return first is not null && Sessions.FieldsOf(new ProductId(first.Id)) is { } fields
                ? PageResult.Of<ImportSignInPage>(
                    Frame, new ImportSignInView(products, first, [.. fields], typed, wrong),
                    wrong is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest)
                : Messages.NothingToImport;
        }

        private async Task<IResult> PickPage(ProductId product, SignIn given, string? wrong, CancellationToken cancel)
        {
            var listed = await Sessions.List(Session, product, given, cancel);
            if (listed.IsLeft)
                await Sessions.SignOut(Secret, cancel);
            return listed.Match(
                Right: items => PageResult.Of<ImportPickPage>(
                    Frame,
                    new ImportPickView(
                        NameOf(product),
                        [.. items.Map(item => new ImportItemView(item.Reference, item.Name, item.Detail, ResourceName.Suggest(item.Name)))],
                        wrong),
                    wrong is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest) with { FormsLeadTo = Session.Return.GetLeftPart(UriPartial.Authority) },
                Left: refusal => SignInPage(product, new Dictionary<string, string>(StringComparer.Ordinal), refusal.Reason));
        }

        private string NameOf(ProductId id) => Sessions.Importable.Find(product => product.Id == id).Match(product => product.Name, () => id.Value);
    }
}
