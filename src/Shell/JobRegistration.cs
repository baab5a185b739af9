using Marketplace.Core.Repl;
using Marketplace.Jobs.Balances;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Checks;
using Marketplace.Jobs.Deployments;
using Marketplace.Jobs.Credentials;
using Marketplace.Jobs.Experiments;
using Marketplace.Jobs.Idempotency;
using Marketplace.Jobs.Imports;
using Marketplace.Jobs.Installations;
using Marketplace.Jobs.Invoices;
using Marketplace.Jobs.Operations;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Resources;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Search;
using Marketplace.Jobs.Secrets;
using Marketplace.Jobs.Settlement;
using Marketplace.Jobs.SignOn;
using Marketplace.Jobs.Usage;
using Marketplace.Jobs.UsageEvents;
using Marketplace.Jobs.Vercel;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Balances;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Checks;
using Marketplace.Shell.Clock;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Deployments;
using Marketplace.Shell.Credentials;
using Marketplace.Shell.Experiments;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Imports;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.ProviderEvents;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.Repl;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Resync;
using Marketplace.Shell.Search;
using Marketplace.Shell.Secrets;
using Marketplace.Shell.Settlement;
using Marketplace.Shell.SignOn;
using Marketplace.Shell.Statements;
using Marketplace.Shell.Transfers;
using Marketplace.Shell.Usage;
using Marketplace.Shell.UsageEvents;
using Marketplace.Shell.VercelApi;
using Marketplace.Shell.Webhooks;

namespace Marketplace.Shell;

/// <summary>The stores behind the ports of the jobs, and the jobs.</summary>
internal static class JobRegistration
{
    public static IServiceCollection AddDecisions(this IServiceCollection services) => services
        .AddSingleton<Provisioners>()
        .AddSingleton<Fulfilment>()
        .AddSingleton<IOperations, OperationStore>()
        .AddSingleton<IMeasurements, MeasurementStore>()
        .AddSingleton<OperationRunner>()
        .AddSingleton<InlineOperations>()
        .AddSingleton<SharedTransactions>()
        .AddSingleton<Decisions>()
        .AddSingleton<ProviderDecisions>()
        .AddSingleton<ProviderResources>()
        .AddSingleton<ProviderSecrets>()
        .AddSingleton<WebhookIntake>()
        .AddSingleton<WebhookView>()
        .AddSingleton(ReplLimits.Default)
        .AddSingleton<ReplCalls>()
        .AddSingleton<LastReadings>()
        .AddSingleton<TransferMove>()
        .AddSingleton<BillingAccounts>()
        .AddSingleton<StatementStore>()
        .AddSingleton<ResourceImports>()
        .AddSingleton<FlagStore>()
        .AddSingleton<IInvoices, InvoiceStore>()
        .AddSingleton<InvoiceRedraft>()
        .AddSingleton<RefundRequests>()
        .AddSingleton<UsageResend>()
        .AddSingleton<LedgerHours>()
        .AddSingleton<RotationRequests>()
        .AddSingleton<NotificationStore>()
        .AddSingleton<OutboxView>()
        .AddSingleton<ProviderEventView>()
        .AddSingleton<Resyncs>()
        .AddSingleton<IUninstalls, Uninstalls>()
        .AddVercelClient();

    /// <summary>In the order in which one pass does them: what one leaves, the next one finds.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services) => services
        .AddSingleton<IOutbox, OutboxStore>()
        .AddSingleton<IExperiments, ExperimentStore>()
        .AddSingleton<ExperimentTelling>()
        .AddSingleton<IBillingSchedule, BillingSchedule>()
        .AddSingleton<IUsageLedger, UsageLedger>()
        .AddSingleton<IPrepaidBalances, PrepaidBalances>()
        .AddSingleton<ISettlement, SettlementStore>()
        .AddSingleton<IAccounts, Accounts>()
        .AddSingleton<IRotations, CredentialStore>()
        .AddSingleton<ISecretExpiries, SecretExpiries>()
        .AddSingleton<WebhookEffects>()
        .AddSingleton<IWebhooks, WebhookStore>()
        .AddSingleton<IDeploymentActions, DeploymentActionStore>()
        .AddSingleton<CheckStore>()
        .AddSingleton<ICheckRuns>(provider => provider.GetRequiredService<CheckStore>())
        .AddSingleton<IProjectChecks>(provider => provider.GetRequiredService<CheckStore>())
        .AddSingleton<IKeptAnswers, KeptAnswers>()
        .AddSingleton<ISessions, SessionStore>()
        .AddSingleton<IPlanSettlement, PlanSettlement>()
        .AddSingleton<IScheduledJob, PlanChanges>()
        .AddSingleton<IScheduledJob, WebhookProcessing>()
        .AddSingleton<IScheduledJob, DeploymentActions>()
        .AddSingleton<IScheduledJob, ProjectChecks>()
        .AddSingleton<IScheduledJob, CheckRuns>()
        .AddSingleton<IScheduledJob, CredentialRotation>()
        .AddSingleton<IScheduledJob, InvoiceSettlement>()
        .AddSingleton<IScheduledJob, SecretExpiry>()
        .AddSingleton<IScheduledJob, OperationSweep>()
        .AddSingleton<IScheduledJob, OutboxDispatch>()
        .AddProviderEventJobs()
        .AddSingleton<IScheduledJob, HourlyUsageSubmission>()
        .AddSingleton<IScheduledJob, HourlyBalances>()
        .AddSingleton<IScheduledJob, Invoicing>()
        .AddSingleton<IScheduledJob, DeleteFinalization>()
        .AddSingleton<IScheduledJob, AccountUpkeep>()
        .AddSingleton<IImportSessions, ImportSessionStore>()
        .AddSingleton<IScheduledJob, ImportSweep>()
        .AddSingleton<IScheduledJob, AnswerRetention>()
        .AddSingleton<IScheduledJob, OutboxRetention>()
        .AddSingleton<IScheduledJob, WebhookRetention>()
        .AddSingleton<IScheduledJob, DeploymentRetention>()
        .AddSingleton<IScheduledJob, SessionSweep>()
        .AddSingleton<UsageEventStore>()
        .AddSingleton<IScheduledJob>(provider => new MeterRollup(provider.GetRequiredService<UsageEventStore>()))
        .AddSingleton<IScheduledJob>(provider =>
        {
            var kept = provider.GetRequiredService<UsageEventSettings>();
            return new UsageRetention(provider.GetRequiredService<UsageEventStore>(), kept.AcceptedFor, kept.KeptFor);
        })
        .AddSingleton<ILedgerDays, LedgerDays>()
        .AddSingleton<ILedgerHours>(provider => provider.GetRequiredService<LedgerHours>())
        .AddSingleton<IScheduledJob, LedgerRollup>()
        .AddSingleton<ISearchWords, SearchWordRows>()
        .AddSingleton<IScheduledJob, SearchWords>()
        .AddSingleton<ICatchUp, CatchUp>();
}
