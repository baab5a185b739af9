using System.Text;

namespace Marketplace.Simulator.CommandLine;

/// <summary>What a person needs to know who runs the simulator beside his own server.</summary>
internal static class Explanation
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task Write(SimulatorServer vercel, SimulatorOptions options, TextWriter to, CancellationToken cancel)
    {
        await to.WriteAsync(Text(vercel.BaseUrl.ToString().TrimEnd('/'), options));
        if (await Warning(options.Provider, cancel) is { } warning)
        {
            await to.WriteLineAsync(warning);
        }

        await to.FlushAsync(cancel);
    }

    /// <summary>Without the client secret, which stands where the reader is told.</summary>
    public static string Text(string address, SimulatorOptions options)
    {
        var text = new StringBuilder();
        text.AppendLine().AppendLine("Set on your server:");
        Line(text, "Issuer", address, "iss of every token; discovery and keys are below it:");
        Line(text, "", $"{address}/.well-known/openid-configuration");
        Line(text, "", $"{address}/.well-known/jwks");
        Line(text, "Vercel's API", address, "instead of https://api.vercel.com");
        Line(text, "Integration id", options.IntegrationId, "aud of every token, and the OAuth client id");
        if (options.ClientSecret == new SimulatorOptions().ClientSecret)
        {
            Line(text, "Client secret", options.ClientSecret, "until you give one: clientSecret in the settings, or Vercel__ClientSecret");
        }
        else
        {
            Line(text, "Client secret", "the one that you gave", "signs webhooks, and proves you in sign-ons");
        }

        text.AppendLine().AppendLine("What it calls:");
        Line(text, "Partner API", Or(options.Provider, "nobody: give --provider URL, or baseUrl in the settings"));
        Line(text, "Webhooks", Or(options.Webhook, "nobody: give --webhook URL, or webhookUrl in the settings"));
        Line(text, "Sign-on", Or(options.RedirectLogin, "nobody: give --redirect-login URL, or redirectLoginUrl in the settings"));
        Line(text, "Products", options.Products.IsEmpty
            ? "none known: name them in the settings, and each has its form"
            : string.Join(", ", options.Products.Select(product => product.Id)));
        text.AppendLine().AppendLine("Then open:");
        Line(text, "Dashboard", $"{address}/");
        Line(text, "Clock", $"{address}/clock", ClockOf(options));
        return text.AppendLine().ToString();
    }

    private static string ClockOf(SimulatorOptions options) =>
        options.Paused ? "stands still until it is moved"
        : options.Speed > 1 ? $"runs {options.Speed:0.##} times as fast as real time"
        : "runs at real speed";

    /// <summary>The provider may well be started later, so this ends nothing.</summary>
    private static async Task<string?> Warning(Uri? provider, CancellationToken cancel)
    {
        if (provider is null)
        {
            return null;
        }

        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(provider, HttpCompletionOption.ResponseHeadersRead, cancel);
            return null;
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return $"Warning: nothing answers at {provider}: start your server there, or give another --provider. Meanwhile every call fails.";
        }
    }

    private static void Line(StringBuilder text, string name, string value, string remark = "") =>
        text.AppendLine($"  {name,-16}{value,-28}{remark}".TrimEnd());

    private static string Or(Uri? address, string otherwise) => address?.AbsoluteUri.TrimEnd('/') ?? otherwise;
}
