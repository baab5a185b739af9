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
/// GET /import, which is Vercel's Import Resource URL, and the forms of its pages. What Vercel sends a browser with is in the address once;
/// from then on the browser is known by a cookie. Source: contract §E.10.
/// </summary>
internal static class ImportEndpoints
{
    public const string TokenField = "form_token";

    /// <summary>Of the fields of a sign-in, so that none has the name of one of ours.</summary>
    public const string FieldPrefix = "sign_in_";

    private const int TypedCharactersMax = 1000;

    /// <summary>In seconds: how soon the page looks again by itself.</summary>
    private const int LookAgain = 3;

    public static readonly RequestDelegate Open = HandlerDelegate.Create(OpenOrBegin);

    public static readonly RequestDelegate SignIn = Form(SignedIn);

    public static readonly RequestDelegate SignOut = Form(async (way, _, cancel) =>
    {
        await way.Sessions.SignOut(way.Secret, cancel);
        return new SeeOther(ImportPaths.Root);
    });

    public static readonly RequestDelegate Pick = Form(Picked);

    private static async Task<IResult> OpenOrBegin(
        HttpContext context, ImportSessions sessions, ImportCookie cookie, ImportMessages messages, Brand brand, CancellationToken cancel)
    {
        var query = context.Request.Query;
        var known = cookie.Of(context.Request);
        if (query.ContainsKey("state") || query.ContainsKey("installation_id"))
        {
            var asked = new ImportStart(Text("installation_id"), Text("product_id"), Text("state"), Text("return"));
            return (await sessions.Begin(asked, known, cancel)).Match<IResult>(
                Right: secret =>
                {
                    cookie.Remember(context.Response, secret);
                    // The address of the page has no state in it, and going back to it begins nothing again.
                    return new SeeOther(ImportPaths.Root);
                },
                Left: messages.Of);
        }

        return known is not null && await sessions.Find(known, cancel) is { } session
            ? await new ImportWay(session, known, sessions, messages, brand).Page(Text("product"), wrong: null, cancel)
            : messages.Over;

        string? Text(string name) => query[name] is [{ } one] ? one : null;
    }

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
            : new SeeOther(ImportPaths.Root);
    }

    private static async Task<IResult> Picked(ImportWay way, IFormCollection form, CancellationToken cancel)
    {
        if (way.Session is not { Product.Case: SomeCase<ProductId>(var product), SignIn.Case: SomeCase<SignIn>(var given) })
            return new SeeOther(ImportPaths.Root);

        var wrong = await way.Sessions.Pick(
            way.Session, way.Secret, product, given, form["reference"].ToString(), form["name"].ToString(), cancel);
        // As it is by now: what Vercel has said yes to leads back there.
        return await way.Sessions.Find(way.Secret, cancel) is { } session
            ? await (way with { Session = session }).Page(chosen: null, wrong, cancel)
            : way.Messages.Over;
    }

    /// <summary>A form of this session, sent from a page of ours.</summary>
    private static RequestDelegate Form(Func<ImportWay, IFormCollection, CancellationToken, Task<IResult>> handle) =>
        HandlerDelegate.Create(async (
            HttpContext context, ImportSessions sessions, ImportCookie cookie, ImportMessages messages, Brand brand, CancellationToken cancel) =>
        {
            if (cookie.Of(context.Request) is not { } secret || await sessions.Find(secret, cancel) is not { } session)
                return messages.Over;
            if (!context.Request.HasFormContentType)
                return messages.FormOver;
            var form = await context.Request.ReadFormAsync(cancel);
            return secret.Secret.IsFormToken(form[TokenField])
                ? await handle(new ImportWay(session, secret, sessions, messages, brand), form, cancel)
                : messages.FormOver;
        });

    /// <summary>Where a customer is on the way, and so which page comes next.</summary>
    private sealed record ImportWay(
        ImportSession Session, ImportSecret Secret, ImportSessions Sessions, ImportMessages Messages, Brand Brand)
    {
        private Frame Frame => new(Brand, Member: null);

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
                    Frame, new ImportSignInView(products, first, [.. fields], typed, wrong, Secret.Secret.FormToken),
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
                        wrong, Secret.Secret.FormToken),
                    wrong is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest) with { FormsLeadTo = Session.Return.GetLeftPart(UriPartial.Authority) },
                Left: refusal => SignInPage(product, new Dictionary<string, string>(StringComparer.Ordinal), refusal.Reason));
        }

        private string NameOf(ProductId id) => Sessions.Importable.Find(product => product.Id == id).Match(product => product.Name, () => id.Value);
    }
}
