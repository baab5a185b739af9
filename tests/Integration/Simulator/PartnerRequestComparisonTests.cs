using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.Schemas;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Integration.Simulator;

/// <summary>
/// Our own schemas of what Vercel sends to a provider, and the table of its operations, against the contract's description of the Partner
/// API. The two were written independently of each other.
/// </summary>
public sealed class PartnerRequestComparisonTests
{
    /// <summary>Where we differ on purpose, and why.</summary>
    private static readonly ImmutableDictionary<string, string> Intended = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["PUT /v1/installations/{} account.contact: required"] = "a team may name nobody, and Get Account says so too (contract B.1, D.2)",
    }.ToImmutableDictionary(StringComparer.Ordinal);

    [Fact]
    public void Every_body_and_every_caller_is_as_described_but_for_the_differences_that_are_listed()
    {
        if (Differences() is not { } differences)
        {
            return;
        }

        Assert.Equal(Intended.Keys, differences.Select(difference => difference[..(difference.IndexOf(" is ", StringComparison.Ordinal) is var at and > 0 ? at : difference.Length)]));
    }

    [Fact]
    public void The_table_has_a_row_for_each_operation()
    {
        Assert.Equal(Enum.GetValues<PartnerOperation>().Order(), CalledOperation.All.Select(row => row.Operation).Order());
        Assert.Equal(PartnerRequestSchemas.All.Keys.Order(), CalledOperation.All.Where(row => row.Body is not null).Select(row => row.Operation).Order());
    }

    private static List<string>? Differences()
    {
        if (Repository.Contract("partner-api.openapi.json") is not { } file)
        {
            Console.WriteLine("not compared: shared/contract/partner-api.openapi.json is absent");
            return null;
        }

        var contract = JsonNode.Parse(File.ReadAllText(file))!;
        var published = new PublishedSchemas(contract);
        return [.. CalledOperation.All.SelectMany(row => Compare(row, published)).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Compare(CalledOperation row, PublishedSchemas published)
    {
        var nobody = new TokenDraft(ImmutableSortedDictionary<string, JsonNode?>.Empty, new TokenSignature.Issued());
        var call = row.Call(new Tenant("{}", "{}", "{}", "{}", "{}"), [], nobody);
        // The one claim that the table speaks of has an id, too.
        var path = Uri.UnescapeDataString(call.Path).Replace("claim_unknown", "{}", StringComparison.Ordinal);
        var name = $"{call.Method} {path}";
        if (published.Operation(call.Method.Method, path) is not { } theirs)
        {
            return [$"{name}: is not described"];
        }

        var callers = theirs["security"]!.AsArray().Select(way => way!.AsObject().Single().Key).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. callers.Contains("userAuth") == row.Takes.HasFlag(Callers.User) ? Enumerable.Empty<string>() : [$"{name}: people are let in otherwise"],
            .. callers.Contains("systemAuth") == row.Takes.HasFlag(Callers.System) ? Enumerable.Empty<string>() : [$"{name}: Vercel itself is let in otherwise"],
            .. (PartnerRequestSchemas.All.GetValueOrDefault(row.Operation), published.Body(call.Method.Method, path)) switch
            {
                (null, null) => [],
                ({ } ours, { } body) => published.Differences(ours, body).Select(difference => $"{name} {difference}"),
                (null, _) => [$"{name}: a body is described"],
                (_, null) => [$"{name}: no body is described"],
            },
        ];
    }
}
