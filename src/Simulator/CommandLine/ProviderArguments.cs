using System.CommandLine;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Simulator.CommandLine;

/// <summary>What every command is told about the integration: by the settings file, and by options, which win over it.</summary>
internal sealed class ProviderArguments
{
    private readonly Option<string?> settings = new("--settings")
    {
        Description = "The settings file: what Vercel's Integration Console knows of the integration.",
    };

    private readonly Option<Uri?> provider = Address("--provider", "The provider's base URL, to which /v1/installations/... is appended.");
    private readonly Option<Uri?> webhook = Address("--webhook", "Where webhooks go.");
    private readonly Option<Uri?> redirectLogin = Address("--redirect-login", "The Redirect Login URL, where browsers arrive by single sign-on.");
    private readonly Option<Uri?> importResource =
        Address("--import", "The Import Resource URL, where browsers arrive to import what the provider has already.");

    private readonly Option<Uri?> connectAccount =
        Address("--connect", "The redirect URL of connectable accounts, where browsers arrive with a code.");

    private readonly Option<string?> integrationId = new("--integration-id") { Description = "The integration's id; oac_simulated without it." };
    private readonly Option<string?> clientSecret = new("--client-secret")
    {
        Description = "The integration's client secret; the variable Vercel__ClientSecret when absent, so that it need not show in the process list.",
    };

    private readonly Option<FileInfo?> clientSecretFile = new("--client-secret-file") { Description = "A file that holds the client secret and nothing else." };

    private readonly Option<string?> slug = new("--slug") { Description = "The integration's URL slug; acme without it." };

    public void AddTo(Command command)
    {
        foreach (var option in (IEnumerable<Option>)[settings, provider, webhook, redirectLogin, importResource, connectAccount, integrationId, clientSecret, clientSecretFile, slug])
        {
            command.Add(option);
        }
    }

    /// <summary>The settings file as it was given; none without it.</summary>
    public IntegrationSettings? Settings(ParseResult given) =>
        given.GetValue(settings) is { } file ? SettingsFile.Read(file) : null;

    /// <param name="options">What holds where nothing is said.</param>
    public SimulatorOptions Apply(ParseResult given, SimulatorOptions options)
    {
        var variable = Environment.GetEnvironmentVariable("Vercel__ClientSecret") is { Length: > 0 } text ? text : null;
        return options
            .With(Settings(given) ?? new IntegrationSettings())
            .With(new IntegrationSettings
            {
                IntegrationId = given.GetValue(integrationId),
                ClientSecret = given.GetValue(clientSecret) is { Length: > 0 } secret ? secret : FromFile(given) ?? variable,
                Slug = given.GetValue(slug),
                BaseUrl = given.GetValue(provider),
                WebhookUrl = given.GetValue(webhook),
                RedirectLoginUrl = given.GetValue(redirectLogin),
                ImportResourceUrl = given.GetValue(importResource),
                RedirectUrl = given.GetValue(connectAccount),
            });
    }

    private string? FromFile(ParseResult given)
    {
        if (given.GetValue(clientSecretFile) is not { } file)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(file.FullName).Trim() is { Length: > 0 } secret
                ? secret
                : throw new InvalidDataException($"{file} is empty: it holds the client secret and nothing else.");
        }
        catch (Exception barred) when (barred is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file} cannot be read: {barred.Message}", barred);
        }
    }

    // The library parses no addresses by itself.
    private static Option<Uri?> Address(string name, string description) =>
        new(name)
        {
            Description = description,
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address)
                    && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
                {
                    return address;
                }

                result.AddError($"{name} takes an absolute URL, such as http://127.0.0.1:8080.");
                return null;
            },
        };
}
