using static Marketplace.Simulator.Schemas.Field;
using static Marketplace.Simulator.Schemas.Schema;

namespace Marketplace.Simulator.Schemas;

/// <summary>
/// The request bodies of Vercel's API that are about deployments. Those of checks let unknown fields pass, as they are published.
/// Source: contract §D.12, §D.13.
/// </summary>
internal static class DeploymentSchemas
{
    private static readonly Schema WebVital = Open(
        Required("value", new Schema.Nullable(AnyNumber)),
        Optional("previousValue", AnyNumber),
        Required("source", Choice("web-vitals")));

    private static readonly Number Score = new(Minimum: 0, Maximum: 100, IsWhole: true);

    /// <summary>D.12 <c>PATCH …/actions/{action}</c>.</summary>
    public static readonly Schema UpdateAction = Closed(
        Optional("status", Choice("running", "succeeded", "failed")),
        Optional("statusText", AnyText),
        Optional("statusUrl", SharedSchemas.Link),
        Optional("outcomes", new ListOf(Closed(
            Required("kind", AnyText),
            Required("secrets", new ListOf(Closed(Required("name", AnyText), Required("value", AnyText))))))));

    /// <summary>D.13 <c>POST /v1/deployments/{id}/checks</c>.</summary>
    public static readonly Schema CreateCheck = Open(
        Required("name", AtMost(100)),
        Optional("path", AtMost(255)),
        Required("blocking", AnyFlag),
        Optional("detailsUrl", AnyText),
        Optional("externalId", AnyText),
        Optional("rerequestable", AnyFlag));

    /// <summary>D.13 <c>PATCH /v1/deployments/{id}/checks/{checkId}</c>.</summary>
    public static readonly Schema UpdateCheck = Open(
        Optional("name", AtMost(100)),
        Optional("path", AtMost(255)),
        Optional("status", Choice("running", "completed")),
        Optional("conclusion", Choice("canceled", "failed", "neutral", "succeeded", "skipped")),
        Optional("detailsUrl", AnyText),
        Optional("output", Open(Optional("metrics", Closed(
            Required("FCP", WebVital),
            Required("LCP", WebVital),
            Required("CLS", WebVital),
            Required("TBT", WebVital),
            Optional("virtualExperienceScore", Open(
                Required("value", new Schema.Nullable(Score)),
                Optional("previousValue", Score),
                Required("source", Choice("web-vitals")))))))),
        Optional("externalId", AnyText));

    /// <summary>D.13 <c>POST /v2/projects/{p}/checks</c>.</summary>
    public static readonly Schema CreateProjectCheck = Open(
        Required("name", AnyText),
        Optional("isRerequestable", AnyFlag),
        Optional("requires", Choice("build-ready", "deployment-url", "none")),
        Optional("targets", new ListOf(AnyText)),
        Optional("blocks", Choice("build-start", "deployment-start", "deployment-alias", "deployment-promotion", "none")),
        Optional("source", Open(
            Optional("kind", Choice("integration")),
            Optional("externalResourceId", AnyText))),
        Optional("timeout", AnyNumber));

    /// <summary>D.13 <c>PATCH /v2/deployments/{d}/check-runs/{run}</c>.</summary>
    public static readonly Schema UpdateCheckRun = Open(
        Optional("status", Choice("queued", "running", "completed")),
        Optional("conclusion", Choice("canceled", "skipped", "timeout", "failed", "neutral", "succeeded")),
        Optional("conclusionText", AnyText),
        Optional("externalId", AnyText),
        Optional("externalUrl", AnyText),
        Optional("output", new Anything()),
        Optional("completedAt", AnyNumber));
}
