using System.Net;
using Marketplace.Integration.SignOn;
using Npgsql;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>Who opens the console of a test's server: every <see cref="TestServer"/> has this one operator.</summary>
internal static class Operators
{
    public const string Name = "robin@acme.example";

    public const string Password = "correct horse battery";

    /// <summary>Of few iterations: what a real one costs is not what tests are about.</summary>
    public const string PasswordHash = "AQAAAAIAAAPoAAAAECq079+BAbQ2mmiYR7jmrrE3mg4FASxSiV9PQQiKSJR8ZFZImh1Vl94qkJjSFELjXw==";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A browser in which the operator has signed in.</summary>
    public static async Task<PlainBrowser> SignIn(TestServer server)
    {
        var browser = new PlainBrowser(server);
        (await Try(browser, Name, Password)).Is(HttpStatusCode.SeeOther);
        return browser;
    }

    /// <summary>The same as a viewer.</summary>
    public static async Task<PlainBrowser> SignInToLook(TestServer server)
    {
        var browser = await SignIn(server);
        var secret = Shell.SignOn.SessionSecret.Read(browser.Cookies.GetCookies(server.Http.BaseAddress!)["marketplace-operator"]!.Value)!;
        await using var command = server.Store().CreateCommand("update operator_session set role = 'viewer' where session_hash = $1");
        command.Parameters.AddWithValue(secret.Hash);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
        return browser;
    }

    public static async Task<PlainPage> Try(PlainBrowser browser, string name, string password, string to = "/ops") =>
        await browser.Submit(await browser.Open($"/ops/sign-in?to={Uri.EscapeDataString(to)}"), "/ops/sign-in", ("name", name), ("password", password));

    /// <summary>The server's own connections.</summary>
    public static NpgsqlDataSource Store(this TestServer server) => (NpgsqlDataSource)server.Services.GetService(typeof(NpgsqlDataSource))!;
}
