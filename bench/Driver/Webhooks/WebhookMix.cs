using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Driver.Webhooks;

/// <summary>
/// Webhooks as Vercel would send them, each signed: of the customers that there are, most about deployments, the rest about projects,
/// members and invoices. Every hundredth is sent once more.
/// </summary>
internal sealed class WebhookMix(string clientSecret, IReadOnlyList<(string Installation, string Resource)> resources)
{
    private const int RepeatedEvery = 100;

    private static readonly string[] Types =
    [
        "deployment.created", "integration-resource.project-connected", "deployment.ready", "marketplace.member.changed", "deployment.succeeded",
        "marketplace.invoice.created", "deployment.created", "integration-resource.project-disconnected", "deployment.promoted", "deployment.ready",
    ];

    private readonly byte[] secret = Encoding.UTF8.GetBytes(clientSecret);

    /// <summary>How many different ones there are among so many.</summary>
    public static int Different(int sent) => sent - (sent / RepeatedEvery);

    /// <summary>The request with the number, of the run with the mark.</summary>
    public byte[] Request(char mark, int number)
    {
        // The last of each hundred is the one before it.
        var which = number % RepeatedEvery == RepeatedEvery - 1 ? number - 1 : number;
        var (installation, resource) = resources[which % resources.Count];
        var type = Types[which / resources.Count % Types.Length];
        var body = Encoding.UTF8.GetBytes(
            $$$"""
            {"id":"evt_{{{mark}}}{{{which.ToString("D12", CultureInfo.InvariantCulture)}}}","type":"{{{type}}}","createdAt":{{{1_790_000_000_000 + which}}},"region":null,"payload":{"team":{"id":"team_of_the_bench"},"user":{"id":"user_of_the_bench"},"configuration":{"id":"{{{installation}}}"},"installationId":"{{{installation}}}",{{{Rest(which, resource)}}} } }
            """);
#pragma warning disable CA5350 // The contract fixes SHA-1 for webhooks (§F).
        var signature = Convert.ToHexStringLower(HMACSHA1.HashData(secret, body));
#pragma warning restore CA5350
        var head = Encoding.ASCII.GetBytes(
            $"POST /webhooks/vercel HTTP/1.1\r\nHost: marketplace\r\nx-vercel-signature: {signature}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. head, .. body];
    }

    /// <summary>What any type of the mix says.</summary>
    private static string Rest(int number, string resource) =>
        $$"""
        "resourceId":"{{resource}}","projectId":"prj_{{number % 7}}","project":{"id":"prj_{{number % 7}}","name":"shop-{{number % 7}}"},"targets":["production","preview"],"memberId":"user_{{number % 5}}","role":"{{(number % 3 == 0 ? "ADMIN" : "USER")}}","invoiceId":"mi_{{number}}","externalInvoiceId":"unknown-{{number}}","period":{"start":"2026-11-01T00:00:00Z","end":"2026-12-01T00:00:00Z"},"invoiceDate":"2026-12-01T00:00:00Z","invoiceTotal":"19.00","deployment":{"id":"dpl_{{number}}","name":"shop","url":"shop-{{number}}.example.test","meta":{"githubCommitRef":"main","githubCommitSha":"0123456789abcdef0123456789abcdef01234567"} }
        """;
}
