using System.Net;
using System.Text.RegularExpressions;
using Marketplace.Integration.SignOn;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>Every route of the console stands behind the gate, also one that somebody adds tomorrow.</summary>
public sealed partial class OperatorGateTests(ConsoleScene scene) : IClassFixture<ConsoleScene>
{
    /// <summary>What nobody has to be signed in for: the way in, and the word behind the way out.</summary>
    private static readonly string[] Entrances =
        ["GET /ops/sign-in", "POST /ops/sign-in", "GET /ops/sign-in/oidc", "GET /ops/sign-in/callback", "GET /ops/signed-out"];

    /// <summary>What a person does with the own session: without a role, and without a reason.</summary>
    private static readonly string[] OwnForms = ["POST /ops/session/sign-out", "POST /ops/session/sign-out-everywhere"];

    private TestServer Server => scene.Server;

    [Fact]
    public async Task Nobody_sees_a_page_or_does_anything()
    {
        using var nobody = new PlainBrowser(Server);
        foreach (var (name, address) in Routes())
        {
            var answer = await Ask(nobody, name, address);
            if (name.StartsWith("GET ", StringComparison.Ordinal))
                Assert.True(answer.Status == HttpStatusCode.SeeOther && answer.Location == $"/ops/sign-in?to={Uri.EscapeDataString(address)}", $"{name}: {answer}");
            else
                Assert.True(answer is { Status: HttpStatusCode.Unauthorized, Title: "Please sign in" }, $"{name}: {answer}");
        }
    }

    [Fact]
    public async Task Without_the_token_of_the_form_nothing_is_done()
    {
        using var browser = await Operators.SignIn(Server);
        foreach (var (name, address) in Routes().Where(IsForm))
        {
            var answer = await Ask(browser, name, address, ("reason", "the customer asked"));
            Assert.True(answer is { Status: HttpStatusCode.Forbidden, Title: "This form is out of date" }, $"{name}: {answer}");
        }
    }

    [Fact]
    public async Task A_viewer_does_nothing_and_nobody_does_anything_without_a_reason()
    {
        using var viewer = await Operators.SignInToLook(Server);
        using var operating = await Operators.SignIn(Server);
        var (viewers, operators) = (await Token(viewer), await Token(operating));
        foreach (var (name, address) in Routes().Where(IsForm).ExceptBy(OwnForms, route => route.Name))
        {
            var looked = await Ask(viewer, name, address, viewers, ("reason", "the customer asked"));
            Assert.True(looked is { Status: HttpStatusCode.Forbidden, Title: "Only operators can do this" }, $"{name}: {looked}");
            var silent = await Ask(operating, name, address, operators);
            Assert.True(silent is { Status: HttpStatusCode.UnprocessableEntity, Title: "Say why" }, $"{name}: {silent}");
        }
    }

    /// <summary>Each route but the entrances, with an address of it. That something of the name is there is not asked before who asks.</summary>
    private List<(string Name, string Address)> Routes()
    {
        var all = Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["ops", ..])
            .SelectMany(
                // What answers GET answers HEAD likewise.
                route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Where(method => method != "HEAD") ?? ["ANY"],
                (route, method) => (Name: $"{method} {route.RoutePattern.RawText}", Address: Parameter().Replace(route.RoutePattern.RawText!, "1")))
            .ToList();
        Assert.Subset(all.Select(route => route.Name).ToHashSet(StringComparer.Ordinal), Entrances.Concat(OwnForms).ToHashSet(StringComparer.Ordinal));
        Assert.All(all, route => Assert.True(route.Name.StartsWith("GET ", StringComparison.Ordinal) || IsForm(route), $"Neither a page nor a form: {route.Name}"));
        Assert.True(all.Count(IsForm) > 20, "The routes of the console were not found.");
        return [.. all.ExceptBy(Entrances, route => route.Name)];
    }

    private static bool IsForm((string Name, string Address) route) => route.Name.StartsWith("POST ", StringComparison.Ordinal);

    private static Task<PlainPage> Ask(PlainBrowser browser, string name, string address, params (string, string)[] fields) =>
        name.StartsWith("GET ", StringComparison.Ordinal) ? browser.Open(address) : browser.Post(address, fields);

    private static async Task<(string, string)> Token(PlainBrowser browser) =>
        (await browser.Open("/ops/session")).Form("/sign-out")!.Fields.Single(field => field.Name == "form-token");

    [GeneratedRegex(@"\{[^{}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
