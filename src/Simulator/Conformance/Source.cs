namespace Marketplace.Simulator.Conformance;

/// <summary>Where a rule comes from, so that whoever breaks it can read on.</summary>
/// <param name="Title">A public page and the heading on it, or the experience of those who run such servers.</param>
internal sealed record Source(string Title, Uri? Page)
{
    private const string Documents = "https://vercel.com/docs/integrations/";

    public static readonly Source Authentication = new("Marketplace Partner API: authentication", PartnerReference);

    public static readonly Source Errors = new("Marketplace Partner API: error bodies", PartnerReference);

    public static readonly Source Webhooks = new("Webhooks: securing and answering them", new("https://vercel.com/docs/webhooks/webhooks-api"));

    public static readonly Source Billing = new("Billing for native integrations", new(Documents + "create-integration/billing"));

    public static readonly Source SecretRotation = new("Rotating secrets of a resource", new(Documents + "create-integration/secrets-rotation"));

    public static readonly Source Product = new("Create a native integration: metadata schema", new(Documents + "create-integration/marketplace-product"));

    public static readonly Source ApprovalChecklist = new("Native integrations: approval checklist", new(Documents + "create-integration/approval-checklist"));

    private static Uri PartnerReference => new(Documents + "create-integration/marketplace-api/reference/partner");

    /// <summary>The reference page of an operation that the provider implements.</summary>
    /// <param name="operation">In the documents' words, such as <c>Provision Resource</c>.</param>
    public static Source Partner(string operation) => new($"Marketplace Partner API: {operation}", PartnerReference);

    /// <summary>The reference page of an operation that the provider calls.</summary>
    public static Source Vercel(string operation) =>
        new($"Marketplace Vercel API: {operation}", new(Documents + "create-integration/marketplace-api/reference/vercel"));

    public static Source Flow(string heading) => new($"Native integration flows: {heading}", new(Documents + "create-integration/marketplace-flows"));

    /// <summary>Written nowhere, and learnt by those who run such servers.</summary>
    public static Source Experience(string what) => new($"Experience of providers: {what}", Page: null);
}
