using Carter;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.Statements;
using Marketplace.Shell.UsageEvents;

namespace Marketplace.Shell;

/// <summary>The routes that the provider's own backend calls, with a key that has the scope. Its refusals are problem details (RFC 9457).</summary>
internal sealed class ProviderApi : CarterModule
{
    public const string Root = "/provider";

    private const string V1 = Root + "/v1";
    private const string Invoices = V1 + "/installations/{installationId}/invoices";
    private const string Invoice = Invoices + "/{externalId}";

    private const string Statements = V1 + "/installations/{installationId}/statements";

    public ProviderApi()
    {
        Get(V1 + "/key", GetKeyEndpoint.Route);

        Get(Invoices, ProviderInvoiceEndpoints.List);
        Get(Invoice, ProviderInvoiceEndpoints.One);
        Post(Invoice + "/refunds", RequestRefundEndpoint.Route);
        Post(V1 + "/usage/events", ReportUsageEndpoint.Route);
        Get(V1 + "/installations/{installationId}/billing", GetBillingEndpoint.Route);
        Get(Statements, StatementEndpoints.List);
        Get(Statements + "/{period}", StatementEndpoints.One);
    }
}
