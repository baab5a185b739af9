using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Marketplace.Shell.Balances;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Repl;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Marketplace.Shell.Transfers;
using Marketplace.Shell.VercelApi;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Integration.OpenApi;

/// <summary>What <c>/openapi</c> describes is what the server's own types read and write, field by field.</summary>
public sealed class WireTypeTests
{
    private static readonly ImmutableDictionary<string, Type> Requests = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["UpsertInstallation"] = typeof(UpsertInstallationEndpoint.UpsertWire),
        ["UpdateInstallation"] = typeof(UpdateInstallationEndpoint.UpdateWire),
        ["DeleteInstallation"] = typeof(DeleteInstallationEndpoint.DeleteWire),
        ["ProvisionResource"] = typeof(ProvisionResourceEndpoint.ProvisionWire),
        ["UpdateResource"] = typeof(UpdateResourceEndpoint.UpdateWire),
        ["RotateSecrets"] = typeof(RotateSecretsEndpoint.RotateWire),
        ["RunReplCommand"] = typeof(ReplCommandWire),
        ["ProvisionPurchase"] = typeof(ProvisionPurchaseEndpoint.PurchaseWire),
        ["OfferTransfer"] = typeof(OfferTransferEndpoint.OfferWire),
    }.ToImmutableDictionary(StringComparer.Ordinal);

    private static readonly ImmutableDictionary<string, Type> Answers = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["Installation"] = typeof(InstallationWire),
        ["UninstalledInstallation"] = typeof(DeleteInstallationEndpoint.DeletedWire),
        ["Plans"] = typeof(BillingPlansWire),
        ["ProvisionedResource"] = typeof(ResourceWire),
        ["Resources"] = typeof(ListResourcesEndpoint.ResourcesWire),
        ["Balances"] = typeof(BalancesWire),
        ["OfferedTransfer"] = typeof(OfferTransferEndpoint.OfferedWire),
        ["VerifiedTransfer"] = typeof(VerifyTransferEndpoint.VerifiedWire),
        ["ValidationError"] = typeof(PartnerErrorBody),
    }.ToImmutableDictionary(StringComparer.Ordinal);

    public static TheoryData<string> RequestSchemas => [.. Requests.Keys];

    public static TheoryData<string> AnswerSchemas => [.. Answers.Keys];

    [Theory]
    [MemberData(nameof(RequestSchemas))]
    public void A_field_of_a_request_is_described_if_and_only_if_it_is_read(string schema)
    {
        Assert.Equal(Described(schema).Keys.Order(StringComparer.Ordinal), Written(Requests[schema], "").Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AnswerSchemas))]
    public void A_field_of_an_answer_is_described_if_and_only_if_it_is_written_and_required_if_it_always_is(string schema)
    {
        // One type writes a resource, with its secrets or without.
        var described = schema == "Resources" ? Described(schema).Add("resources[].secrets", false) : Described(schema);
        if (schema == "Resources")
            described = described.AddRange(Described("Secret").Select(field => KeyValuePair.Create($"resources[].secrets[].{field.Key}", field.Value)));
        if (schema == "ProvisionedResource")
            described = described.SetItem("secrets", false);

        Assert.Equal(
            described.OrderBy(field => field.Key, StringComparer.Ordinal), Written(Answers[schema], "").OrderBy(field => field.Key, StringComparer.Ordinal));
    }

    /// <summary>Every field by its path, and whether it is required.</summary>
    private static ImmutableDictionary<string, bool> Described(string schema) =>
        Fields(PartnerApiDocument.SchemaOf(PartnerApiDocument.Root["components"]!["schemas"]![schema]!, isClosed: false), "").ToImmutableDictionary(StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, bool>> Fields(Schema schema, string path) => schema switch
    {
        Schema.Nullable maybe => Fields(maybe.Shape, path),
        Schema.ListOf list => Fields(list.Item, path + "[]"),
        Schema.Fields fields => fields.Named.SelectMany(field =>
            (IEnumerable<KeyValuePair<string, bool>>)[KeyValuePair.Create(Join(path, field.Name), field.IsRequired), .. Fields(field.Shape, Join(path, field.Name))]),
        _ => [],
    };

    private static Dictionary<string, bool> Written(Type type, string path)
    {
        var written = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var property in WireJson.Options.GetTypeInfo(type).Properties)
        {
            var name = Join(path, property.Name);
            written.Add(name, !property.IsGetNullable && Nullable.GetUnderlyingType(property.PropertyType) is null);
            var (inner, suffix) = property.PropertyType is { IsArray: true } or { IsGenericType: true, Name: "IReadOnlyList`1" }
                ? (property.PropertyType.GetElementType() ?? property.PropertyType.GetGenericArguments()[0], "[]")
                : (property.PropertyType, "");
            if (inner != typeof(JsonElement) && WireJson.Options.GetTypeInfo(inner).Kind == JsonTypeInfoKind.Object && inner.Namespace!.StartsWith("Marketplace", StringComparison.Ordinal))
            {
                foreach (var field in Written(inner, name + suffix))
                    written.Add(field.Key, field.Value);
            }
        }

        return written;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
