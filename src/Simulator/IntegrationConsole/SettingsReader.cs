using System.Collections.Immutable;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>The fields of the settings file.</summary>
internal static class SettingsReader
{
    private static readonly Dictionary<string, Func<SettingsJson, SecretProbe?>> Probes = new(StringComparer.Ordinal)
    {
        ["http"] = json => json.ObjectOrNone("http", ReadHttpProbe),
        ["postgres"] = json => json.NameOrNone("postgres", "{{DATABASE_URL}}") is { } connection ? new SecretProbe.Postgres(connection) : null,
        ["command"] = ReadCommandProbe,
    };

    public static IntegrationSettings Read(SettingsJson json)
    {
        // For the editor in which somebody writes the file.
        json.TextOrNone("$schema");
        var settings = new IntegrationSettings
        {
            IntegrationId = json.NameOrNone("integrationId", "oac_simulated"),
            ClientSecret = json.NameOrNone("clientSecret", "simulated-client-secret"),
            Slug = ReadSlug(json),
            BaseUrl = json.AddressOrNone("baseUrl"),
            WebhookUrl = json.AddressOrNone("webhookUrl"),
            RedirectLoginUrl = json.AddressOrNone("redirectLoginUrl"),
            SignOnStart = json.NameOrNone("signOnStart", "http://127.0.0.1:3000/sso/{{installationId}}"),
            ImportResourceUrl = json.AddressOrNone("importResourceUrl"),
            RedirectUrl = json.AddressOrNone("redirectUrl"),
            Policies = [.. json.EachOrNone("policies", ReadPolicy) ?? []],
        };
        var probe = json.ObjectOrNone("secretProbe", ReadProbe);
        var products = json.EachOrNone("products", ReadProduct) ?? [];
        NoteRepeated(json, "policies", [.. settings.Policies.Select(policy => policy.Id)]);
        NoteRepeated(json, "products", [.. products.Select(product => product.Id)]);
        return settings with { Products = [.. products.Select(product => product with { SecretProbe = product.SecretProbe ?? probe })] };
    }

    private static string? ReadSlug(SettingsJson json)
    {
        var slug = json.NameOrNone("slug", "acme");
        if (slug is not null && !slug.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            json.Note("slug", "must be letters, digits and hyphens, as it stands in addresses");
        }

        return slug;
    }

    private static ConsolePolicy ReadPolicy(SettingsJson json) => new(
        json.Text("id", "eula"),
        json.Text("name", "Terms of Service"),
        json.Required("url", json.AddressOrNone("url"), "an address such as \"https://example.com/terms\"") ?? new Uri("about:blank"));

    private static ConsoleProduct ReadProduct(SettingsJson json)
    {
        var id = json.Text("id", "acme-postgres");
        var product = new ConsoleProduct(
            id, json.NameOrNone("name", "Acme Postgres") ?? id,
            json.ObjectOrNone("metadataSchema", MetadataSchemaReader.Read) ?? MetadataSchema.Nothing)
        {
            Protocols = [.. json.ChoicesOrNone("protocols", ConsoleProduct.KnownProtocols)],
            Actions = [.. json.TextsOrNone("actions") ?? []],
            SampleMetadata = json.JsonOrNone("sampleMetadata"),
            SecretProbe = json.ObjectOrNone("secretProbe", ReadProbe),
        };
        NoteRepeated(json, "actions", [.. product.Actions]);
        if (!json.HasProblems)
        {
            HoldTheSample(json, product);
        }

        return product;
    }

    /// <summary>The suite and the page provision with it, so it has to be what the form lets through.</summary>
    private static void HoldTheSample(SettingsJson json, ConsoleProduct product)
    {
        var faults = product.Metadata.Faults(product.Example());
        if (product.SampleMetadata is null)
        {
            foreach (var fault in faults)
            {
                json.Note($"metadataSchema.properties.{fault.Path}",
                    $"has no default, and nothing that fits could be made up: give a \"default\", or a value for it in \"sampleMetadata\" of the product");
            }

            return;
        }

        foreach (var fault in faults)
        {
            json.Note($"sampleMetadata.{fault.Path}", $"{fault.Reason}: the metadataSchema beside it says so");
        }

        foreach (var (key, _) in product.SampleMetadata)
        {
            if (product.Metadata.Fields.All(field => field.Key != key))
            {
                json.Note($"sampleMetadata.{key}", SettingsJson.NotAmong(key, product.Metadata.Fields.Select(field => field.Key)));
            }
        }
    }

    /// <summary>One field, whose name says how it is done.</summary>
    private static SecretProbe? ReadProbe(SettingsJson json)
    {
        var given = Probes.Where(probe => json.Has(probe.Key)).ToList();
        if (given.Count != 1)
        {
            json.Note($"must have exactly one of {string.Join(", ", Probes.Keys)}");
        }

        return given.Select(probe => probe.Value(json)).ToList().FirstOrDefault();
    }

    private static SecretProbe? ReadHttpProbe(SettingsJson json)
    {
        var url = json.Text("url", "https://api.example.com/whoami");
        if (!Uri.TryCreate(url.Replace("{{", "", StringComparison.Ordinal).Replace("}}", "", StringComparison.Ordinal), UriKind.RelativeOrAbsolute, out _))
        {
            json.Note("url", "must be an address, in which {{NAME}} may stand for a secret");
        }

        return new SecretProbe.Http(
            url,
            (json.NameOrNone("method", "GET") ?? "GET").ToUpperInvariant(),
            json.TextsByName("headers"),
            json.TextOrNone("body"),
            [.. (json.NumbersOrNone("opens") ?? []).Select(status => (int)status)]);
    }

    private static SecretProbe? ReadCommandProbe(SettingsJson json)
    {
        var line = json.TextsOrNone("command") ?? [];
        if (!line.IsEmpty)
        {
            return new SecretProbe.Command(line);
        }

        json.Note("command", "must be a list that begins with a program, such as [\"./probe.sh\"]");
        return null;
    }

    private static void NoteRepeated(SettingsJson json, string name, ImmutableArray<string> ids)
    {
        for (var at = 1; at < ids.Length; at++)
        {
            if (ids[..at].Contains(ids[at], StringComparer.Ordinal))
            {
                json.Note($"{name}[{at}]", "is there twice: remove one, or give it another id");
            }
        }
    }
}
