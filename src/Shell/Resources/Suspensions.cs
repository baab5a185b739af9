using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Resources;

/// <summary>What keeps a resource out of service, as its row has it: reasons by the names of their causes.</summary>
internal static class Suspensions
{
    /// <summary>Null where it is not suspended.</summary>
    public static Jsonb? Write(Resource resource) =>
        resource is Resource.Suspended suspended
            ? new Jsonb(JsonSerializer.Serialize(suspended.Causes.AsEnumerable().ToDictionary(cause => Name(cause.Key), cause => cause.Value)))
            : null;

    public static Map<SuspensionCause, string> Read(ResourceId id, string json) => Prelude.toMap(
        JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.Select(cause => (Cause(id, cause.Key), cause.Value)));

    public static string Name(SuspensionCause cause) =>
        cause switch
        {
            SuspensionCause.NonPayment => "non_payment",
            SuspensionCause.EmptyBalance => "empty_balance",
            SuspensionCause.Provider => "provider",
            _ => throw new UnreachableException(cause.ToString()),
        };

    private static SuspensionCause Cause(ResourceId id, string name) =>
        name switch
        {
            "non_payment" => SuspensionCause.NonPayment,
            "empty_balance" => SuspensionCause.EmptyBalance,
            "provider" => SuspensionCause.Provider,
            _ => throw new CorruptRowException("resource", id.Value, $"nothing suspends that is called '{name}'"),
        };
}
