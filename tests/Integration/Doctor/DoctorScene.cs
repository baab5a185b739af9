using System.Text.Json.Nodes;
using Marketplace.Integration.Crashes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration.Doctor;

/// <summary>A server with everything that it needs, which the doctor finds well unless a test bends something.</summary>
public sealed class DoctorScene : IAsyncLifetime
{
    private RealServer server = null!;

    internal RealServer Server => server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await RealServer.Start(Acme.Start);
        await server.Install();
        await server.CaughtUp();
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <param name="settings">What is bent, as on the command line: <c>--Vercel:Slug</c>, <c>acme</c>.</param>
    internal async Task<Diagnosis> Examine(params string[] settings)
    {
        var (code, output, errors) = await server.Run(["doctor", "--json", "--PublicUrl", server.Vercel.Provider!.ToString(), .. settings]);
        return Diagnosis.Read(code, output, errors);
    }

    /// <summary>Somebody who answers every request the same.</summary>
    internal static async Task<WebApplication> Answering(Func<HttpContext, IResult> answer)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapFallback(answer);
        await app.StartAsync(Cancel);
        return app;
    }
}

/// <summary>What the doctor said.</summary>
internal sealed record Diagnosis(int Code, string Output, IReadOnlyList<(string Subject, string Status, string Says, string? Mend)> Findings)
{
    public static Diagnosis Read(int code, string output, string errors)
    {
        Assert.True(string.IsNullOrWhiteSpace(errors), errors);
        var findings = JsonNode.Parse(output)!["findings"]!.AsArray()
            .Select(one => ((string)one!["subject"]!, (string)one["status"]!, (string)one["says"]!, (string?)one["mend"]))
            .ToList();
        return new Diagnosis(code, output, findings);
    }

    public (string Status, string Says) Of(string subject) =>
        Findings.Where(one => one.Subject == subject).Select(one => (one.Status, one.Says)).First();

    /// <summary>The only things that are wrong, in the order of the report; each says how it is mended.</summary>
    public void Finds(string status, string subject, string says)
    {
        var wrong = Findings.Where(one => one.Status is "warning" or "failed").ToList();
        Assert.True(wrong.Exists(one => one.Status == status && one.Subject == subject && one.Says.Contains(says, StringComparison.Ordinal)), Output);
        Assert.All(wrong, one => Assert.True(one.Mend is { Length: > 10 } && (one.Subject == subject || one.Subject == "acme-postgres"), Output));
        Assert.Equal(2, Code);
    }
}
