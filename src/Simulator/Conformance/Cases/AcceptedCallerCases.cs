using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Whom a provider has to let in, with every form that a good token has. Source: contract §A.1.</summary>
internal static class AcceptedCallerCases
{
    private static readonly Source Plans = Source.Partner("List Billing Plans For Product");

    /// <summary>Forms of a good token that a provider may come upon.</summary>
    private static readonly ImmutableArray<(string Name, string What, Func<TokenDraft, TokenDraft> Bend)> Forms =
    [
        ("unknown-claims", "a token with claims that nobody has documented", token => token.With("news", new JsonObject { ["since"] = 2027 })),
        ("without-optional-claims", "a token without the claims that are optional", token => token
            .Without("type").Without("nbf").Without("jti").Without("user_email").Without("user_name").Without("user_avatar_url")),
        ("id-token", "a token of the type id_token, which the documents name beside access_token", token => token.With("type", "id_token")),
    ];

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. from operation in CalledOperation.All
           from style in new[] { Callers.User, Callers.System }
           where operation.Takes.HasFlag(style)
           select LetsIn(operation, style == Callers.User ? "administrator" : "vercel", style == Callers.User
               ? "a person whose role is ADMIN"
               : "Vercel itself, for which there is no role to check", new CallOptions(AsSystem: style == Callers.System)),
        .. CalledOperation.All.Select(operation => LetsIn(
            operation, "without-style", "a good token without the header X-Vercel-Auth, which is optional",
            new CallOptions(AsSystem: !operation.Takes.HasFlag(Callers.User)) { Request = request => request.Headers.Remove("X-Vercel-Auth") })),
        .. from operation in CalledOperation.All
           where IsCheap(operation)
           from form in Forms
           select LetsIn(operation, form.Name, form.What, new CallOptions(Token: form.Bend, AsSystem: !operation.Takes.HasFlag(Callers.User))),
        new("authorization/list-product-plans/before-installation",
            "The plans of a product are told before any installation exists: its token has no account, a null installation and a null sub.",
            Plans, Level.Required, trial => BeforeInstallation(trial, token => token)),
        new("authorization/list-product-plans/before-installation-without-claims",
            "The plans of a product are told to a token that has neither sub nor installation at all.",
            Plans, Level.Informational,
            trial => BeforeInstallation(trial, token => token.Without("sub").Without("installation_id"))),
        new("authorization/list-product-plans/before-installation-expired", "Also before any installation, a token that has expired is refused.",
            Source.Authentication, Level.Required,
            trial => NotBeforeInstallation(trial, token => token.ExpiredAt(trial.Now.AddMinutes(-10)))),
        new("authorization/list-product-plans/before-installation-unsigned", "Also before any installation, a token that is not signed is refused.",
            Source.Authentication, Level.Required,
            trial => NotBeforeInstallation(trial, token => token.SignedBy(new TokenSignature.None()))),
        new("authorization/get-resource/null-sub", "A token of Vercel itself may have a null sub.", Source.Authentication, Level.Required,
            trial => Reads(trial, token => token.With("sub", null))),
        new("authorization/get-resource/clock-a-little-ahead", "A token that was made two seconds from now, by the provider's clock, is good.",
            Source.Experience("clocks differ by seconds"), Level.Recommended,
            trial => Reads(trial, token => token.LivingFrom(trial.Now.AddSeconds(2), trial.Now.AddHours(1)))),
        new("authorization/get-resource/scheme-in-small-letters", "The scheme Bearer is read in any case.", Source.Experience("HTTP"), Level.Informational,
            async trial => trial.ExpectSuccess(await SuccessfulCalls.GetResource(
                trial, new CallOptions { Request = request => request.Headers.Authorization = new("bearer", request.Headers.Authorization!.Parameter) }))),
    ];

    private static ConformanceCase LetsIn(CalledOperation operation, string name, string whom, CallOptions bends) => new(
        $"authorization/{operation.Name}/{name}", $"{operation.Title} lets in {whom}.", operation.Source, Level.Required,
        async trial => ExpectLetIn(trial, await operation.Succeed(trial, bends)))
    {
        Of = operation.Operation,
        Needs = operation.Needs,
    };

    /// <summary>What the commands of a console are, nobody says: that one is unknown is an answer as well.</summary>
    public static void ExpectLetIn(Trial trial, Exchange exchange)
    {
        if (exchange is { Operation: "Resource REPL", Status: 400, Findings.IsEmpty: true })
        {
            return;
        }

        trial.ExpectSuccess(exchange);
    }

    /// <summary>Needs no resource of its own, so that the forms of a token can be tried at no cost.</summary>
    private static bool IsCheap(CalledOperation operation) => operation.Operation is
        PartnerOperation.UpsertInstallation or PartnerOperation.UpdateInstallation or PartnerOperation.RunReplCommand
        || (!operation.Changes && operation.Operation != PartnerOperation.VerifyTransfer);

    private static async Task BeforeInstallation(Trial trial, Func<TokenDraft, TokenDraft> bend)
    {
        foreach (var product in trial.Offer.Products)
        {
            trial.ExpectSuccess(await trial.Send(PartnerCalls.ProductPlans(product.Id, metadata: null, bend(trial.Tokens.BeforeInstallation()))));
        }
    }

    private static async Task NotBeforeInstallation(Trial trial, Func<TokenDraft, TokenDraft> bend) => trial.ExpectForbidden(
        await trial.Send(PartnerCalls.ProductPlans(trial.Offer.Product.Id, metadata: null, bend(trial.Tokens.BeforeInstallation()))));

    private static async Task Reads(Trial trial, Func<TokenDraft, TokenDraft> bend) =>
        trial.ExpectSuccess(await SuccessfulCalls.GetResource(trial, new CallOptions(Token: bend)));
}
