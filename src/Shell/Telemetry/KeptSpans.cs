using System.Collections.Frozen;
using System.Diagnostics;
using Marketplace.Jobs.Telemetry;
using OpenTelemetry;

namespace Marketplace.Shell.Telemetry;

/// <summary>
/// What leaves the process of a span: the tags that are listed here, and nothing else. A query may hold a code, a path the claim of a transfer,
/// an address of the provider's a key, a statement what a customer typed, and the message of a fault all of them.
/// </summary>
internal sealed class KeptSpans : BaseProcessor<Activity>
{
    private const string Npgsql = "Npgsql";

    private static readonly FrozenSet<string> Kept = new[]
    {
        Traces.InstallationTag, Traces.InstallationsTag, Traces.ResourceTag, Traces.JobTag, Traces.OutcomeTag, Traces.KindTag, Traces.AttemptTag,
        Traces.RepeatedTag, Traces.ProductTag, Traces.ProvisionerTag, Traces.DecisionTag,
        "http.request.method", "http.route", "http.response.status_code", "http.request.resend_count", "network.protocol.version", "url.scheme",
        "server.address", "server.port", "error.type",
        "db.system.name", "db.response.status_code", "db.operation.batch.size",
        "exception.type",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Of a fault, which kind it is; its words stay in the log.</summary>
    public static ActivityListener Faults() => new()
    {
        ShouldListenTo = _ => true,
        ExceptionRecorder = static (Activity _, Exception fault, ref TagList tags) =>
        {
            tags = new TagList
            {
                { "exception.type", fault.GetType().FullName },
                { "exception.message", (fault as global::Npgsql.PostgresException)?.SqlState ?? "" },
                { "exception.stacktrace", "" },
            };
        },
    };

    public override void OnEnd(Activity data)
    {
        foreach (var (name, _) in data.TagObjects.ToArray())
        {
            if (!Kept.Contains(name))
                data.SetTag(name, null);
        }

        if (data.Status == ActivityStatusCode.Error && data.StatusDescription is not null)
            data.SetStatus(ActivityStatusCode.Error);
        // Nobody but us names a statement, and what is done on a customer's database is the customer's business.
        if (data.Source.Name == Npgsql && !StatementNames.IsOne(data.DisplayName))
            data.DisplayName = "postgresql";
    }
}
