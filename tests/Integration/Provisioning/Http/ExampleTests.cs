using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Marketplace.Integration.Crashes;
using Marketplace.Simulator.Resources;

namespace Marketplace.Integration.Provisioning.Http;

/// <summary>The example of the documents, with the real server around it.</summary>
public sealed class ExampleTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 21, 9, 30, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_notebook_lives_as_its_customer_wants()
    {
        var secret = Backroom.NewSecret();
        await using var notes = await ExampleControlPlane.Start(secret, Cancel);
        await using var server = await Serve(notes, secret);
        using var http = new HttpClient();
        var installation = await server.Install();
        var key = (await server.Run("keys", "create", "--name", "Backend", "--scope", "resources:write")).Output.Trim();

        // On the plan that costs nothing it is there at once.
        var diary = await Provision("diary", "free");
        Assert.Equal("ready", diary.Status);
        var token = TokenOf(diary);
        for (var note = 1; note <= 5; note++)
            Assert.Equal(HttpStatusCode.OK, await Write(diary, token, $"Note {note}"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Write(diary, token, "One too many"));

        // The other one takes a moment, and is told by a callback.
        var book = await Provision("book", "pro");
        Assert.Equal("pending", book.Status);
        await RealTime.Until(() => Task.FromResult(AtVercel(book).Status == "ready"), "the callback has had its effect");
        Assert.Equal(HttpStatusCode.OK, await Write(AtVercel(book), TokenOf(AtVercel(book)), "Chapter 1"));
        await IsMeasured(book);

        // More room, after the control plane was killed.
        await notes.KillAndStart(Cancel);
        Assert.True((await server.Customer.ChangePlan(installation, diary.Id, "pro", Cancel)).IsSuccess);
        await server.CaughtUp();
        Assert.Equal(HttpStatusCode.OK, await Write(diary, token, "Not too many any more"));

        // Another token; the old one ends.
        Assert.True((await server.Customer.Rotate(installation, diary.Id, delayHours: 0, Cancel)).IsSuccess);
        await RealTime.Until(async () => await Write(diary, token, "By the old one") == HttpStatusCode.Unauthorized, "the old token has ended");
        var rotated = TokenOf(AtVercel(diary));
        Assert.NotEqual(token, rotated);
        Assert.Equal(HttpStatusCode.OK, await Write(diary, rotated, "By the new one"));

        // Who does not pay gets no service.
        await Provider("suspend");
        await RealTime.Until(async () => await Write(diary, rotated, "?") == HttpStatusCode.Forbidden, "service is cut");
        await Provider("resume");
        await RealTime.Until(async () => await Write(diary, rotated, "!") == HttpStatusCode.OK, "service is restored");

        Assert.True((await server.Customer.Uninstall(installation, Cancel)).IsSuccess);
        await RealTime.Until(async () => await Write(diary, rotated, "?") == HttpStatusCode.Unauthorized, "the notebook is gone");
        Assert.Equal(0, (await server.Drift()).Code);

        async Task<Resource> Provision(string name, string plan)
        {
            var exchange = await server.Customer.Provision(installation, "acme-notes", name, plan, [], Cancel);
            Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
            return server.Vercel.State.Installations[installation].Resources[(string)JsonNode.Parse(exchange.Body)!["id"]!];
        }

        async Task Provider(string verb)
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post, new Uri(server.Vercel.Provider!, $"/provider/v1/installations/{installation}/resources/{diary.Id}/{verb}"))
            {
                Content = JsonContent.Create(new { reason = "The invoice is not paid." }),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var response = await http.SendAsync(request, Cancel);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
        }

        Resource AtVercel(Resource resource) => server.Vercel.State.Installations[installation].Resources[resource.Id];

        async Task<HttpStatusCode> Write(Resource resource, string with, string note)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, resource.Secrets.Single(known => known.Name == "NOTES_URL").Value)
            {
                Content = new StringContent(note),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", with);
            using var response = await http.SendAsync(request, Cancel);
            return response.StatusCode;
        }

        async Task IsMeasured(Resource resource) => await RealTime.Until(
            async () => await server.Ask("select count(*) from measurement where resource_id = $1", resource.Id) is > 0L, "the meter was read");
    }

    private static string TokenOf(Resource resource) => resource.Secrets.Single(secret => secret.Name == "NOTES_TOKEN").Value;

    /// <summary>For callbacks, the server has to know by which address it is reached before it listens there.</summary>
    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    private static Task<RealServer> Serve(ExampleControlPlane notes, string secret) => RealServer.Start(
        Now, ExampleControlPlane.Catalogue, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HttpProvisioner__Url"] = notes.Url.AbsoluteUri, ["HttpProvisioner__Secrets"] = secret, ["PublicUrl"] = FreeAddress(),
        });
}
